import { checkArguments, oneOf, unknown } from "../arguments";
import type { StreamsErrorName, StreamsInstruction } from "../generated/streams/names";
import {
  createExplainer,
  type ErrorEntry,
  type ExplainedError,
  errorTable,
} from "../program/errors";
import { STREAMS, STREAMS_PROGRAM_ID } from "./program";

/** Error table of streams: code, name and the rule that was broken. */
export const STREAMS_ERRORS: readonly ErrorEntry[] = errorTable(STREAMS);

const explain = createExplainer([STREAMS]);

/**
 * Explains an error of a transaction with streams instructions: see {@link createExplainer}. A bare
 * code is taken for one of streams or of Anchor.
 */
export const explainError = (error: unknown): ExplainedError | null =>
  explain(error, STREAMS_PROGRAM_ID);

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
  collect_escrow: { errors: ["NothingToCollect"], gone: [] },
  claim_many: { errors: [], gone: ["book"] },
  close_book: { errors: [], gone: ["book"] },
  reap: { errors: [], gone: ["book"] },
  claim_member: { errors: ["NothingToClaim"], gone: ["pool", "member"] },
  close_member: { errors: [], gone: ["pool", "member"] },
  add_line: { errors: ["WrongLineIndex"], gone: [] },
  accept_authority: { errors: ["NotNominated"], gone: [] },
};

const firstShape = {
  instruction: oneOf(...STREAMS.idl.instructions.map(({ name }) => name as StreamsInstruction)),
  error: unknown,
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
  const { instruction, error } = checkArguments("somebodyWasFirst", firstShape, args);
  const explained = explainError(error);
  const done = DONE_BEFORE[instruction];
  if (explained === null || done === undefined) return false;
  const { source, name, account } = explained;
  if (source === "streams") return done.errors.some((error) => error === name);
  if (source !== "anchor" || account === undefined) return false;
  return IS_GONE.includes(name) && done.gone.includes(account);
}
