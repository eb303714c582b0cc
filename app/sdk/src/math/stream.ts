/** Twin of `programs/math/src/stream.rs`, held to it by `tests/vectors/*.json`. */
import { ceilDiv, min } from "./integers";

/**
 * Base units that `rate` a second earns over `[from, to)`, at most `cap`.
 * A clock that steps backwards earns nothing.
 */
export function accrued(args: { rate: bigint; from: bigint; to: bigint; cap: bigint }): bigint {
  const { rate, from, to, cap } = args;
  return to > from ? min(rate * (to - from), cap) : 0n;
}

/** Seconds until `rate` a second has used up `left`, a partial one counted whole; null for never. */
export function secondsUntilDryUp(args: { rate: bigint; left: bigint }): bigint | null {
  return args.rate === 0n ? null : ceilDiv(args.left, args.rate);
}
