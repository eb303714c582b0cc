import { feeBetweenUp } from "../math/fee";
import { accruedBy, earned } from "../math/line";
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

/** What the line owes its payee at `now`, gross, what is already claimed included. */
export function earnedAt({ line, now }: LineAt): bigint {
  return earned({ ...line, accrued: accruedAt({ line, now }) });
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
 * The first unix second at which the line's rate has used up its deposit (as vouched so far);
 * null when the rate is 0 and the deposit is not used up.
 */
export function depletionTime({ line }: { line: Line }): bigint | null {
  const left = line.deposit - earned(line);
  if (left === 0n) return line.accruedAt;
  const seconds = secondsUntilDryUp({ rate: line.rate, left });
  return seconds === null ? null : line.accruedAt + seconds;
}
