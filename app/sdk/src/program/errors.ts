import type { PublicKey } from "@solana/web3.js";
import { list, optional, publicKey } from "../arguments";
import { FRAMEWORK_ERRORS } from "../generated/framework";
import { ED25519_PROGRAM_ID, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID } from "../ids";
import { knownProgram, type Program } from "./define";

/** An error of a transaction in words. */
export interface ExplainedError {
  /** Whose error it is: a program of the suite by its name, or one of these. */
  source: "anchor" | "token" | "ed25519" | "system" | "runtime" | (string & {});
  /** Number within `source`. */
  code: number;
  name: string;
  /** One sentence: the rule that was broken and, where it is not plain, what to do. */
  sentence: string;
  /** The instruction's account that Anchor refused, where the logs name it. */
  account?: string;
}

/** A line of an error table. */
export interface ErrorEntry {
  code: number;
  name: string;
  message: string;
}

/** The error table of a program: code, name and the rule that was broken. */
export const errorTable = ({ idl }: Program): ErrorEntry[] =>
  (idl.errors ?? []).map(({ code, name, msg = "" }) => ({ code, name, message: msg }));

const SYSTEM_PROGRAM = "11111111111111111111111111111111";

const TOKEN_ERRORS: readonly ErrorEntry[] = [
  { code: 0, name: "NotRentExempt", message: "the token account has less than its rent" },
  { code: 1, name: "InsufficientFunds", message: "the token account does not hold that much" },
  { code: 3, name: "MintMismatch", message: "the token account is of another mint" },
  { code: 4, name: "OwnerMismatch", message: "the token account belongs to somebody else" },
  { code: 0x11, name: "AccountFrozen", message: "the token account is frozen" },
];

const SYSTEM_ERRORS: readonly ErrorEntry[] = [
  { code: 0, name: "AccountAlreadyInUse", message: "the account exists already" },
  { code: 1, name: "ResultWithNegativeLamports", message: "the payer has too few lamports" },
];

const ED25519_ERRORS: readonly ErrorEntry[] = [
  { code: 0, name: "InvalidPublicKey", message: "a public key of the ed25519 instruction is none" },
  { code: 2, name: "InvalidSignature", message: "a voucher's signature is not its signer's" },
  { code: 3, name: "InvalidDataOffsets", message: "an offset of the ed25519 instruction is wrong" },
  { code: 4, name: "InvalidInstructionDataSize", message: "the ed25519 instruction is cut short" },
];

const UNITS_EXCEEDED: ExplainedError = {
  source: "runtime",
  code: 0,
  name: "ComputationalBudgetExceeded",
  sentence:
    "The compute unit limit is used up; send it with a higher one to see whether it succeeds.",
};

/** Error tables by the program that raises them. */
type Tables = ReadonlyMap<string, readonly [source: string, entries: readonly ErrorEntry[]][]>;

function tablesOf(programs: readonly Program[]): Tables {
  const tables = new Map<string, [string, readonly ErrorEntry[]][]>([
    [TOKEN_PROGRAM_ID.toBase58(), [["token", TOKEN_ERRORS]]],
    [TOKEN_2022_PROGRAM_ID.toBase58(), [["token", TOKEN_ERRORS]]],
    [ED25519_PROGRAM_ID.toBase58(), [["ed25519", ED25519_ERRORS]]],
    [SYSTEM_PROGRAM, [["system", SYSTEM_ERRORS]]],
  ]);
  for (const program of programs) {
    tables.set(program.id.toBase58(), [
      [program.name, errorTable(program)],
      ["anchor", FRAMEWORK_ERRORS],
    ]);
  }
  return tables;
}

function sentenceOf(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function explainCode(tables: Tables, program: string, code: number): ExplainedError | null {
  for (const [source, table] of tables.get(program) ?? []) {
    const found = table.find((entry) => entry.code === code);
    if (found) return { source, code, name: found.name, sentence: sentenceOf(found.message) };
  }
  return null;
}

const FAILED = /^Program (\w+) failed: custom program error: 0x([0-9a-f]+)$/;
const OUT_OF_UNITS = /^Program \w+ failed: (exceeded CUs meter|Computational budget exceeded)/;
const CAUSED_BY = /AnchorError caused by account: (\w+)\./;

/** The first program that failed is the innermost; those that called it only repeat its code. */
function explainLogs(tables: Tables, logs: readonly string[]): ExplainedError | null {
  for (const line of logs) {
    if (OUT_OF_UNITS.test(line)) return UNITS_EXCEEDED;
    const [, program, hex] = FAILED.exec(line) ?? [];
    if (!program || !hex) continue;
    const found = explainCode(tables, program, Number.parseInt(hex, 16));
    const account = logs.map((entry) => CAUSED_BY.exec(entry)?.[1]).find(Boolean);
    if (found?.source !== "anchor" || !account) return found;
    return { ...found, account, sentence: `Account ${account}: ${found.sentence}` };
  }
  return null;
}

/** Whatever else an array holds is no line of a log. */
const linesOf = (logs: readonly unknown[]): string[] =>
  logs.filter((line) => typeof line === "string");

function customCode(value: unknown): number | null {
  const pair = (value as { InstructionError?: unknown } | null)?.InstructionError;
  const custom = Array.isArray(pair) ? (pair[1] as { Custom?: unknown } | null)?.Custom : undefined;
  return typeof custom === "number" ? custom : null;
}

/** Explains an error; `program` is taken for its source where nothing else says which one failed. */
export type Explainer = (error: unknown, program?: PublicKey) => ExplainedError | null;

/**
 * An explainer of errors of some programs, of Anchor, and of the programs that they call. It takes a
 * program's error code, logs, what RPC gives as `err`, or an error that carries `logs` or `err`. Every
 * program's codes begin at 6000: logs say which one failed, a bare code is explained only where
 * `program` is given. Null for what is not known here.
 */
export function createExplainer(programs: readonly Program[]): Explainer {
  const tables = tablesOf(list(knownProgram)(programs, "programs") as unknown as Program[]);
  return (error, program) => {
    optional(publicKey)(program, "program");
    const bare = (code: number) =>
      program === undefined ? null : explainCode(tables, program.toBase58(), code);
    if (typeof error === "number") return bare(error);
    if (typeof error === "string") return explainLogs(tables, error.split("\n"));
    if (Array.isArray(error)) return explainLogs(tables, linesOf(error));
    if (typeof error !== "object" || error === null) return null;
    const { logs, err } = error as { logs?: unknown; err?: unknown };
    const fromLogs = Array.isArray(logs) ? explainLogs(tables, linesOf(logs)) : null;
    const code = customCode(error) ?? customCode(err);
    return fromLogs ?? (code !== null && code > 99 ? bare(code) : null);
  };
}
