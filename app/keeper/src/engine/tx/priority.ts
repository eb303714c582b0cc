import type { Logger } from "pino";
import type { Chain } from "../chain/chain";
import type { EngineConfig } from "../config/schema";

const MICRO_LAMPORTS = 1_000_000n;
/** Prices are read again after this. */
const PRICE_AGE_MS = 10_000;

/** What a transaction that may use so many compute units offers on top of its base fee. Lamports. */
export type PriorityFee = (computeUnitLimit: number) => bigint;

/** The price of landing: fixed, or an estimate from what others have paid of late. */
export interface Priority {
  offer: PriorityFee;
  /** Brings the estimate up to date. Never rejects: without an answer the last one stands. */
  refresh(signal: AbortSignal): Promise<void>;
  /** Micro-lamports a compute unit as estimated, before floor and cap. */
  price(): bigint;
}

export function createPriority(args: {
  config: Pick<
    EngineConfig["transactions"],
    "priorityFeeLamports" | "priorityFeePercentile" | "priorityFeeCapLamports"
  >;
  chain: Chain;
  log: Logger;
  /** Unix milliseconds of this host. */
  hostClock: () => number;
}): Priority {
  const { config, chain, log } = args;
  const percentile = config.priorityFeePercentile;
  const floor = BigInt(config.priorityFeeLamports);
  const cap = BigInt(config.priorityFeeCapLamports);
  let price = 0n;
  let readAtMs = Number.NEGATIVE_INFINITY;

  return {
    price: () => price,
    offer(computeUnitLimit) {
      if (percentile === 0) return floor;
      const estimate = (price * BigInt(computeUnitLimit) + MICRO_LAMPORTS - 1n) / MICRO_LAMPORTS;
      if (estimate > cap) return cap;
      return estimate > floor ? estimate : floor;
    },
    async refresh(signal) {
      const nowMs = args.hostClock();
      if (percentile === 0 || nowMs - readAtMs < PRICE_AGE_MS) return;
      try {
        price = percentileOf((await chain.recentPrices?.({ signal })) ?? [], percentile);
        readAtMs = nowMs;
      } catch (error) {
        log.warn({ error: (error as Error).message }, "prices not read");
      }
    },
  };
}

/** The smallest price that is at least as high as so many per cent of all; 0 of none. Pure. */
export function percentileOf(prices: readonly bigint[], percent: number): bigint {
  const sorted = [...prices].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0n;
}
