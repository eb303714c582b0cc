import { type Prices, priceOf, safeUnits } from "./pricing";
import { createRandom } from "./trace/random";
import type { Trace } from "./trace/request";

/** One request that is paid for: who pays whom how much, and when. */
export interface Payment {
  /** When the request came, microseconds since 1970. */
  atMicros: number;
  payer: number;
  node: number;
  /** Base units, above 0. */
  price: bigint;
}

/** A trace, routed and priced: all that the run needs to know of it. */
export interface Workload {
  payments: Payment[];
  /** Requests whose price is 0: counted, not paid. */
  freeRequests: number;
  /** What each payer owes each node in the end: `owed[payer][node]`, base units. */
  owed: bigint[][];
  /** Sum of all prices, base units. */
  value: bigint;
  contextTokens: number;
  generatedTokens: number;
}

/**
 * Routes each request to a payer and a node and prices it. A few payers send most of the traffic
 * (payer k has weight 1 / (k + 1)); nodes are equals.
 *
 * @throws UsageError when the whole is worth 2^53 base units or more
 */
export function planWorkload({
  trace,
  payers,
  nodes,
  seed,
  prices,
}: {
  trace: Trace;
  payers: number;
  nodes: number;
  seed: string;
  prices: Prices;
}): Workload {
  const random = createRandom({ seed, purpose: "routing" });
  const shares: number[] = [];
  let weight = 0;
  for (let payer = 0; payer < payers; payer++) {
    weight += 1 / (payer + 1);
    shares.push(weight);
  }
  const drawPayer = (): number => {
    const draw = random.next() * weight;
    let low = 0;
    let high = payers - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (draw < (shares[middle] as number)) high = middle;
      else low = middle + 1;
    }
    return low;
  };

  const payments: Payment[] = [];
  const owed = Array.from({ length: payers }, () => new Array<bigint>(nodes).fill(0n));
  let value = 0n;
  let contextTokens = 0;
  let generatedTokens = 0;
  for (const request of trace.requests) {
    contextTokens += request.contextTokens;
    generatedTokens += request.generatedTokens;
    const payer = drawPayer();
    const node = random.below(nodes);
    const price = priceOf(request, prices);
    if (price === 0n) continue;
    const book = owed[payer] as bigint[];
    book[node] = (book[node] as bigint) + price;
    value += price;
    payments.push({ atMicros: request.atMicros, payer, node, price });
  }
  // Deposits are a fifth above what is owed, so that is what must stay exact.
  safeUnits(value * 2n);
  return {
    payments,
    freeRequests: trace.requests.length - payments.length,
    owed,
    value,
    contextTokens,
    generatedTokens,
  };
}
