import { dot } from "@observablehq/plot";
import {
  maxDenseTargets,
  maxSparseTargets,
  settleInstructions,
  settleMany,
} from "@pinfi/sdk/streams";
import { assert } from "chai";
import type { RecordedTransaction } from "../src/cluster/recorder";
import { sendAll } from "../src/cluster/send";
import { createLedger, wholeLedger } from "../src/ledger";
import { openMarket, startCluster } from "../src/market";
import { MAX_NODES } from "../src/options";
import {
  expectedFrom,
  proveClosed,
  proveDone,
  readBalances,
  readBooks,
  readVouched,
} from "../src/proof";
import { cutRounds } from "../src/replay";
import { picture } from "../src/report/picture";
import { histogram, thin } from "../src/report/series";

import { type Check, figure, percentiles, tokens } from "../src/summary";
import { createTracker } from "../src/tracker";

const wrong = (checks: Check[]): string[] =>
  checks.filter((check) => check.expected !== check.found).map((check) => check.name);

describe("demo / ledger", () => {
  it("is dense where most lines are used", () => {
    assert.deepEqual(wholeLedger([0n, 5n, 0n, 7n, 9n, 1n, 1n, 0n]), {
      kind: "dense",
      start: 1,
      cumulative: [5n, 0n, 7n, 9n, 1n, 1n],
    });
  });

  it("is sparse where few are", () => {
    assert.deepEqual(wholeLedger([5n, 0n, 0n, 0n, 0n, 7n]), {
      kind: "sparse",
      entries: [
        { line: 0, cumulative: 5n },
        { line: 5, cumulative: 7n },
      ],
    });
  });
});

describe("demo / voucher size", () => {
  // The shorter form is taken, so a sparse one never has more than 8 entries for 10 dense ones.
  it("fits into one v1 transaction at the most nodes", () => {
    assert.isAtLeast(maxDenseTargets("v1"), MAX_NODES);
    assert.isAtLeast(maxSparseTargets("v1"), (MAX_NODES * 8) / 10);
    const used = new Array<bigint>(MAX_NODES).fill(1n).fill(0n, 1, 90);
    assert.equal(wholeLedger(used).kind, "dense");
    assert.equal(wholeLedger(used.with(90, 0n)).kind, "sparse");
  });
});

describe("demo / rounds", () => {
  const at = (seconds: number) => ({ atMicros: seconds * 1e6, payer: 0, node: 0, price: 1n });

  it("end on multiples of the period after the start, empty ones left out", () => {
    const payments = [at(100), at(109.999999), at(110), at(145)];
    assert.deepEqual(cutRounds({ payments, startSeconds: 100, every: 10 }), [
      { atSeconds: 110, payments: payments.slice(0, 2) },
      { atSeconds: 120, payments: payments.slice(2, 3) },
      { atSeconds: 150, payments: payments.slice(3) },
    ]);
  });
});

describe("demo / tracker", () => {
  const cost = { transactions: 1, computeUnits: 10, costUnits: 100, feesLamports: 5_000 };
  const settle = (book = "book"): RecordedTransaction => ({
    failed: false,
    feePayer: "keeper",
    instructions: ["settle"],
    settled: [book, "sysvar"],
    targets: 2,
    cost,
    atSeconds: 110,
    atWall: 50,
  });
  const track = (record: readonly bigint[] = []) => {
    const tracker = createTracker({ startSeconds: 100 });
    tracker.watch({ books: ["book"], nodes: 2, vouched: () => record });
    const payment = { payer: 0, node: 1, price: 10n, atSeconds: 102.5, atWall: 20 };
    tracker.paid({ ...payment, cumulative: 10n });
    tracker.paid({ ...payment, cumulative: 20n });
    return tracker;
  };

  it("counts a payment once the chain has its total on record, once", () => {
    const record = [0n, 19n];
    const tracker = track(record);
    tracker.landed(settle());
    assert.equal(tracker.settledPayments(), 1);
    record[1] = 20n;
    tracker.landed({ ...settle(), instructions: ["settle_many"] });
    tracker.landed(settle());
    assert.equal(tracker.settledPayments(), 2);
    assert.equal(tracker.settledValue(), 20);
    assert.deepEqual(tracker.traceSeconds, [7.5, 7.5]);
    assert.deepEqual(tracker.wallMilliseconds, [30, 30]);
    assert.deepEqual(
      tracker.settles.map(({ payments }) => payments),
      [1, 1, 0],
    );
    assert.equal(tracker.feesOf("keeper"), 15_000);
  });

  it("takes nothing from another line or book, or from a transaction that failed", () => {
    const others = track([99n, 0n]);
    others.landed(settle());
    assert.equal(others.settledPayments(), 0);
    const tracker = track([0n, 99n]);
    tracker.landed(settle("other"));
    tracker.landed({ ...settle(), failed: true });
    assert.equal(tracker.settledPayments(), 0);
  });

  it("books costs by what a transaction does, else by the stage", () => {
    const tracker = track();
    tracker.landed({ ...settle(), instructions: ["open_book"] });
    tracker.landed({ ...settle(), instructions: ["claim"], failed: true });
    tracker.enter("wind-down");
    tracker.landed({ ...settle(), instructions: ["close_line"] });
    assert.equal(tracker.cost("set-up").transactions, 1);
    assert.equal(tracker.cost("claim").costUnits, 100);
    assert.equal(tracker.cost("wind-down").feesLamports, 5_000);
    assert.equal(tracker.cost("settle").transactions, 0);
    assert.equal(tracker.failedTransactions(), 1);
  });
});

describe("demo / recorder", () => {
  it("reads who was settled, with how many targets and at what cost, from the bytes", async () => {
    const seen: RecordedTransaction[] = [];
    const localnet = startCluster({
      unixSeconds: 1_800_000_000,
      onTransaction: (transaction) => seen.push(transaction),
    });
    const owed = [
      [10n, 20n, 30n],
      [40n, 0n, 0n],
    ];
    const market = await openMarket({
      localnet,
      seed: "recorder",
      owed,
      nodes: 3,
      feeBps: 100,
      burnBps: 5_000,
      onBook: () => {},
    });
    seen.length = 0;
    const vouchers = market.payers.map((payer, index) => {
      const ledger = createLedger({ payer, nodes: 3 });
      for (const [node, price] of (owed[index] ?? []).entries()) ledger.owe({ node, price });
      return ledger.sign();
    });
    const settles = market.payers.map(({ book, domain }, index) => ({
      book,
      domain,
      voucher: vouchers[index] ?? assert.fail("there is no voucher"),
    }));
    const signers = [market.operator] as const;
    for (const instructions of [
      settleInstructions({ settles, firstIndex: 0 }),
      [settleMany({ vouchers })],
    ]) {
      await sendAll({ localnet, signers, instructions });
    }
    assert.deepEqual(
      seen.map(({ instructions, targets, cost, failed }) => ({
        instructions,
        targets,
        lamports: cost.feesLamports,
        failed,
      })),
      [
        // One signature of the transaction and two of vouchers, at 5,000 lamports each.
        { instructions: ["settle", "settle"], targets: 4, lamports: 15_000, failed: false },
        { instructions: ["settle_many"], targets: 4, lamports: 5_000, failed: false },
      ],
    );
    for (const { settled } of seen) {
      assert.includeMembers(
        settled,
        market.payers.map(({ book }) => book.toBase58()),
      );
    }
    assert.deepEqual(readVouched({ market, payer: 0 }), [10n, 20n, 30n]);
    assert.deepEqual(readVouched({ market, payer: 1 }), [40n, 0n, 0n]);
  });
});

describe("demo / proof", () => {
  const owed = [[1_000n, 1n]];
  const expected = expectedFrom({ owed, nodes: 2, feeBps: 100, burnBps: 5_000 });

  it("expects fees rounded up on each line and the burn rounded down on each book", () => {
    assert.deepEqual(expected, { claimed: 1_001n, fees: 11n, burned: 5n, nodes: [990n, 0n] });
  });

  it("finds a single unit too much or too little", async () => {
    const localnet = startCluster({ unixSeconds: 1_800_000_000, onTransaction: () => {} });
    const market = await openMarket({
      localnet,
      seed: "proof",
      owed: [[0n]],
      nodes: 1,
      feeBps: 100,
      burnBps: 5_000,
      onBook: () => {},
    });
    const nothing = expectedFrom({ owed: [[0n]], nodes: 1, feeBps: 100, burnBps: 5_000 });
    const done = (totals = readBooks(market)) => proveDone({ market, totals, expected: nothing });
    const closed = () =>
      proveClosed({ market, balances: readBalances(market), expected: nothing, feesLamports: 0 });
    assert.deepEqual(wrong(done()), ["lines left"]);
    const before = wrong(closed());

    const totals = readBooks(market);
    const deposited = "deposited = claimed + refunded + vaults";
    assert.include(wrong(done({ ...totals, vault: totals.vault - 1n })), deposited);
    assert.include(wrong(done({ ...totals, claimed: totals.claimed + 1n })), deposited);

    const tokens = market.nodes[0]?.tokens ?? assert.fail("there is no node");
    const account = localnet.account(tokens) ?? assert.fail("it has no token account");
    account.data.writeBigUInt64LE(1n, 64);
    localnet.setAccount(tokens, account);
    assert.deepEqual(
      wrong(closed()).filter((name) => !before.includes(name)),
      ["nodes whose balance is their priced requests less fees", "balances of all nodes"],
    );
  });
});

describe("demo / figures", () => {
  it("are percentiles by nearest rank", () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    assert.deepEqual(percentiles(values), { p50: 50, p90: 90, p99: 99, max: 100 });
    assert.deepEqual(percentiles([7]), { p50: 7, p90: 7, p99: 7, max: 7 });
    assert.isNull(percentiles([]));
  });

  it("show tokens with all decimals", () => {
    assert.equal(tokens(0), "0.000000");
    assert.equal(tokens(1_234_567_890), "1,234.567890");
    assert.equal(figure(1_234.5), "1,235");
    assert.equal(figure(0.012_345), "0.0123");
  });

  it("fall into bins that hold every value", () => {
    const bins = histogram({ values: [0, 1, 1, 9, 10], bins: 10, whole: true });
    assert.equal(
      bins.reduce((sum, bin) => sum + bin.count, 0),
      5,
    );
    assert.deepEqual(bins[1], { from: 1, to: 2, count: 2 });
    assert.deepEqual(bins.at(-1), { from: 10, to: 11, count: 1 });
  });

  it("are thinned to the ends and even steps between them", () => {
    const items = Array.from({ length: 101 }, (_, index) => index);
    assert.deepEqual(thin({ items, most: 5 }), [0, 25, 50, 75, 100]);
    assert.deepEqual(thin({ items: [1, 2], most: 5 }), [1, 2]);
  });

  it("are drawn with a name, round ticks and what is under each point", () => {
    const drawn = picture({
      id: "some",
      title: "a & b",
      x: { label: "across", domain: [0, 57] },
      y: { label: "up", type: "log", domain: [1, 100_000] },
      marks: [dot([{ x: 1, y: 10 }], { x: "x", y: "y", title: () => "<one>" })],
    });
    assert.include(drawn, '<title id="some-name">a &amp; b</title>');
    assert.include(drawn, "<title>&lt;one&gt;</title>");
    const texts = [...drawn.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text);
    for (const text of ["across", "up", "0", "20", "40", "10", "100k"]) assert.include(texts, text);
  });
});
