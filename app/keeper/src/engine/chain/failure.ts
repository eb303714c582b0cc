import { FundsError, type KeeperError, ProgramFailure, RpcError } from "../errors";
import type { RuntimeFailure } from "./chain";

const FUNDS = new Set([
  "InsufficientFundsForFee",
  "AccountNotFound",
  "InsufficientFundsForRent",
  "InsufficientFunds",
]);
/** The node is behind or the blockhash is gone: sending again, later or newly signed, helps. */
const TRANSIENT = new Set([
  "BlockhashNotFound",
  "NodeUnhealthy",
  "ClusterMaintenance",
  "AccountInUse",
  "TooManyAccountLocks",
  "WouldExceedMaxBlockCostLimit",
  "WouldExceedMaxAccountCostLimit",
]);

/** A refusal by the runtime as one of the keeper's typed errors; a program's number still wants a name. */
export function failureToError(args: {
  failure: RuntimeFailure;
  logs?: readonly string[];
  /** Given when the transaction landed and failed there. */
  signature?: string;
}): KeeperError {
  const { failure, logs = [], signature } = args;
  const landed = signature === undefined ? {} : { signature };
  if (failure.kind === "transaction") {
    if (FUNDS.has(failure.name))
      return new FundsError(`the fee payer was refused: ${failure.name}`);
    if (TRANSIENT.has(failure.name)) return new RpcError(`not accepted now: ${failure.name}`);
    return new ProgramFailure({
      code: failure.name,
      message: `refused as a whole: ${failure.name}`,
      ...landed,
      logs,
    });
  }
  const { index, code: custom } = failure;
  const code = custom === undefined ? failure.name : `Custom${custom}`;
  return new ProgramFailure({
    code,
    message: `instruction ${index} was refused: ${code}`,
    instruction: index,
    ...(custom !== undefined && { custom }),
    ...landed,
    logs,
  });
}

/** Reads a `TransactionError` as JSON-RPC writes it: `"AccountInUse"` or `{InstructionError: [0, {Custom: 1}]}`. */
export function readTransactionError(error: unknown): RuntimeFailure {
  if (typeof error === "string") return { kind: "transaction", name: error };
  const [name, detail] = Object.entries((error ?? {}) as Record<string, unknown>)[0] ?? ["Unknown"];
  if (name !== "InstructionError" || !Array.isArray(detail)) return { kind: "transaction", name };
  const [index, reason] = detail as [number, unknown];
  if (typeof reason === "string") return { kind: "instruction", index, name: reason };
  const [inner, code] = Object.entries((reason ?? {}) as Record<string, unknown>)[0] ?? ["Unknown"];
  return {
    kind: "instruction",
    index,
    name: inner,
    ...(typeof code === "number" && { code }),
  };
}

const PREFLIGHT_INSTRUCTION = /Error processing Instruction (\d+): (.*?)\.?\s*$/m;
const CUSTOM = /custom program error: 0x([0-9a-f]+)/;

/** Sentences of the runtime for refusals that matter to the keeper. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/Blockhash not found/i, "BlockhashNotFound"],
  [/already been processed/i, "AlreadyProcessed"],
  [/insufficient funds for fee/i, "InsufficientFundsForFee"],
  [/no record of a prior credit/i, "AccountNotFound"],
  [/insufficient (?:lamports|funds for rent)/i, "InsufficientFundsForRent"],
  [/Account in use/i, "AccountInUse"],
  [/signature verification failure/i, "SignatureFailure"],
  [/Node is (?:unhealthy|behind)/i, "NodeUnhealthy"],
];

/** What a node says of bytes that it cannot read as a transaction, such as v1 before Agave 4.2. */
const UNREADABLE = /failed to deserialize|too large: \d+ bytes|version is unsupported/i;
export const isUnreadable = (message: string): boolean => UNREADABLE.test(message);

/** Reads the message a node gives when its preflight refuses a transaction. */
export function readPreflightMessage(message: string): RuntimeFailure | undefined {
  const [, index, reason = ""] = PREFLIGHT_INSTRUCTION.exec(message) ?? [];
  if (index !== undefined) {
    const custom = CUSTOM.exec(reason)?.[1];
    return custom === undefined
      ? { kind: "instruction", index: Number(index), name: reason }
      : {
          kind: "instruction",
          index: Number(index),
          name: "Custom",
          code: Number.parseInt(custom, 16),
        };
  }
  const known = SENTENCES.find(([pattern]) => pattern.test(message));
  return known && { kind: "transaction", name: known[1] };
}
