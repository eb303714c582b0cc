import type { Budget } from "../tx/budget";
import { MAX_COMPUTE_UNITS, MAX_LOADED_BYTES } from "../tx/limits";
import { BOOK_HEADER_LENGTH, LINE_LENGTH } from "./book";
import { targetCount } from "./vouchers/message";
import type { Settle } from "./vouchers/settle";

/** Compute units of a settle without its targets, and of one target: upper bounds of what is measured. */
const UNITS_A_SETTLE = 1_500;
const UNITS_A_TARGET = 60;
/** The ed25519 program charges nothing here; the budget instructions of v0 take 150 each. */
const UNITS_A_TRANSACTION = 600;

/** Upper bound of the program's own accounts (code, sysvar, precompile) in bytes. */
const PROGRAM_BYTES = 512 * 1024;
/** What the runtime adds for each loaded account. */
const ACCOUNT_OVERHEAD = 64;
const MAX_LINES = 0x1_0000;

/**
 * What a transaction with these settles may use. Loaded bytes are exact for books whose `capacity`
 * is given; any other is taken for one of the largest size.
 */
export function settleBudget(
  settles: readonly Settle[],
): Required<Omit<Budget, "priorityFeeLamports">> {
  const books = new Map(settles.map(({ book, capacity }) => [book.toBase58(), capacity]));
  let units = UNITS_A_TRANSACTION;
  for (const { voucher } of settles) {
    units += UNITS_A_SETTLE + UNITS_A_TARGET * targetCount(voucher.targets);
  }
  let bytes = PROGRAM_BYTES;
  for (const capacity of books.values()) {
    bytes += BOOK_HEADER_LENGTH + LINE_LENGTH * (capacity ?? MAX_LINES) + ACCOUNT_OVERHEAD;
  }
  return {
    computeUnitLimit: Math.min(units, MAX_COMPUTE_UNITS),
    loadedAccountsDataSizeLimit: Math.min(bytes, MAX_LOADED_BYTES),
  };
}
