import { FRAMEWORK_ERRORS } from "../generated/framework";
import {
  STREAMS_IDL,
  type StreamsErrorName,
  type StreamsInstruction,
} from "../generated/streams/names";
import { ED25519_PROGRAM_ID, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID } from "../ids";
import { STREAMS_PROGRAM_ID } from "./program";

/** An error of a transaction in words. */
export interface ExplainedError {
  /** Whose error it is. */
  source: "streams" | "anchor" | "token" | "ed25519" | "system" | "runtime";
  /** Number within `source`. */
  code: number;
  name: string;
  /** One sentence: the rule that was broken and, where it is not plain, what to do. */
  sentence: string;
  /** The instruction's account that Anchor refused, where the logs name it. */
  account?: string;
}

/** A line of an error table. */
export interface Entry {
  code: number;
  name: string;
  message: string;
}

/** Error table of streams: code, name and the rule that was broken. */
export const STREAMS_ERRORS: readonly Entry[] = (STREAMS_IDL.errors ?? []).map(
  ({ code, name, msg = "" }) => ({ code, name, message: msg }),
);

const SYSTEM_PROGRAM = "11111111111111111111111111111111";

const TOKEN_ERRORS: readonly Entry[] = [
  { code: 0, name: "NotRentExempt", message: "the token account has less than its rent" },
  { code: 1, name: "InsufficientFunds", message: "the token account does not hold that much" },
  { code: 3, name: "MintMismatch", message: "the token account is of another mint" },
  { code: 4, name: "OwnerMismatch", message: "the token account belongs to somebody else" },
  { code: 0x11, name: "AccountFrozen", message: "the token account is frozen" },
];

const SYSTEM_ERRORS: readonly Entry[] = [
  { code: 0, name: "AccountAlreadyInUse", message: "the account exists already" },
  { code: 1, name: "ResultWithNegativeLamports", message: "the payer has too few lamports" },
];

const ED25519_ERRORS: readonly Entry[] = [
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

function tablesOf(program: string | undefined): [ExplainedError["source"], readonly Entry[]][] {
  switch (program) {
    case undefined:
    case STREAMS_PROGRAM_ID.toBase58():
      return [
        ["streams", STREAMS_ERRORS],
        ["anchor", FRAMEWORK_ERRORS],
      ];
    case TOKEN_PROGRAM_ID.toBase58():
    case TOKEN_2022_PROGRAM_ID.toBase58():
      return [["token", TOKEN_ERRORS]];
    case ED25519_PROGRAM_ID.toBase58():
      return [["ed25519", ED25519_ERRORS]];
    case SYSTEM_PROGRAM:
      return [["system", SYSTEM_ERRORS]];
    default:
      return [];
  }
}

function sentenceOf(message: string): string {
  const text = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function explainCode(code: number, program?: string): ExplainedError | null {
  for (const [source, table] of tablesOf(program)) {
    const found = table.find((entry) => entry.code === code);
    if (found) return { source, code, name: found.name, sentence: sentenceOf(found.message) };
  }
  return null;
}

const FAILED = /^Program (\w+) failed: custom program error: 0x([0-9a-f]+)$/;
const OUT_OF_UNITS = /^Program \w+ failed: (exceeded CUs meter|Computational budget exceeded)/;
const CAUSED_BY = /AnchorError caused by account: (\w+)\./;

/** The first program that failed is the innermost; those that called it only repeat its code. */
function explainLogs(logs: readonly string[]): ExplainedError | null {
  for (const line of logs) {
    if (OUT_OF_UNITS.test(line)) return UNITS_EXCEEDED;
    const [, program, hex] = FAILED.exec(line) ?? [];
    if (!program || !hex) continue;
    const found = explainCode(Number.parseInt(hex, 16), program);
    const account = logs.map((entry) => CAUSED_BY.exec(entry)?.[1]).find(Boolean);
    if (found?.source !== "anchor" || !account) return found;
    return { ...found, account, sentence: `Account ${account}: ${found.sentence}` };
  }
  return null;
}

function customCode(value: unknown): number | null {
  const pair = (value as { InstructionError?: unknown } | null)?.InstructionError;
  const custom = Array.isArray(pair) ? (pair[1] as { Custom?: unknown } | null)?.Custom : undefined;
  return typeof custom === "number" ? custom : null;
}

/**
 * Explains an error of a transaction with streams instructions: a program's error code, the logs,
 * what RPC gives as `err`, or an error that carries `logs` or `err`. Logs say which program failed;
 * a bare code is taken for one of streams or of Anchor. Null when it is none that is known here.
 */
export function explainError(error: unknown): ExplainedError | null {
  if (typeof error === "number") return explainCode(error);
  if (typeof error === "string") return explainLogs(error.split("\n"));
  if (Array.isArray(error)) return explainLogs(error.map(String));
  if (typeof error !== "object" || error === null) return null;
  const { logs, err } = error as { logs?: unknown; err?: unknown };
  const fromLogs = Array.isArray(logs) ? explainLogs(logs.map(String)) : null;
  const code = customCode(error) ?? customCode(err);
  return fromLogs ?? (code !== null && code > 99 ? explainCode(code) : null);
}

/** Of an account that was there and is gone: it was closed meanwhile. */
const IS_GONE = ["AccountNotInitialized", "AccountOwnedByWrongProgram"];

/** Errors of streams that say that the work is done, and accounts that only go with it. */
interface DoneBefore {
  errors: readonly StreamsErrorName[];
  gone: readonly string[];
}

const DONE_BEFORE: Partial<Record<StreamsInstruction, DoneBefore>> = {
  claim: { errors: ["NothingToClaim", "LineRemoved"], gone: ["book"] },
  close_line: { errors: ["LineClosing", "LineRemoved"], gone: ["book"] },
  remove_line: { errors: ["LineRemoved"], gone: ["book"] },
  collect_fees: { errors: ["NothingToCollect"], gone: ["book"] },
  claim_many: { errors: [], gone: ["book"] },
  close_book: { errors: [], gone: ["book"] },
  reap: { errors: [], gone: ["book"] },
  claim_member: { errors: ["NothingToClaim"], gone: ["pool", "member"] },
  close_member: { errors: [], gone: ["pool", "member"] },
  add_line: { errors: ["WrongLineIndex"], gone: [] },
  accept_authority: { errors: ["NotNominated"], gone: [] },
};

/**
 * Whether the error only says that somebody else has had the same effect before: a keeper counts it
 * as lost race, not as failure, and does not send again.
 *
 * The program that failed decides, by its id in the logs, then its code; a missing account counts
 * only where the logs name it as the one whose end ends the work: a payee without a token account
 * is no lost race. Without logs, a bare code is taken for one of streams.
 */
export function somebodyWasFirst(args: {
  instruction: StreamsInstruction;
  error: unknown;
}): boolean {
  const explained = explainError(args.error);
  const done = DONE_BEFORE[args.instruction];
  if (explained === null || done === undefined) return false;
  const { source, name, account } = explained;
  if (source === "streams") return done.errors.some((error) => error === name);
  if (source !== "anchor" || account === undefined) return false;
  return IS_GONE.includes(name) && done.gone.includes(account);
}
