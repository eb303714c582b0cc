/** A source of random choices that a seed repeats. */
export interface Random {
  readonly seed: number;
  /** A whole number from 0 on, below `limit`. */
  below(limit: number): number;
  /** Base units from 0 to `limit` inclusive, its ends more often than chance. */
  amount(limit: bigint): bigint;
  pick<T>(items: readonly T[]): T;
}

/**
 * Seed of this run: the same each time, since a walk must also have been everywhere, which not every
 * seed brings about in few steps. `PINFI_SEED` takes another; `PINFI_SEED=random` draws one.
 */
export function seedOfRun(): number {
  const given = process.env.PINFI_SEED ?? "1";
  return given === "random" ? Math.floor(Math.random() * 2 ** 31) : Number(given);
}

/** mulberry32: small, fast, good enough to choose test steps. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const random: Random = {
    seed,
    below: (limit) => Math.floor(next() * limit),
    amount(limit) {
      const edge = random.below(8);
      if (edge === 0) return 0n;
      if (edge === 1) return limit;
      if (edge === 2) return limit + 1n;
      return (limit * BigInt(random.below(1_000_000))) / 1_000_000n;
    },
    pick(items) {
      const item = items[random.below(items.length)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
  };
  return random;
}
