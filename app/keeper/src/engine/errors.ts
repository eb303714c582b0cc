/** What kind of trouble it was: decides between retry, back-off and giving up. */
export type FailureClass =
  | "config"
  | "rpc"
  | "expired"
  | "program"
  | "funds"
  | "store"
  | "busy"
  | "internal";

/** A failure the keeper knows how to treat. `code` is stable and safe for metrics labels. */
export class KeeperError extends Error {
  readonly code: string;
  readonly failure: FailureClass;

  constructor(args: { failure: FailureClass; code: string; message: string; cause?: unknown }) {
    super(args.message, args.cause === undefined ? undefined : { cause: args.cause });
    this.name = "KeeperError";
    this.failure = args.failure;
    this.code = args.code;
  }
}

/** The configuration cannot be used; the message names the key and what is expected. */
export class ConfigError extends KeeperError {
  constructor(message: string) {
    super({ failure: "config", code: "InvalidConfig", message });
    this.name = "ConfigError";
  }
}

/** The cluster did not answer, or answered with something that is not an answer. Transient. */
export class RpcError extends KeeperError {
  /** Milliseconds for which the node asks to be left alone. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    cause?: unknown,
    retryAfterMs?: number,
    code: "RpcUnavailable" | "AnswerTooLong" | "MethodUnavailable" = "RpcUnavailable",
  ) {
    super({ failure: "rpc", code, message, cause });
    this.name = "RpcError";
    this.retryAfterMs = retryAfterMs;
  }
}

/** The node answered with more than is read: too much was asked for at once. */
export class AnswerTooLongError extends RpcError {
  constructor(method: string, limitBytes: number) {
    const message = `${method}: the node's answer is longer than ${limitBytes} bytes`;
    super(message, undefined, undefined, "AnswerTooLong");
    this.name = "AnswerTooLongError";
  }
}

/** The node is well, but does not serve this method: asking again does not help. */
export class MethodUnavailableError extends RpcError {
  readonly method: string;
  /** HTTP status or JSON-RPC code. */
  readonly reason: number;

  constructor(args: { method: string; reason: number; said: string }) {
    const { method, reason, said } = args;
    const message = `${method}: the node does not serve this method: ${said} (${reason})`;
    super(message, undefined, undefined, "MethodUnavailable");
    this.name = "MethodUnavailableError";
    this.method = method;
    this.reason = reason;
  }
}

/** The blockhash ran out before the transaction landed; signing anew is safe from here on. */
export class ExpiredError extends KeeperError {
  readonly signature: string;
  constructor(signature: string) {
    super({
      failure: "expired",
      code: "TransactionExpired",
      message: `transaction ${signature} did not land before its blockhash expired`,
    });
    this.name = "ExpiredError";
    this.signature = signature;
  }
}

/** The payer cannot pay. Nothing is sent until it is topped up. */
export class FundsError extends KeeperError {
  constructor(message: string) {
    super({ failure: "funds", code: "InsufficientFunds", message });
    this.name = "FundsError";
  }
}

/** The store did not keep what it was given; the caller must not acknowledge. */
export class StoreError extends KeeperError {
  constructor(
    message: string,
    cause?: unknown,
    code: "StoreUnavailable" | "StoreInUse" = "StoreUnavailable",
  ) {
    super({ failure: "store", code, message, cause });
    this.name = "StoreError";
  }
}

/** There is no room for more now, or the keeper is stopping. Nothing is wrong with what was asked. */
export class BusyError extends KeeperError {
  /** Of the HTTP answer. */
  readonly statusCode = 503;

  constructor(
    code: "QueueFull" | "Stopping" | "TooManyConnections" | "TooManyBytes",
    message: string,
  ) {
    super({ failure: "busy", code, message });
    this.name = "BusyError";
  }
}

/** A program refused a transaction, on chain or in preflight. */
export class ProgramFailure extends KeeperError {
  /** Position of the refused instruction in the transaction; undefined when the runtime refused the whole. */
  readonly instruction: number | undefined;
  /** Set when the transaction landed, and therefore cost its fee. */
  readonly signature: string | undefined;
  readonly logs: readonly string[];
  /** The number that a program gave for its reason. */
  readonly custom: number | undefined;

  constructor(args: {
    /** Error name as in the IDL, or the runtime's own word. */
    code: string;
    message: string;
    instruction?: number;
    custom?: number;
    signature?: string;
    logs?: readonly string[];
  }) {
    super({ failure: "program", code: args.code, message: args.message });
    this.name = "ProgramFailure";
    this.instruction = args.instruction;
    this.signature = args.signature;
    this.logs = args.logs ?? [];
    this.custom = args.custom;
  }
}

const TOLD: Readonly<Record<Exclude<FailureClass, "busy">, string>> = {
  config: "the keeper is not set up for this; its log says more",
  rpc: "the cluster cannot be asked now: ask again later",
  expired: "a transaction has expired: ask again later",
  program: "a program refused a transaction; the keeper's log says more",
  funds: "the keeper cannot pay fees now: ask again later",
  store: "the store takes nothing now: post again later",
  internal: "the keeper failed; its log says more",
};

/**
 * What strangers are told of a failure: a code and a fixed sentence. Messages and their causes may
 * quote a node, a database or an address with its password: they go to the log only.
 */
export function tell(thrown: unknown): { code: string; message: string } {
  const { code, failure, message } = asKeeperError(thrown);
  return { code, message: failure === "busy" ? message : TOLD[failure] };
}

/** Any thrown value as one of ours, so that nothing unknown passes without a class. */
export function asKeeperError(thrown: unknown): KeeperError {
  if (thrown instanceof KeeperError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new KeeperError({ failure: "internal", code: "Internal", message, cause: thrown });
}
