/** Twin of `programs/math/src/share.rs`, held to it by `tests/vectors/*.json`. */
import { checkArguments, u16, u128 } from "../arguments";
import { ALL_BPS, bpsOf } from "./integers";

const between = { before: u128, after: u128, bps: u16 };

/** A share of `amount`, rounded down. `bps` above 10,000 counts as 10,000. */
export function shareDown(amount: bigint, bps: number): bigint {
  u128(amount, "amount");
  u16(bps, "bps");
  return (amount * bpsOf(bps)) / ALL_BPS;
}

/** The share that falls due when a running total goes from `before` to `after`; 0 if it falls. */
export function shareBetweenDown(args: { before: bigint; after: bigint; bps: number }): bigint {
  const { before, after, bps } = checkArguments("shareBetweenDown", between, args);
  const due = shareDown(after, bps) - shareDown(before, bps);
  return due > 0n ? due : 0n;
}
