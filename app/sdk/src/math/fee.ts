/** Twin of `programs/math/src/fee.rs`, held to it by `tests/vectors/*.json`. */
import { checkArguments, u16, u128 } from "../arguments";
import { ALL_BPS, bpsOf, ceilDiv } from "./integers";

const between = { before: u128, after: u128, bps: u16 };

/** The fee on `amount`, rounded up. `bps` above 10,000 counts as 10,000. */
export function feeUp(amount: bigint, bps: number): bigint {
  u128(amount, "amount");
  u16(bps, "bps");
  return ceilDiv(amount * bpsOf(bps), ALL_BPS);
}

/** The fee that falls due when a running total goes from `before` to `after`; 0 if it falls. */
export function feeBetweenUp(args: { before: bigint; after: bigint; bps: number }): bigint {
  const { before, after, bps } = checkArguments("feeBetweenUp", between, args);
  const due = feeUp(after, bps) - feeUp(before, bps);
  return due > 0n ? due : 0n;
}
