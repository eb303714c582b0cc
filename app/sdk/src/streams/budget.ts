import type { PublicKey } from "@solana/web3.js";
import type { Budget } from "../tx/budget";
import { MAX_COMPUTE_UNITS, MAX_LOADED_BYTES } from "../tx/limits";
import { BOOK_HEADER_LENGTH, type Book, LINE_LENGTH } from "./book";
import { listTargets, targetCount } from "./vouchers/message";
import type { Settle } from "./vouchers/settle";
import type { Voucher } from "./vouchers/voucher";

/**
 * Upper bounds of measured compute units (app/sdk/test/localnet.test.ts holds them to the program):
 * a settle, a target on a line that takes vouchers only, and one on a line with a rate or an end.
 */
const UNITS = { settle: 700, target: 32, accruingTarget: 170 };

/** The same for the plain form of settle, which serves each call that will be refused. */
const PLAIN_UNITS = { settle: 15_000, target: 240 };

/** Bytes that the program's own accounts load: its code above all, with room to grow. */
export const PROGRAM_BYTES = 1024 * 1024;
/** What the runtime adds for each loaded account. */
const ACCOUNT_OVERHEAD = 64;
const MAX_LINES = 0xffff;

/** A settle with what the budget can be computed from. `address` is that of the book. */
export function settleOf(args: { address: PublicKey; book: Book; voucher: Voucher }): Settle {
  const { address, book, voucher } = args;
  const accruing = listTargets(voucher.targets).filter(({ line }) => {
    const found = book.lines[line];
    return found === undefined || found.rate !== 0n || found.closingAt !== 0n;
  });
  return {
    book: address,
    domain: book.voucherDomain,
    voucher,
    capacity: book.capacity,
    accruing: accruing.length,
  };
}

function unitsOf({ voucher, accruing }: Settle): number {
  const targets = targetCount(voucher.targets);
  if (accruing === undefined) return PLAIN_UNITS.settle + PLAIN_UNITS.target * targets;
  return UNITS.settle + UNITS.target * (targets - accruing) + UNITS.accruingTarget * accruing;
}

/**
 * What a transaction with these settles may use. Tight for those that {@link settleOf} made; for any
 * other, enough compute units for the program to say why it refuses, and the largest book's bytes.
 */
export function settleBudget(
  settles: readonly Settle[],
): Required<Omit<Budget, "priorityFeeLamports">> {
  const books = new Map(settles.map(({ book, capacity }) => [book.toBase58(), capacity]));
  const units = settles.reduce((total, settle) => total + unitsOf(settle), UNITS.settle);
  let bytes = PROGRAM_BYTES;
  for (const capacity of books.values()) {
    bytes += BOOK_HEADER_LENGTH + LINE_LENGTH * (capacity ?? MAX_LINES) + ACCOUNT_OVERHEAD;
  }
  return {
    computeUnitLimit: Math.min(units, MAX_COMPUTE_UNITS),
    loadedAccountsDataSizeLimit: Math.min(bytes, MAX_LOADED_BYTES),
  };
}
