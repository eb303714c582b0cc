import { UsageError } from "./errors";
import type { TraceRequest } from "./trace/request";

/** Decimals of the demo's mint: one base unit is a millionth of a token. */
export const DECIMALS = 6;

/** Base units for one token of each kind; whole numbers, so a price never needs rounding. */
export interface Prices {
  contextPrice: number;
  generatedPrice: number;
}

/**
 * Price of one request in base units: context tokens x context price + generated tokens x
 * generated price. 0 for a request without tokens: it is counted, and nothing is paid for it.
 */
export function priceOf(request: TraceRequest, prices: Prices): bigint {
  return (
    BigInt(request.contextTokens) * BigInt(prices.contextPrice) +
    BigInt(request.generatedTokens) * BigInt(prices.generatedPrice)
  );
}

/**
 * A sum of base units as a JSON number.
 *
 * @throws UsageError when a JSON reader could not hold it exactly (2^53 base units and more)
 */
export function safeUnits(units: bigint): number {
  if (units > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new UsageError({
      code: "BadTrace",
      message: `the trace is worth ${units} base units, more than JSON holds exactly (2^53 - 1): use --limit or lower prices`,
    });
  }
  return Number(units);
}
