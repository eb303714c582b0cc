/** Twin of `programs/math/src/share.rs`, held to it by `tests/vectors/*.json`. */
import { ALL_BPS, bpsOf } from "./integers";

/** A share of `amount`, rounded down. `bps` above 10,000 counts as 10,000. */
export function shareDown(amount: bigint, bps: number): bigint {
  return (amount * bpsOf(bps)) / ALL_BPS;
}

/** The share that falls due when a running total goes from `before` to `after`; 0 if it falls. */
export function shareBetweenDown(args: { before: bigint; after: bigint; bps: number }): bigint {
  const due = shareDown(args.after, args.bps) - shareDown(args.before, args.bps);
  return due > 0n ? due : 0n;
}
