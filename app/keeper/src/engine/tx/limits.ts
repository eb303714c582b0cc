import type { EngineConfig } from "../config/schema";

/**
 * Something whose costs are counted apart, such as one account or all work for one payer, and the part
 * of each hour's limit that may be spent on it.
 */
export interface SpendScope {
  /** The same for the same thing, also after a restart; no other thing has it. */
  name: string;
  percent: number;
}

/** Limits on what is spent in any 60 minutes. Lamports. */
export interface FeeLimits {
  /**
   * Of all that is spent, or of one scope. `pressing`: for work with a deadline; other work leaves it a
   * part of every limit.
   */
  of(scope: Pick<SpendScope, "percent"> | undefined, pressing: boolean): bigint;
}

/** Two signatures and as much again for priority: no scope is kept from one such transaction an hour. */
const LEAST = 20_000n;

/** The limits as configured. Pure. */
export function feeLimits(config: EngineConfig["limits"]): FeeLimits {
  const all = BigInt(config.maxFeeLamportsPerHour);
  return {
    of(scope, pressing) {
      const whole = (all * BigInt(scope?.percent ?? 100)) / 100n;
      const part = pressing ? whole : (whole * BigInt(100 - config.deadlinePercent)) / 100n;
      return scope !== undefined && part < LEAST ? LEAST : part;
    },
  };
}
