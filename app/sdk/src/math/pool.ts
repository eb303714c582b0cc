/** Twin of `programs/math/src/pool.rs`, held to it by `tests/vectors/*.json`. */

/** Bits of the index behind the point. */
const FRACTION_BITS = 64n;
const FRACTION = 1n << FRACTION_BITS;

/** What `amount` adds to the index over `units`, and what of the division is left to carry. */
export function indexStepDown(args: { amount: bigint; carried: bigint; units: bigint }): {
  step: bigint;
  left: bigint;
} {
  const { amount, carried, units } = args;
  if (units === 0n) return { step: 0n, left: carried };
  const total = (amount << FRACTION_BITS) + carried;
  return { step: total / units, left: total % units };
}

/** What `units` have received while the index went from `from` to `to`, in units of 2^-64. */
export function received(args: { units: bigint; from: bigint; to: bigint }): bigint {
  return args.units * (args.to - args.from);
}

/** Whole base units of an amount in units of 2^-64. */
export function wholeDown(amount: bigint): bigint {
  return amount / FRACTION;
}
