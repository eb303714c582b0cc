/** Twin of `programs/math/src/share.rs`, held to it by `tests/vectors/*.json`. */
import { ALL_BPS, bpsOf } from "./integers";

/** A share of `amount`, rounded down. `bps` above 10,000 counts as 10,000. */
export function shareDown(amount: bigint, bps: number): bigint {
  return (amount * bpsOf(bps)) / ALL_BPS;
}

/** The share rounded down, and the rest; together `amount`. */
export function splitDown(amount: bigint, bps: number): [share: bigint, rest: bigint] {
  const share = shareDown(amount, bps);
  return [share, amount - share];
}
