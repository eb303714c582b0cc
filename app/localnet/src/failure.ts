import type { FailedTransactionMetadata } from "litesvm";

/** Why a transaction was refused, in one shape for every simulator. */
export type Failure =
  /** Refused as a whole; `name` is the runtime's, such as `SignatureFailure`. */
  | { kind: "transaction"; name: string }
  /** An instruction failed. `name` is the runtime's; with `Custom` comes the program's `code`. */
  | { kind: "instruction"; index: number; name: string; code?: number };

const WHOLE_ERROR = /^FailedTransactionMetadata\(FailedTransactionMetadata \{ err: (.+?), meta: /;
const INSTRUCTION_ERROR = /^InstructionError\((\d+), (\w+)(?:\((\d+)\))?/;

/**
 * Reads LiteSVM's error from its printed form: the enums behind `err()` are numbers
 * whose names exist in its type declarations only.
 */
export function failureOf(failed: FailedTransactionMetadata): Failure {
  const error = WHOLE_ERROR.exec(failed.toString())?.[1] ?? "";
  const [, index, name = "", code] = INSTRUCTION_ERROR.exec(error) ?? [];
  if (index === undefined) return { kind: "transaction", name: error.replace(/\W.*$/s, "") };
  return {
    kind: "instruction",
    index: Number(index),
    name,
    ...(code === undefined ? {} : { code: Number(code) }),
  };
}

/**
 * Whether a refused transaction was executed, and so cost its fee and used up its
 * signature. What fails in an instruction did; of the rest, what left a log.
 */
export const ranBeforeFailing = ({
  failure,
  logs,
}: {
  failure: Failure | null;
  logs: readonly string[];
}): boolean => failure?.kind === "instruction" || logs.length > 0;
