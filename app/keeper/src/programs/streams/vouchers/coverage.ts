import { earnedAt, listTargets, type Targets, voucherCeiling } from "@pinfi/sdk/streams";
import { type BookView, isShut } from "../books/books";

/** How far the deposits cover what a voucher promises, at one moment. Base units. */
export interface Coverage {
  /** All that it signs for, over its lines. */
  promised: bigint;
  /** What of it the payees would have earned, once it is settled. */
  covered: bigint;
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/**
 * What each line would earn more by vouchers that raise its total from `from` to `to`: nothing for
 * what its deposit does not cover, for a line that is shut, and for one that is not there. Pure.
 */
export function earningsOf(book: BookView, unixSeconds: bigint) {
  return (index: number, from: bigint, to: bigint): bigint => {
    const line = book.line(index);
    if (line === undefined || to <= from || isShut(line, unixSeconds)) return 0n;
    const earned = (cumulative: bigint) => earnedAt({ line, now: unixSeconds, cumulative });
    return earned(to) - earned(from);
  };
}

/** How far the book's deposits cover these targets now. Pure. */
export function coverageOf(args: {
  book: BookView;
  targets: Targets;
  unixSeconds: bigint;
}): Coverage {
  const { unixSeconds: now } = args;
  const best = new Map<number, bigint>();
  for (const { line, cumulative } of listTargets(args.targets)) {
    if (cumulative > (best.get(line) ?? -1n)) best.set(line, cumulative);
  }
  let [promised, covered] = [0n, 0n];
  for (const [index, cumulative] of best) {
    promised += cumulative;
    const line = args.book.line(index);
    if (line === undefined) continue;
    const ceiling = voucherCeiling({ line, now });
    covered += coveredOf({ cumulative, vouched: line.vouched, ceiling, isShut: isShut(line, now) });
  }
  return { promised, covered };
}

/** What of one line's total is covered: on a line that is shut, no more than was recorded. Pure. */
export const coveredOf = (args: {
  cumulative: bigint;
  vouched: bigint;
  ceiling: bigint;
  isShut: boolean;
}): bigint => min(args.isShut ? min(args.cumulative, args.vouched) : args.cumulative, args.ceiling);
