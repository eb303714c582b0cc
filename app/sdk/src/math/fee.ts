/** Twin of `programs/math/src/fee.rs`, held to it by `tests/vectors/*.json`. */
import { ALL_BPS, bpsOf, ceilDiv } from "./integers";

/** The fee on `amount`, rounded up. `bps` above 10,000 counts as 10,000. */
export function feeUp(amount: bigint, bps: number): bigint {
  return ceilDiv(amount * bpsOf(bps), ALL_BPS);
}

/** The fee that falls due when a running total goes from `before` to `after`; 0 if it falls. */
export function feeBetweenUp(args: { before: bigint; after: bigint; bps: number }): bigint {
  const due = feeUp(args.after, args.bps) - feeUp(args.before, args.bps);
  return due > 0n ? due : 0n;
}
