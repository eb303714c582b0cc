/** Twin of `programs/math/src/line.rs`, held to it by `tests/vectors/*.json`. */
import { min, saturate } from "./integers";
import * as stream from "./stream";

/** Base units the payee has earned: streamed and vouched, as far as the deposit covers both. */
export function earned(args: { deposit: bigint; accrued: bigint; vouched: bigint }): bigint {
  return min(args.deposit, saturate(args.accrued + args.vouched));
}

/**
 * The highest total of vouchers that the line earns by, in base units: what is signed for beyond
 * it is not covered by the deposit.
 */
export function ceiling({ deposit, accrued }: { deposit: bigint; accrued: bigint }): bigint {
  return deposit > accrued ? deposit - accrued : 0n;
}

/**
 * The value of `accrued` at `to`, given its value at `from`. The rate stops at the deposit; vouchers
 * take no room from it, so that nothing depends on when somebody settles.
 */
export function accruedBy(args: {
  rate: bigint;
  from: bigint;
  to: bigint;
  deposit: bigint;
  accrued: bigint;
}): bigint {
  return saturate(args.accrued + stream.accrued({ ...args, cap: ceiling(args) }));
}
