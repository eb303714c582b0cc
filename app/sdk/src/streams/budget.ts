import type { PublicKey } from "@solana/web3.js";
import {
  array,
  boolean,
  bytes,
  checkArguments,
  having,
  i64,
  list,
  oneOf,
  publicKey,
  u32,
  u64,
} from "../arguments";
import type { Budget } from "../tx/budget";
import { MAX_COMPUTE_UNITS, MAX_LOADED_BYTES } from "../tx/limits";
import { BOOK_HEADER_LENGTH, type Book, LINE_LENGTH } from "./book";
import { listTargets, targetCount } from "./vouchers/message";
import { anySettle, type Settle } from "./vouchers/settle";
import { anyVoucher, type Voucher } from "./vouchers/voucher";

/** Who verifies the signatures of vouchers. */
export type VerifiedBy = "ed25519" | "program";

/**
 * Upper bounds of measured compute units (app/sdk/test/localnet.test.ts holds them to the program):
 * a settle; a target of a dense voucher without a cap, any other target, and one on a line with an
 * end.
 */
const UNITS = { settle: 700, dense: 14, other: 30, closing: 110 };

/** The same for the plain form of settle, which serves each call that will be refused. */
const PLAIN_UNITS = { settle: 15_000, target: 240 };

/**
 * Where streams verifies the signatures itself: upper bounds too. A voucher that the present key has
 * not signed is tried with the former one as well.
 */
const VERIFYING_UNITS = {
  once: { voucher: 16_000, target: 1_000 },
  twice: { voucher: 32_000, target: 2_000 },
};

/** Bytes that the program's own accounts load: its code above all, with room to grow. */
export const PROGRAM_BYTES = 1536 * 1024;
/** What the runtime adds for each loaded account. */
const ACCOUNT_OVERHEAD = 64;
const MAX_LINES = 0xffff;
const NO_CAP = 2n ** 64n - 1n;

function closes({ lines }: Book, index: number): boolean {
  if (index >= lines.length) return true;
  return endedLine(lines[index], "book.lines[]").closingAt !== 0n;
}

const endedLine = having({ closingAt: i64 });

const settleOfShape = {
  address: publicKey,
  book: having({
    voucherDomain: bytes(32),
    voucherSigner: publicKey,
    voucherCap: u64,
    capacity: u32,
    lines: array,
  }),
  voucher: anyVoucher,
};

/**
 * A settle with what the budget is computed from. `address` is that of the book. A voucher of the
 * book's former signer is settled by the plain form of the instruction.
 */
export function settleOf(args: { address: PublicKey; book: Book; voucher: Voucher }): Settle {
  checkArguments("settleOf", settleOfShape, args);
  const { address, book, voucher } = args;
  const { targets } = voucher;
  const settle = { book: address, domain: book.voucherDomain, voucher, capacity: book.capacity };
  if (!voucher.signer.equals(book.voucherSigner)) return settle;
  const closing = listTargets(targets).filter(({ line }) => closes(book, line)).length;
  const each = targets.kind === "dense" && book.voucherCap === NO_CAP ? UNITS.dense : UNITS.other;
  const units = UNITS.settle + each * (targetCount(targets) - closing) + UNITS.closing * closing;
  return { ...settle, units };
}

/**
 * Upper bound of the compute units of settling a dense voucher of a signer without a cap. `busy`:
 * lines of the book that have an end; `former`: the voucher is of the book's former
 * signer, which the plain form of the instruction settles.
 */
export function denseSettleUnits(args: { count: number; busy: number; former: boolean }): number {
  const shape = { count: u32, busy: u32, former: boolean };
  const { count, busy, former } = checkArguments("denseSettleUnits", shape, args);
  if (former) return plainUnits(count);
  const closing = Math.min(count, busy);
  return UNITS.settle + UNITS.dense * (count - closing) + UNITS.closing * closing;
}

const plainUnits = (targets: number): number => PLAIN_UNITS.settle + PLAIN_UNITS.target * targets;

function unitsOf({ voucher, units }: Settle, verifiedBy: VerifiedBy): number {
  if (verifiedBy === "program") {
    // `settleOf` gives units to those alone that the present key has signed.
    const each = units === undefined ? VERIFYING_UNITS.twice : VERIFYING_UNITS.once;
    return each.voucher + each.target * targetCount(voucher.targets);
  }
  return units ?? plainUnits(targetCount(voucher.targets));
}

/**
 * What a transaction with these settles may use. Tight for those that {@link settleOf} made; for any
 * other, enough compute units for the program to say why it refuses, and the largest book's bytes.
 */
export function settleBudget(
  settles: readonly Settle[],
  verifiedBy: VerifiedBy = "ed25519",
): Required<Omit<Budget, "priorityFeeLamports">> {
  list(anySettle)(settles, "settles");
  oneOf("ed25519", "program")(verifiedBy, "verifiedBy");
  const books = new Map(settles.map(({ book, capacity }) => [book.toBase58(), capacity]));
  const units = settles.reduce(
    (total, settle) => total + unitsOf(settle, verifiedBy),
    UNITS.settle,
  );
  let bytes = PROGRAM_BYTES;
  for (const capacity of books.values()) {
    bytes += BOOK_HEADER_LENGTH + LINE_LENGTH * (capacity ?? MAX_LINES) + ACCOUNT_OVERHEAD;
  }
  return {
    computeUnitLimit: Math.min(units, MAX_COMPUTE_UNITS),
    loadedAccountsDataSizeLimit: Math.min(bytes, MAX_LOADED_BYTES),
  };
}
