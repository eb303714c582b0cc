/** Twin of `programs/math/src/beats/counters.rs`, held to it by `tests/vectors/*.json`. */
import { max, min } from "../integers";
import { DAY, MONTH } from "./time";

/** Verdicts that are kept behind the newest one. */
const KEPT = 12n;
/** Most slots a month that maintenance excuses. */
const EXCUSED = 24;

/** Periods of equal length in slots, of which the newest `kept` have a counter each. */
export interface Ring {
  length: bigint;
  kept: bigint;
}

/** This month and the one before. */
export const MONTHS: Ring = { length: MONTH, kept: 2n };
/** Today and the two days before. */
export const DAYS: Ring = { length: DAY, kept: 3n };

/** The period that `slot` lies in. */
export const periodOf = (ring: Ring, slot: bigint): bigint => slot / ring.length;

/**
 * First and last of the periods that begin when the next slot to close goes from `before` to
 * `after`, as far as they have counters; none if the first is above the last.
 */
export function begun(
  ring: Ring,
  { before, after }: { before: bigint; after: bigint },
): { first: bigint; last: bigint } {
  const last = periodOf(ring, after);
  return { first: max(periodOf(ring, before) + 1n, last + 1n - ring.kept), last };
}

/** Slots of `period` that have passed while `running` runs, which counts as passed. */
export function absent(ring: Ring, args: { period: bigint; running: bigint }): bigint {
  return min(max(args.running + 1n - args.period * ring.length, 0n), ring.length);
}

/** The first slot from `slot` on before which a node's misses are known. */
export function knownFrom(args: { slot: bigint; next: bigint }): bigint {
  return max(args.slot, args.next - KEPT);
}

/** Slots that a maintenance window excuses; `unknown` ones behind its end count as missed there. */
export function excused(args: { missedBegin: number; missedEnd: number; unknown: number }): number {
  return Math.min(Math.max(args.missedEnd - args.missedBegin - args.unknown, 0), EXCUSED);
}
