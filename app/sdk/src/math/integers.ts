/** Largest u64; sums in `programs/math` saturate here. */
export const U64_MAX = 2n ** 64n - 1n;

/** All of something, in basis points. */
export const ALL_BPS = 10_000n;

export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

export const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

export const saturate = (value: bigint): bigint => min(value, U64_MAX);

export const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

export const bpsOf = (bps: number): bigint => min(BigInt(bps), ALL_BPS);
