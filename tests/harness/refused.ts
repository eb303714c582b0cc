import type { Failure } from "@pinfi/localnet";
import type { AccountChange } from "./snapshot";

/** A transaction that did not go through. */
export class TransactionRefused extends Error {
  override readonly name = "TransactionRefused";
  /** The program's, Anchor's or the runtime's name of the error. */
  readonly errorName: string;
  readonly failure: Failure;
  readonly logs: readonly string[];
  /** What differs in the accounts involved, the fee of the fee payer aside. */
  readonly changes: readonly AccountChange[];

  constructor(details: {
    errorName: string;
    failure: Failure;
    logs: readonly string[];
    changes: readonly AccountChange[];
  }) {
    super(`refused: ${details.errorName}\n${details.logs.join("\n")}`);
    this.errorName = details.errorName;
    this.failure = details.failure;
    this.logs = details.logs;
    this.changes = details.changes;
  }
}
