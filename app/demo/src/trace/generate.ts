import { createRandom, type Random } from "./random";
import type { Trace, TraceRequest } from "./request";

/*
 * The shape of a real hour of inference traffic, as a few rounded quantiles that we measured on
 * the Azure LLM inference trace 2023 (code service): 8,819 requests in 3,436 s.
 * Azure Public Dataset, CC BY 4.0; Patel et al., "Splitwise: Efficient generative LLM inference
 * using phase splitting", ISCA 2024. No row of it is here: only these points of its distribution.
 */

/** Requests of the default workload. */
export const DEFAULT_REQUESTS = 8_819;

/** Mean time from one request to the next, pauses included, in seconds. */
const MEAN_GAP_SECONDS = 0.3896;

/** Share of gaps that are pauses of the whole service: traffic comes in bursts of about 200. */
const PAUSE_SHARE = 0.0051;

/** First day of the generated hour: 2026-01-01 00:00:00 UTC, in microseconds. */
const START_MICROS = Date.UTC(2026, 0, 1) * 1000;

/** [probability, value] in rising order; values between two points are interpolated on a log scale. */
type Quantiles = readonly (readonly [number, number])[];

const CONTEXT_TOKENS: Quantiles = [
  [0, 3],
  [0.01, 17],
  [0.05, 75],
  [0.1, 147],
  [0.25, 580],
  [0.5, 1_470],
  [0.75, 2_740],
  [0.9, 5_190],
  [0.95, 7_300],
  [0.99, 7_436],
  [1, 7_437],
];

const GENERATED_TOKENS: Quantiles = [
  [0, 6],
  [0.1, 7],
  [0.25, 9],
  [0.5, 13],
  [0.75, 24],
  [0.9, 55],
  [0.95, 90],
  [0.99, 250],
  [0.999, 820],
  [1, 1_900],
];

const BURST_GAP_SECONDS: Quantiles = [
  [0, 0.000_05],
  [0.1, 0.000_2],
  [0.25, 0.002],
  [0.5, 0.062],
  [0.75, 0.103],
  [0.9, 0.256],
  [0.95, 0.396],
  [0.99, 1.1],
  [1, 8.4],
];

const PAUSE_SECONDS: Quantiles = [
  [0, 10],
  [0.25, 20],
  [0.5, 39],
  [0.75, 66],
  [0.9, 124],
  [1, 217],
];

/** The value below which the share `probability` of a distribution lies. */
function quantile(points: Quantiles, probability: number): number {
  for (let index = 1; index < points.length; index++) {
    const [low, from] = points[index - 1] as readonly [number, number];
    const [high, to] = points[index] as readonly [number, number];
    if (probability <= high) return from * (to / from) ** ((probability - low) / (high - low));
  }
  throw new RangeError(`probability ${probability} is above 1`);
}

/** Seconds between successive requests, scaled so that their mean is that of the real hour. */
function drawGaps({ random, count }: { random: Random; count: number }): number[] {
  const gaps = Array.from({ length: count }, () => {
    const points = random.next() < PAUSE_SHARE ? PAUSE_SECONDS : BURST_GAP_SECONDS;
    return quantile(points, random.next());
  });
  const total = gaps.reduce((sum, gap) => sum + gap, 0);
  return gaps.map((gap) => (gap * MEAN_GAP_SECONDS * count) / total);
}

/**
 * A workload with the distribution of tokens and the bursts of a real hour.
 *
 * @param seed the same seed gives the same trace on every machine
 * @param count requests, at least 1
 */
export function generateTrace({ seed, count }: { seed: string; count: number }): Trace {
  const arrivals = createRandom({ seed, purpose: "arrivals" });
  const tokens = createRandom({ seed, purpose: "tokens" });
  let seconds = 0;
  const requests = [0, ...drawGaps({ random: arrivals, count: count - 1 })].map(
    (gap): TraceRequest => {
      seconds += gap;
      return {
        atMicros: START_MICROS + Math.round(seconds * 1_000_000),
        contextTokens: Math.round(quantile(CONTEXT_TOKENS, tokens.next())),
        generatedTokens: Math.round(quantile(GENERATED_TOKENS, tokens.next())),
      };
    },
  );
  return { source: "generated", requests, badRows: [], outOfOrder: 0 };
}
