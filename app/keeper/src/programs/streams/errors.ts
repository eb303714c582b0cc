import { STREAMS } from "@pinfi/sdk/streams";
import type { ErrorNames } from "../../engine/explain";

/** Code of a refusal because the book is there no longer. Of other missing accounts nothing like it follows. */
export const BOOK_CLOSED = "BookClosed";
const BOOK_IS_MISSING =
  /AnchorError caused by account: book\. Error Code: (?:AccountNotInitialized|AccountOwnedByWrongProgram)\./;

export const STREAMS_ERROR_NAMES: ErrorNames = {
  program: STREAMS,
  codeOf: (logs) => (logs.some((entry) => BOOK_IS_MISSING.test(entry)) ? BOOK_CLOSED : undefined),
};
