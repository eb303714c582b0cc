import { assert } from "chai";
import { UsageError } from "../src/errors";
import { priceOf, safeUnits } from "../src/pricing";
import { DEFAULT_REQUESTS, generateTrace } from "../src/trace/generate";
import { createRandom } from "../src/trace/random";
import type { TraceRequest } from "../src/trace/request";
import { planWorkload } from "../src/workload";

const PRICES = { contextPrice: 3, generatedPrice: 15 };

function median(values: number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}

describe("demo / generated trace", () => {
  const trace = generateTrace({ seed: "pinfi", count: DEFAULT_REQUESTS });
  const { requests } = trace;

  it("is the same for the same seed and another for another", () => {
    assert.deepEqual(generateTrace({ seed: "pinfi", count: DEFAULT_REQUESTS }), trace);
    assert.notDeepEqual(generateTrace({ seed: "other", count: DEFAULT_REQUESTS }), trace);
  });

  it("is in order of time and lasts as long as the real hour", () => {
    assert.lengthOf(requests, DEFAULT_REQUESTS);
    for (let index = 1; index < requests.length; index++) {
      assert.isAtLeast(requests[index]?.atMicros ?? 0, requests[index - 1]?.atMicros ?? 0);
    }
    const seconds = ((requests.at(-1)?.atMicros ?? 0) - (requests[0]?.atMicros ?? 0)) / 1e6;
    assert.closeTo(seconds, 3_436, 2);
  });

  // The real figures: context mean 2,048, median 1,469, at most 7,437; generated mean 27.9, median 13.
  it("has the token counts of the real hour", () => {
    const context = requests.map((request) => request.contextTokens);
    const generated = requests.map((request) => request.generatedTokens);
    const mean = (values: number[]) =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    assert.closeTo(mean(context), 2_048, 100);
    assert.closeTo(median(context), 1_469, 80);
    assert.closeTo(mean(generated), 27.9, 3);
    assert.closeTo(median(generated), 13, 1);
    assert.isTrue(context.every((tokens) => tokens >= 3 && tokens <= 7_437));
    assert.isTrue(generated.every((tokens) => tokens >= 6 && tokens <= 1_900));
  });

  // In the real hour the variance of the requests in a second is 13 times their mean (Poisson: 1).
  it("comes in bursts", () => {
    const start = requests[0]?.atMicros ?? 0;
    const counts = new Array<number>(3_440).fill(0);
    for (const request of requests) {
      const second = Math.floor((request.atMicros - start) / 1e6);
      counts[second] = (counts[second] ?? 0) + 1;
    }
    const mean = requests.length / counts.length;
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
    assert.isAbove(variance / mean, 7);
    assert.isBelow(variance / mean, 20);
  });

  it("can be of one request", () => {
    assert.lengthOf(generateTrace({ seed: "x", count: 1 }).requests, 1);
  });
});

describe("demo / random", () => {
  it("keeps purposes apart and draws evenly", () => {
    const left = createRandom({ seed: "s", purpose: "a" });
    const right = createRandom({ seed: "s", purpose: "b" });
    assert.notEqual(left.next(), right.next());
    const counts = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 10_000; draw++) {
      const value = left.below(10);
      counts[value] = (counts[value] ?? 0) + 1;
    }
    for (const count of counts) assert.closeTo(count, 1_000, 150);
  });
});

describe("demo / pricing", () => {
  const request = (contextTokens: number, generatedTokens: number): TraceRequest => ({
    atMicros: 0,
    contextTokens,
    generatedTokens,
  });

  it("is context x 3 + generated x 15 base units", () => {
    assert.equal(priceOf(request(4_808, 10), PRICES), 14_574n);
    assert.equal(priceOf(request(0, 1), PRICES), 15n);
  });

  it("is nothing for a request without tokens", () => {
    assert.equal(priceOf(request(0, 0), PRICES), 0n);
  });

  it("refuses a sum that JSON cannot hold", () => {
    assert.equal(safeUnits(2n ** 53n - 1n), Number.MAX_SAFE_INTEGER);
    assert.throws(() => safeUnits(2n ** 53n), UsageError, "9007199254740992 base units");
  });
});

describe("demo / workload", () => {
  const trace = generateTrace({ seed: "pinfi", count: 2_000 });
  const plan = (overrides: { payers?: number; nodes?: number; seed?: string } = {}) =>
    planWorkload({ trace, payers: 4, nodes: 5, seed: "pinfi", prices: PRICES, ...overrides });

  it("routes every request, the same way for the same seed", () => {
    assert.lengthOf(plan().payments, 2_000);
    assert.deepEqual(plan(), plan());
    assert.notDeepEqual(plan({ seed: "other" }).payments, plan().payments);
  });

  it("owes exactly the prices of the trace", () => {
    const { owed, value, payments } = plan();
    const priced = trace.requests.reduce((sum, request) => sum + priceOf(request, PRICES), 0n);
    assert.equal(value, priced);
    assert.equal(
      owed.flat().reduce((sum, units) => sum + units, 0n),
      priced,
    );
    assert.equal(
      payments.reduce((sum, payment) => sum + payment.price, 0n),
      priced,
    );
  });

  it("gives the first payer most of the traffic and each node its share", () => {
    const { payments } = plan();
    const of = (payer: number) => payments.filter((payment) => payment.payer === payer).length;
    assert.isAbove(of(0), of(3) * 2);
    for (let node = 0; node < 5; node++) {
      assert.closeTo(payments.filter((payment) => payment.node === node).length, 400, 80);
    }
  });

  it("counts requests without price as free", () => {
    const free = { ...trace, requests: [{ atMicros: 0, contextTokens: 0, generatedTokens: 0 }] };
    const result = planWorkload({ trace: free, payers: 1, nodes: 1, seed: "", prices: PRICES });
    assert.equal(result.freeRequests, 1);
    assert.lengthOf(result.payments, 0);
    assert.deepEqual(result.owed, [[0n]]);
  });
});
