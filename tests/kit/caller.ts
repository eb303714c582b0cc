import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fixedKeypair, PROGRAM_DIRECTORY, upgradeableProgramAccounts } from "@pinfi/localnet";
import { PublicKey, TransactionInstruction } from "@solana/web3.js";
import type { World } from "../harness/world";

/** Where somebody else's program is: `tests/programs/caller`, which makes the calls it is told to. */
export const CALLER: PublicKey = fixedKeypair(92).publicKey;

/** As `tests/programs/caller` has it. */
const TAG = "callthem";
const [SIGNS, WRITTEN] = [1, 2];
const [AUTHORITY, BUMP] = PublicKey.findProgramAddressSync([Buffer.from("caller")], CALLER);

/** The caller's own address: where a call asks for its signature, the caller gives it. */
export const CALLER_AUTHORITY: PublicKey = AUTHORITY;

/** The caller's file, of SBPF v0, which every simulator runs. */
export const callerFile = (): Buffer => readFileSync(join(PROGRAM_DIRECTORY, "tests/caller.so"));

/** Puts the caller on the chain, where nobody or `upgradeAuthority` can upgrade it. */
export const deployCaller = (
  world: World,
  { upgradeAuthority = null }: { upgradeAuthority?: PublicKey | null } = {},
): void => deployAt(world, CALLER, upgradeAuthority);

/** Puts a program there that does nothing, and succeeds, unless its first account is a program. */
export const deployIdle = (world: World, address: PublicKey): void =>
  deployAt(world, address, null);

function deployAt(world: World, address: PublicKey, upgradeAuthority: PublicKey | null): void {
  const parts = upgradeableProgramAccounts({
    address,
    elf: callerFile(),
    upgradeAuthority,
    minimumBalance: () => 1_000_000_000n,
  });
  for (const part of parts) world.setAccount(part.address, part.account);
}

/** The instruction as the caller would pass it on: under its own name, with the very same data. */
export function passedOn({
  programId,
  keys,
  data,
}: TransactionInstruction): TransactionInstruction {
  const program = { pubkey: programId, isSigner: false, isWritable: false };
  return new TransactionInstruction({ programId: CALLER, keys: [program, ...keys], data });
}

/**
 * The instructions as the caller would make them, one behind the other, within one of its own. Who
 * signs them must sign the transaction, but for {@link CALLER_AUTHORITY}.
 */
export function calledBy(instructions: readonly TransactionInstruction[]): TransactionInstruction {
  const keys = new Map<string, { pubkey: PublicKey; isSigner: boolean; isWritable: boolean }>();
  const add = (pubkey: PublicKey, { isSigner = false, isWritable = false } = {}): void => {
    const known = keys.get(pubkey.toBase58());
    keys.set(pubkey.toBase58(), {
      pubkey,
      isSigner: (known?.isSigner ?? false) || (isSigner && !pubkey.equals(CALLER_AUTHORITY)),
      isWritable: (known?.isWritable ?? false) || isWritable,
    });
  };
  for (const { programId, keys: given } of instructions) {
    add(programId);
    for (const { pubkey, ...flags } of given) add(pubkey, flags);
  }
  const order = [...keys.keys()];
  const position = (pubkey: PublicKey): number => order.indexOf(pubkey.toBase58());

  const data: Uint8Array[] = [Buffer.from(TAG), Buffer.from([BUMP])];
  for (const { programId, keys: given, data: sent } of instructions) {
    const accounts = given.flatMap(({ pubkey, isSigner, isWritable }) => [
      position(pubkey),
      (isSigner ? SIGNS : 0) | (isWritable ? WRITTEN : 0),
    ]);
    const length = Buffer.alloc(2);
    length.writeUInt16LE(sent.length);
    data.push(Buffer.from([position(programId), given.length, ...accounts]), length, sent);
  }
  return new TransactionInstruction({
    programId: CALLER,
    keys: [...keys.values()],
    data: Buffer.concat(data),
  });
}
