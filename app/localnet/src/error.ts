/** What went wrong with the local cluster itself, never with a transaction. */
export type LocalnetErrorCode =
  | "program-file-missing"
  | "airdrop-refused"
  | "invalid-step"
  | "slot-before-normal-epochs";

/** Thrown by the local cluster; tell cases apart by `code`. */
export class LocalnetError extends Error {
  override readonly name = "LocalnetError";

  constructor(
    readonly code: LocalnetErrorCode,
    message: string,
  ) {
    super(message);
  }
}
