import { boolean, checkArguments, having, i64, optional, u16, u64 } from "../arguments";
import { feeBetweenUp } from "../math/fee";
import { accruedBy, ceiling, earned } from "../math/line";
import { secondsUntilDryUp } from "../math/stream";
import type { BookHeader, Line } from "./book";

/** What a quote reads of a line. */
export type QuotedLine = Pick<
  Line,
  "deposit" | "vouched" | "rate" | "accrued" | "accruedAt" | "claimed" | "closingAt" | "removed"
>;

/** A line at a time: `now` in unix seconds. */
export interface LineAt {
  line: QuotedLine;
  now: bigint;
}

const checkedLine = having({
  deposit: u64,
  vouched: u64,
  rate: u64,
  accrued: u64,
  accruedAt: i64,
  claimed: u64,
  closingAt: i64,
  removed: boolean,
});
const lineAt = { line: checkedLine, now: i64 };

/** What the line has streamed at `now`, in base units. */
export function accruedAt(args: LineAt): bigint {
  const { line, now } = checkArguments("accruedAt", lineAt, args);
  return accruedBy({ ...line, from: line.accruedAt, to: now });
}

/**
 * What the line has earned for its payee at `now`, gross, what is already claimed included; with
 * `cumulative`, what it would have earned had a voucher of that total been settled. What counts of
 * a voucher is what this rises by: the rest is not covered until the payer adds funds.
 */
export function earnedAt(args: LineAt & { cumulative?: bigint }): bigint {
  const shape = { ...lineAt, cumulative: optional(u64) };
  const { line, now, cumulative } = checkArguments("earnedAt", shape, args);
  const closed = line.closingAt !== 0n && now >= line.closingAt;
  const raised = cumulative !== undefined && cumulative > line.vouched && !closed;
  const vouched = raised ? cumulative : line.vouched;
  return earned({ deposit: line.deposit, accrued: accruedAt({ line, now }), vouched });
}

/**
 * The highest total of vouchers that the line would earn by at `now`, in base units; what they
 * promise beyond it is not covered. What the line earns more by a voucher that raises `vouched`
 * from `a` to `b` is `min(b, ceiling) - min(a, ceiling)`.
 */
export function voucherCeiling(args: LineAt): bigint {
  const { line, now } = checkArguments("voucherCeiling", lineAt, args);
  return ceiling({ deposit: line.deposit, accrued: accruedAt({ line, now }) });
}

/** What a claim at `now` would take from the line, gross, vouchers not yet settled left out. */
export function claimableAt(args: LineAt): bigint {
  const { line, now } = checkArguments("claimableAt", lineAt, args);
  return line.removed ? 0n : earnedAt({ line, now }) - line.claimed;
}

/** What a claim pays. Base units. `gross = fee + net`. */
export interface ClaimQuote {
  gross: bigint;
  fee: bigint;
  net: bigint;
}

/**
 * What a claim at `now` would pay. The fee is that of the total claimed rounded up, less the fee
 * already taken, so many small claims cost what one large claim costs.
 */
export function claimQuote(args: { book: Pick<BookHeader, "feeBps"> } & LineAt): ClaimQuote {
  const shape = { ...lineAt, book: having({ feeBps: u16 }) };
  const { book, line, now } = checkArguments("claimQuote", shape, args);
  const gross = claimableAt({ line, now });
  const after = line.claimed + gross;
  const fee = feeBetweenUp({ before: line.claimed, after, bps: book.feeBps });
  return { gross, fee, net: gross - fee };
}

/**
 * The first unix second at which rate and vouchers so far have used up the line's deposit, or a
 * second after it; null when the rate is 0 and the deposit is not used up. The rate runs on after
 * it until it has reached the deposit by itself, and a later top-up pays for that time too.
 */
export function depletionTime(args: { line: QuotedLine }): bigint | null {
  const { line } = checkArguments("depletionTime", { line: checkedLine }, args);
  const left = line.deposit - earned(line);
  if (left === 0n) return line.accruedAt;
  const seconds = secondsUntilDryUp({ rate: line.rate, left });
  return seconds === null ? null : line.accruedAt + seconds;
}
