import type { Chain, Now } from "./chain";

/** The cluster's clock, asked at most so often. */
export interface ChainClock {
  now(): Promise<Now>;
}

export function createChainClock(args: {
  chain: Chain;
  /** A reading may be used this long. */
  maxAgeMs: number;
  /** Unix milliseconds of this host. */
  hostClock: () => number;
}): ChainClock {
  let reading: Promise<Now> | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  return {
    now() {
      if (reading === undefined || args.hostClock() - readAtMs > args.maxAgeMs) {
        readAtMs = args.hostClock();
        const asked = args.chain.now();
        reading = asked;
        // A failed reading is not kept; whoever asked gets the error.
        asked.catch(() => {
          if (reading === asked) reading = undefined;
        });
      }
      return reading;
    },
  };
}
