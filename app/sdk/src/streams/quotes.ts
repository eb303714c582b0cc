import { feeBetweenUp } from "../math/fee";
import { accruedBy, ceiling, earned } from "../math/line";
import { secondsUntilDryUp } from "../math/stream";
import type { BookHeader, Line } from "./book";

/** A line at a time: `now` in unix seconds. */
export interface LineAt {
  line: Line;
  now: bigint;
}

/** What the line has streamed at `now`, in base units. */
export function accruedAt({ line, now }: LineAt): bigint {
  return accruedBy({ ...line, from: line.accruedAt, to: now });
}

/**
 * What the line has earned for its payee at `now`, gross, what is already claimed included; with
 * `cumulative`, what it would have earned had a voucher of that total been settled. What counts of
 * a voucher is what this rises by: the rest is not covered until the payer adds funds.
 */
export function earnedAt({ line, now, cumulative }: LineAt & { cumulative?: bigint }): bigint {
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
export function voucherCeiling({ line, now }: LineAt): bigint {
  return ceiling({ deposit: line.deposit, accrued: accruedAt({ line, now }) });
}

/** What a claim at `now` would take from the line, gross, vouchers not yet settled left out. */
export function claimableAt({ line, now }: LineAt): bigint {
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
  const { book, line } = args;
  const gross = claimableAt(args);
  const after = line.claimed + gross;
  const fee = feeBetweenUp({ before: line.claimed, after, bps: book.feeBps });
  return { gross, fee, net: gross - fee };
}

/**
 * The first unix second at which rate and vouchers so far have used up the line's deposit, or a
 * second after it; null when the rate is 0 and the deposit is not used up. The rate runs on after
 * it until it has reached the deposit by itself, and a later top-up pays for that time too.
 */
export function depletionTime({ line }: { line: Line }): bigint | null {
  const left = line.deposit - earned(line);
  if (left === 0n) return line.accruedAt;
  const seconds = secondsUntilDryUp({ rate: line.rate, left });
  return seconds === null ? null : line.accruedAt + seconds;
}
