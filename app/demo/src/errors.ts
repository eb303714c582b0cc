/** What stops the demo before anything ran: a wrong option, file, row or output folder. Exit code 2. */
export class UsageError extends Error {
  readonly code: "BadOption" | "BadTrace" | "BadRows" | "BadOutput";

  constructor({ code, message }: { code: UsageError["code"]; message: string }) {
    super(message);
    this.name = "UsageError";
    this.code = code;
  }
}

/** What stops it on the way. Exit code 1. */
export class RunError extends Error {
  readonly code: "VoucherRefused" | "TransactionFailed" | "Stalled" | "Stopped";

  constructor({ code, message }: { code: RunError["code"]; message: string }) {
    super(message);
    this.name = "RunError";
    this.code = code;
  }
}
