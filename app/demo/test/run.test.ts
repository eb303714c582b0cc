import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { assert } from "chai";
import { parseOptions } from "../src/options";
import { priceOf } from "../src/pricing";
import { reportPage } from "../src/report/page";
import { loadTrace, type RunResult, runDemo } from "../src/run";
import type { Trace } from "../src/trace/request";

const REAL = resolve(__dirname, "../../../../shared/data/azure-llm-inference-2023-code.csv");
const REAL_REQUESTS = 8_819;

/** Every amount once more, from the trace and the summary alone. */
function assertConserved({ summary }: RunResult, trace: Trace): void {
  const { deposited, claimed, refunded, vault, fees, paidToNodes, supply } = summary;
  const { contextPrice, generatedPrice } = summary.options;
  const value = trace.requests.reduce(
    (sum, request) => sum + priceOf(request, { contextPrice, generatedPrice }),
    0n,
  );
  assert.deepEqual(
    summary.checks.filter((check) => check.expected !== check.found),
    [],
  );
  assert.isTrue(summary.conserved);
  assert.equal(deposited, claimed + refunded + vault);
  assert.equal(claimed, Number(value));
  assert.equal(claimed, paidToNodes + fees.total);
  assert.equal(fees.total, fees.burned + fees.treasury);
  assert.equal(supply.now, supply.minted - fees.burned);
  assert.equal(summary.settled, summary.payments);
}

describe("demo / run", function () {
  this.timeout(120_000);

  describe("settles 300 requests of 3 payers on 5 nodes", () => {
    const options = parseOptions(["--requests", "300", "--payers", "3", "--nodes", "5"]);
    let trace: Trace;
    let result: RunResult;

    before(async () => {
      trace = await loadTrace(options);
      result = await runDemo({ options, trace });
    });

    it("to the unit", () => {
      assertConserved(result, trace);
      assert.equal(result.summary.payments, 300);
      assert.equal(result.summary.vault, 0);
      assert.isAbove(result.summary.refunded, 0);
      assert.isAbove(result.summary.fees.burned, 0);
    });

    it("with the transactions, costs and fees of all phases in the sums", () => {
      const { phases, transactions, costUnits, feesLamports, settlement } = result.summary;
      const sum = (key: "transactions" | "costUnits" | "feesLamports") =>
        Object.values(phases).reduce((total, phase) => total + phase[key], 0);
      assert.equal(transactions, sum("transactions"));
      assert.equal(costUnits, sum("costUnits"));
      assert.equal(feesLamports, sum("feesLamports"));
      assert.equal(result.summary.failedTransactions, 0);
      assert.closeTo(
        settlement.lamportsPerPayment ?? 0,
        phases.settle.feesLamports / 300,
        Number.EPSILON,
      );
      assert.isAbove(phases.claim.transactions, 0);
    });

    it("each payment being settled in the round after it", () => {
      const { traceSeconds, settles } = result.series;
      assert.lengthOf(traceSeconds, 300);
      assert.isAtLeast(Math.min(...traceSeconds), 0);
      assert.isAtMost(Math.max(...traceSeconds), options.settleEvery);
      assert.equal(
        settles.reduce((sum, settle) => sum + settle.payments, 0),
        300,
      );
    });

    it("in many fewer transactions than payments", () => {
      assert.isBelow(result.summary.phases.settle.transactions, 20);
      assert.equal(result.summary.vouchers.posted, 300);
    });

    it("and the same way when run again", async () => {
      const { summary } = await runDemo({ options, trace });
      assert.equal(summary.costUnits, result.summary.costUnits);
      assert.equal(summary.transactions, result.summary.transactions);
      assert.deepEqual(summary.checks, result.summary.checks);
    });

    it("giving a page that needs nothing from outside", () => {
      const page = reportPage(result);
      assert.include(page, "Conserved: every base unit is accounted for");
      assert.include(page, "300 of 300");
      assert.notMatch(page, /\b(?:src|href)=|url\(|@import|https?:/);
      assert.notMatch(page, /NaN|undefined|Infinity/);
    });
  });

  it("settles books of more lines than a v0 transaction could carry", async () => {
    const options = parseOptions(["--requests", "400", "--payers", "2", "--nodes", "450"]);
    const trace = await loadTrace(options);
    const result = await runDemo({ options, trace });
    assertConserved(result, trace);
    assert.isAbove(result.summary.settlement.targetsPerTransaction?.max ?? 0, 96);
  });

  it("counts requests without tokens, and pays nothing for them", async () => {
    const request = { atMicros: 1e15, contextTokens: 0, generatedTokens: 0 };
    const trace: Trace = { source: "free", requests: [request], badRows: [], outOfOrder: 0 };
    const options = parseOptions(["--payers", "1", "--nodes", "1"]);
    const result = await runDemo({ options, trace });
    assertConserved(result, trace);
    assert.equal(result.summary.payments, 0);
    assert.equal(result.summary.trace.free, 1);
    assert.isNull(result.summary.settlement.costUnitsPerPayment);
    assert.notMatch(reportPage(result), /NaN|undefined|Infinity/);
  });

  it("stops when it is told to", async () => {
    const options = parseOptions(["--requests", "300", "--payers", "3", "--nodes", "5"]);
    const trace = await loadTrace(options);
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    const error = await runDemo({ options, trace, signal: stop.signal }).catch((e: unknown) => e);
    assert.equal((error as Error).message, "enough");
  });

  it("settles every request of the real hour", async function () {
    if (!existsSync(REAL)) {
      console.log("      the real trace is not beside this checkout (../shared/data): skipped");
      this.skip();
    }
    const options = parseOptions(["--trace", REAL]);
    const trace = await loadTrace(options);
    const result = await runDemo({ options, trace });
    assertConserved(result, trace);
    assert.equal(result.summary.trace.requests, REAL_REQUESTS);
    assert.equal(result.summary.settled, REAL_REQUESTS);
    assert.equal(result.summary.trace.badRows.count, 0);
  });
});
