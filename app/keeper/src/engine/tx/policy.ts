import { ED25519_PROGRAM_ID, type Program } from "@pinfi/sdk";
import type { PublicKey, TransactionInstruction } from "@solana/web3.js";
import { KeeperError } from "../errors";

/** An instruction that the keeper's key may sign for, and what it may cost beside the fee. */
export interface AllowedInstruction {
  program: PublicKey;
  /** For messages. */
  name: string;
  /** First bytes of its data; none where the program has but one instruction. */
  discriminator: Uint8Array;
  /**
   * Most lamports of rent or bond that one of them takes from the fee payer. Where it is 0 the
   * instruction must not name the fee payer at all, neither as signer nor as an account.
   */
  maxRentLamports: bigint;
}

/**
 * All that the key signs for: every task declares its own, and whatever is not in it is refused before
 * it is signed. The budget program comes in when compiling.
 */
export type SigningPolicy = readonly AllowedInstruction[];

/** Signatures that the runtime verifies for a program that comes after. */
export const SIGNATURE_CHECKS: AllowedInstruction = {
  program: ED25519_PROGRAM_ID,
  name: "ed25519",
  discriminator: new Uint8Array(),
  maxRentLamports: 0n,
};

/** Instructions of a program by the names of its IDL. Throws InvalidArgument for one that it lacks. */
export const allow = <Instruction extends string>(
  program: Pick<Program<Instruction>, "id" | "name" | "discriminator">,
  instructions: Partial<Record<Instruction, { maxRentLamports?: bigint }>>,
): AllowedInstruction[] =>
  Object.entries<{ maxRentLamports?: bigint } | undefined>(instructions).map(([name, given]) => ({
    program: program.id,
    name: `${program.name}.${name}`,
    discriminator: program.discriminator(name as Instruction),
    maxRentLamports: given?.maxRentLamports ?? 0n,
  }));

/** What is to be signed, as far as a policy looks at it. */
export interface Signing {
  instructions: readonly TransactionInstruction[];
  /** What each takes from the fee payer beside the fee, by its position. Lamports; missing is 0. */
  rentLamports?: readonly (bigint | undefined)[] | undefined;
}

/**
 * Refuses, whoever built it, what the policy does not declare: a program, an instruction, more rent
 * than declared, the fee payer where no rent is declared, and any other signature.
 * Throws KeeperError with a code for each.
 */
export function assertAllowed(
  { instructions, rentLamports = [] }: Signing,
  { policy, payer }: { policy: SigningPolicy; payer: PublicKey },
): void {
  for (const [index, instruction] of instructions.entries()) {
    const { programId, keys, data } = instruction;
    const ofProgram = policy.filter(({ program }) => program.equals(programId));
    const where = `instruction ${index}, of ${programId.toBase58()},`;
    if (ofProgram.length === 0) {
      throw refuse("UndeclaredProgram", `${where} is of a program that its task does not declare`);
    }
    const allowed = ofProgram.find(({ discriminator }) =>
      discriminator.every((byte, nth) => data[nth] === byte),
    );
    if (allowed === undefined) {
      throw refuse("UndeclaredInstruction", `${where} is none that its task declares`);
    }
    const { name, maxRentLamports } = allowed;
    const rent = rentLamports[index];
    if (rent !== undefined && (rent < 0n || rent > maxRentLamports)) {
      const message = `${name} takes ${rent} lamports of rent, its task declares at most ${maxRentLamports}`;
      throw refuse("RentAboveDeclared", message);
    }
    const namesPayer = keys.some(({ pubkey }) => pubkey.equals(payer));
    if (namesPayer && maxRentLamports === 0n) {
      throw refuse("PayerNamed", `${name} names the fee payer, and its task declares no rent`);
    }
    if (namesPayer && rent === undefined) {
      throw refuse("RentNotTold", `${name} names the fee payer, and does not tell what it takes`);
    }
    if (keys.some(({ pubkey, isSigner }) => isSigner && !pubkey.equals(payer))) {
      throw refuse("ForeignSigner", `${name} asks for the signature of somebody else`);
    }
  }
}

/** Most rent that one instruction of the policy may take. Lamports. */
export const dearestRent = (policy: SigningPolicy): bigint =>
  policy.reduce((most, { maxRentLamports }) => larger(most, maxRentLamports), 0n);

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

const refuse = (code: string, message: string): KeeperError =>
  new KeeperError({ failure: "internal", code, message });
