import { deposit, fundLine, packVoucher, type Voucher } from "@pinfi/sdk/streams";
import { assert } from "chai";
import type { FeedAnswer } from "../src/programs/streams/bulk/protocol";
import { keepersOnWorlds } from "./support/keepers";
import type { Running } from "./support/running";
import { until } from "./support/until";
import type { OpenBook } from "./support/world";

/** More than half of what a v0 transaction takes: each voucher gets a transaction of its own. */
const LINES = 60;
const NDJSON = "application/x-ndjson";

describe("keeper / vouchers that no deposit covers (W01)", function () {
  this.timeout(60_000);
  const on = keepersOnWorlds();
  const { start, vouched, settle, paid } = on;

  /** Raises the deposit of a book's first line. */
  const topUp = ({ address, payer }: OpenBook, amount: bigint): void => {
    const { mint, tokenProgram } = on.world;
    const source = on.world.tokenAddress(payer.publicKey);
    const funder = payer.publicKey;
    const book = address;
    on.world.send(
      [
        deposit({ funder, book, mint, source, tokenProgram, amount }),
        fundLine({ payer: funder, book, line: 0, amount }),
      ],
      [payer],
    );
  };
  const post = (keeper: Running, open: OpenBook, cumulative: bigint, line = 0) =>
    keeper.post("/vouchers", on.world.lineVoucher(open, line, cumulative));
  const dense = (open: OpenBook, first: bigint): Voucher => {
    const cumulative = new Array<bigint>(LINES).fill(0n);
    cumulative[0] = first;
    return on.world.voucher(open, { kind: "dense", start: 0, cumulative });
  };
  const feed = async (keeper: Running, ...vouchers: Voucher[]): Promise<FeedAnswer> => {
    const lines = vouchers.map((each) =>
      JSON.stringify({ packed: Buffer.from(packVoucher(each)).toString("base64") }),
    );
    const { status, body } = await keeper.post("/vouchers/bulk", lines.join("\n"), NDJSON);
    assert.equal(status, 200, JSON.stringify(body));
    return body as unknown as FeedAnswer;
  };

  it("are kept and cost nothing, and are settled once a deposit covers them (W01)", async () => {
    const keeper = await start();
    const open = on.world.openBook({ depositPerLine: 0n });
    for (const cumulative of [10n ** 12n, 2n * 10n ** 12n]) {
      const { status, body } = await post(keeper, open, cumulative);
      assert.equal(status, 202);
      assert.deepInclude(body, { promised: String(cumulative), covered: "0" });
      const pass = await settle(keeper);
      assert.deepInclude(pass["settle-books"], { due: 0, skipped: 1, landed: 0 });
    }
    assert.deepEqual([vouched(open), paid(keeper)], [[0n], 0n]);
    topUp(open, 1n);
    await settle(keeper);
    assert.deepEqual([vouched(open), paid(keeper)], [[2n * 10n ** 12n], 10_000n]);
  });

  it("count with what the line would earn, for minRaise and for dust (W01)", async () => {
    const config = { tasks: { settleBooks: { dust: 501 } } };
    const keeper = await start({ config });
    const [small, large] = [500n, 501n].map((depositPerLine) =>
      on.world.openBook({ depositPerLine }),
    ) as [OpenBook, OpenBook];
    for (const open of [small, large]) await post(keeper, open, 10n ** 12n);
    await settle(keeper);
    assert.deepEqual([vouched(small), vouched(large)], [[0n], [10n ** 12n]]);
    assert.equal(paid(keeper), 10_000n);
  });

  it("do not count again once the deposit is used up (W01)", async () => {
    const keeper = await start();
    const open = on.world.openBook({ depositPerLine: 1_000n });
    await post(keeper, open, 1_000n);
    await settle(keeper);
    const { body } = await post(keeper, open, 50_000n);
    assert.deepInclude(body, { status: "accepted", promised: "50000", covered: "1000" });
    await settle(keeper);
    assert.deepEqual([vouched(open), paid(keeper)], [[1_000n], 10_000n]);
  });

  it("are told of in the answer, line by line, however the voucher comes (W01)", async () => {
    const keeper = await start();
    const open = on.world.openBook({ lines: 2, depositPerLine: 1_000n });
    const covered = await post(keeper, open, 999n);
    assert.deepInclude(covered.body, { promised: "999", covered: "999" });
    const both = await keeper.post("/vouchers/batch", [
      on.world.lineVoucher(open, 1, 1_001n),
      on.world.lineVoucher(open, 1, 1_000n),
    ]);
    const told = (both.body.results as Record<string, unknown>[]).map(
      ({ status, promised, covered: part }) => [status, promised, part],
    );
    assert.deepEqual(told, [
      ["accepted", "1001", "1000"],
      ["superseded", "1000", "1000"],
    ]);
    const answer = await feed(
      keeper,
      on.world.voucher(open, { kind: "sparse", entries: [{ line: 0, cumulative: 1_005n }] }),
    );
    assert.deepEqual([answer.accepted, answer.uncovered], [1, 1]);
    assert.deepEqual(answer.shortfalls, [{ line: 1, promised: "1005", covered: "1000" }]);
  });

  it("cost nothing when they come in bulk, where dust and minRaise hold as well (W01)", async () => {
    const config = {
      transactions: { version: "v0" as const, pollMs: 20 },
      tasks: { settleBooks: { dust: 100 } },
    };
    const keeper = await start({ config });
    const empty = on.world.openBook({ lines: LINES, depositPerLine: 0n, payeeAccounts: false });
    const full = on.world.openBook({ lines: LINES, depositPerLine: 150n, payeeAccounts: false });
    const answer = await feed(
      keeper,
      dense(empty, 10n ** 12n),
      dense(full, 99n),
      dense(full, 10n ** 9n),
    );
    // The small one goes the ordinary way: the large one may be settled by then.
    assert.deepEqual([answer.accepted + answer.superseded, answer.uncovered], [3, 2]);
    assert.deepEqual(answer.shortfalls, [
      { line: 1, promised: String(10n ** 12n), covered: "0" },
      { line: 3, promised: String(10n ** 9n), covered: "150" },
    ]);
    await until("the covered one is settled", () => vouched(full)[0] === 10n ** 9n);
    await settle(keeper);
    await feed(keeper, dense(full, 10n ** 10n));
    await settle(keeper);
    assert.equal(vouched(empty)[0], 0n);
    assert.equal(vouched(full)[0], 10n ** 9n);
    assert.equal(paid(keeper), 10_000n);
  });
});
