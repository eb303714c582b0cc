/** What every error of this SDK has: a stable `code` to branch on and a message that says what to do. */
export class PinFiError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Why an argument was refused. */
export type InvalidArgumentCode =
  | "ARGUMENT_MISSING"
  | "ARGUMENT_UNKNOWN"
  | "ARGUMENT_TYPE"
  | "ARGUMENT_RANGE";

/** An argument of the caller is missing, unknown, of the wrong type or out of range. */
export class InvalidArgument extends PinFiError {
  declare readonly code: InvalidArgumentCode;
  /** Path of the argument: `amount`, `targets.cumulative[3]`. */
  readonly argument: string;

  constructor(code: InvalidArgumentCode, argument: string, message: string) {
    super(code, message);
    this.argument = argument;
  }
}

/** Why bytes are not the account they were taken for. */
export type DecodeErrorCode =
  | "WRONG_OWNER"
  | "WRONG_DISCRIMINATOR"
  | "WRONG_LENGTH"
  | "WRONG_VALUE";

/** An account's bytes cannot be read as the type asked for. */
export class DecodeError extends PinFiError {
  declare readonly code: DecodeErrorCode;
}

/** Why a voucher was refused. */
export type VoucherErrorCode =
  | "VOUCHER_JSON"
  | "VOUCHER_PACKED"
  | "VOUCHER_SIGNATURE"
  | "VOUCHER_TOO_LARGE"
  | "VOUCHER_BOOK";

/** A voucher is malformed, forged, for another book, or too large for a transaction. */
export class VoucherError extends PinFiError {
  declare readonly code: VoucherErrorCode;
}

/** Why a transaction cannot be made. */
export type TransactionErrorCode =
  | "TRANSACTION_TOO_LARGE"
  | "TOO_MANY_ACCOUNTS"
  | "TOO_MANY_INSTRUCTIONS"
  | "TOO_MANY_SIGNERS"
  | "MISSING_SIGNER";

/** A transaction is beyond a limit of its format, or lacks a signature. */
export class TransactionError extends PinFiError {
  declare readonly code: TransactionErrorCode;
}

/** What became of a transaction that has not done what it was for. */
export type SendErrorCode = "TRANSACTION_FAILED" | "TRANSACTION_EXPIRED" | "OUTCOME_UNKNOWN";

/** A transaction was refused, failed, expired, or nobody can say. */
export class SendError extends PinFiError {
  declare readonly code: SendErrorCode;
  /** Of the transaction, in base58. */
  readonly signature: string;
  /** Where it landed and failed. */
  readonly slot: number | undefined;
  /** What the node said: `err` of its status, or the error that refused it. */
  readonly error: unknown;
  /** Of the run that refused it, where the node gave them. */
  readonly logs: readonly string[] | undefined;

  constructor(
    code: SendErrorCode,
    facts: {
      message: string;
      signature: string;
      slot?: number;
      error?: unknown;
      logs?: readonly string[];
    },
  ) {
    super(code, facts.message);
    this.signature = facts.signature;
    this.slot = facts.slot;
    this.error = facts.error;
    this.logs = facts.logs;
  }
}
