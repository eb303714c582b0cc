import { PublicKey, SystemProgram, TransactionInstruction } from "@solana/web3.js";
import { bytes, func, having, list, optional, u8, u128 } from "../arguments";
import { PinFiError } from "../failure";
import { ASSOCIATED_TOKEN_PROGRAM_ID, COMPUTE_BUDGET_PROGRAM_ID, ED25519_PROGRAM_ID } from "../ids";
import { anyInstruction } from "../tx/accounts";
import { readWire } from "../tx/wire";
import { type AccountLike, knownProgram, type ParsedInstruction, type Program } from "./define";
import { count } from "./phrases";

/** What makes sentences exact; all of it may be left out. */
export interface DescribeOptions {
  /** How amounts of a mint are written. Without it: "base units". */
  token?: (mint: PublicKey) => { symbol: string; decimals: number } | undefined;
  /** An account as it is before the transaction: running totals become amounts by it. */
  account?: (address: PublicKey) => AccountLike | undefined;
}

/** What a sentence is made with. */
export interface Writer {
  /** `3.2 USDC`, or `3200000 base units`. */
  amount(value: bigint, mint: PublicKey | undefined): string;
  account(address: PublicKey): AccountLike | undefined;
}

/** The sentence of each instruction, without subject: "deposits 5 USDC into book ...". */
export type Sentences<Instruction extends string> = {
  [Name in Instruction]: (parsed: ParsedInstruction, writer: Writer) => string;
};

/** A program with its sentences. */
export interface DescribedProgram<Instruction extends string = string> {
  program: Program<Instruction>;
  sentences: Sentences<Instruction>;
}

/** A number of base units as people write it: 3200000 with 6 decimals is `3.2`. */
export function decimal(value: bigint, decimals: number): string {
  u128(value, "value");
  u8(decimals, "decimals");
  const digits = value.toString().padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const part = digits.slice(digits.length - decimals).replace(/0+$/, "");
  return part === "" ? whole : `${whole}.${part}`;
}

const writerOf = ({ token, account }: DescribeOptions): Writer => ({
  amount(value, mint) {
    const known = mint && token?.(mint);
    return known ? `${decimal(value, known.decimals)} ${known.symbol}` : `${value} base units`;
  },
  account: (address) => account?.(address),
});

/** Programs outside the suite whose instructions go with its own. */
const OTHERS: Record<string, (instruction: TransactionInstruction) => string> = {
  [ED25519_PROGRAM_ID.toBase58()]: ({ data }) => `verifies ${count(data[0] ?? 0, "signature")}`,
  [COMPUTE_BUDGET_PROGRAM_ID.toBase58()]: () => "sets limits and the priority fee",
  [ASSOCIATED_TOKEN_PROGRAM_ID.toBase58()]: ({ keys }) =>
    `creates the token account ${keys[1]?.pubkey.toBase58() ?? ""}`,
  [SystemProgram.programId.toBase58()]: () => "moves lamports or creates an account",
};

const described = having({ program: knownProgram, sentences: having({}) });
const describeOptions = having({ token: optional(func), account: optional(func) });

/** What instructions and transactions do, in words. */
export interface Describer {
  /** One instruction, without subject: "settles 12 lines of book ... for 3.2 USDC". */
  instruction(instruction: TransactionInstruction, options?: DescribeOptions): string;
  /** Each instruction of a signed or unsigned transaction. Throws {@link DecodeError}. */
  transaction(wire: Uint8Array, options?: DescribeOptions): string[];
}

/**
 * A describer of the instructions of some programs. What it does not know is named by its program,
 * and never guessed: a wallet shows the sentence to somebody who is about to sign.
 */
export function createDescriber(programs: readonly DescribedProgram[]): Describer {
  list(described)(programs, "programs");
  const describe = (instruction: TransactionInstruction, options: DescribeOptions): string => {
    const address = instruction.programId.toBase58();
    const found = programs.find(({ program }) => program.id.equals(instruction.programId));
    if (!found) return OTHERS[address]?.(instruction) ?? `calls the program ${address}`;
    const unknown = `calls ${found.program.name} with an instruction that this version does not know`;
    try {
      const parsed = found.program.parse(instruction);
      const sentence = parsed && found.sentences[parsed.name];
      return sentence ? sentence(parsed, writerOf(options)) : unknown;
    } catch (error) {
      if (!(error instanceof PinFiError)) throw error;
      return `calls ${found.program.name} with an instruction that cannot be read: ${error.message}`;
    }
  };
  return {
    instruction(instruction, options = {}) {
      anyInstruction(instruction, "instruction");
      describeOptions(options, "options");
      return describe(instruction, options);
    },
    transaction(wire, options = {}) {
      describeOptions(options, "options");
      return readWire(bytes()(wire, "wire")).instructions.map(({ program, accounts, data }) => {
        const keys = accounts.map((account) => ({
          pubkey: account === "" ? PublicKey.default : new PublicKey(account),
          isSigner: false,
          isWritable: false,
        }));
        const programId = new PublicKey(program);
        return describe(
          new TransactionInstruction({ programId, keys, data: Buffer.from(data) }),
          options,
        );
      });
    },
  };
}
