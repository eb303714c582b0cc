import { packVoucher } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { openLibsqlStore, parseConfig } from "../src";
import { affordable } from "../src/engine/tx/afford";
import { sharesOf } from "../src/engine/tx/fee";
import { feeLimits } from "../src/engine/tx/limits";
import { openSpendCap } from "../src/engine/tx/spend";
import { createScopes, scopesFor } from "../src/programs/streams/books/costs";
import { book, key, payer } from "./support/books";
import { keepersOnWorlds } from "./support/keepers";
import { freshStoreUrl, type Running } from "./support/running";
import type { OpenBook } from "./support/world";

const HOUR_MS = 3_600_000;

describe("keeper / fee limits by book, by payer and for deadlines (W01)", function () {
  this.timeout(120_000);
  const on = keepersOnWorlds();
  const { start, vouched, settle, paid } = on;

  /** A voucher a line, each a signature's worth: the dearest way to be settled. */
  const postAll = async (keeper: Running, open: OpenBook, cumulative: bigint) => {
    const vouchers = open.payees.map((_, line) => on.world.lineVoucher(open, line, cumulative));
    const { body } = await keeper.post("/vouchers/batch", vouchers);
    assert.equal(body.accepted, open.payees.length);
  };

  it("one book cannot use up the hour, and other books are settled all the while (W01)", async () => {
    let nowMs = Date.now();
    // Of 1,000,000 lamports one book may have 160,000, beside what is kept for deadlines.
    const config = { limits: { maxFeeLamportsPerHour: 1_000_000 } };
    const keeper = await start({ config, options: { hostClock: () => nowMs } });
    const greedy = on.world.openBook({ lines: 10, depositPerLine: 1_000n });
    for (let cumulative = 1n; cumulative <= 30n; cumulative++) {
      await postAll(keeper, greedy, cumulative);
      await settle(keeper);
      nowMs += 5_000;
    }
    const spent = paid(keeper);
    assert.isAtMost(Number(spent), 160_000);
    assert.isAtLeast(Number(spent), 150_000, "what is allowed is used");
    const honest = on.world.openBook({ id: 7 });
    await keeper.post("/vouchers", on.world.lineVoucher(honest, 0, 500n));
    await settle(keeper);
    assert.deepEqual(vouched(honest), [500n]);
    nowMs += HOUR_MS;
    await settle(keeper);
    assert.isAbove(Number(paid(keeper)), Number(spent) + 10_000, "after an hour it has its turn");
  });

  it("keeps a part of the hour for what has a deadline, and settles that first (W01)", async () => {
    let nowMs = Date.now();
    // 40,000 of 50,000 lamports are for ordinary work.
    const config = {
      limits: { maxFeeLamportsPerHour: 50_000, bookPercent: 100, payerPercent: 100 },
    };
    const keeper = await start({ config, options: { hostClock: () => nowMs } });
    const ordinary = Array.from({ length: 6 }, (_, id) => on.world.openBook({ id }));
    for (const open of ordinary.slice(0, 4)) {
      nowMs += 1_000;
      await keeper.post("/vouchers", on.world.lineVoucher(open, 0, 100n));
      await settle(keeper);
    }
    assert.equal(paid(keeper), 40_000n);
    // Older than the one with the deadline, and without room.
    await keeper.post("/vouchers", on.world.lineVoucher(ordinary[4] as OpenBook, 0, 100n));
    nowMs += 1_000;
    const closing = on.world.openBook({ id: 9 });
    await keeper.post("/vouchers", on.world.lineVoucher(closing, 0, 100n));
    on.world.closeLine(closing, 0);
    const still = await settle(keeper);
    assert.deepInclude(still["settle-books"], { landed: 0, refused: 2 });
    // Ten minutes before it closes.
    on.world.localnet.advance({ seconds: 301n });
    const pass = await settle(keeper);
    assert.deepInclude(pass["settle-books"], { landed: 1, refused: 1 });
    assert.deepEqual(vouched(closing), [100n]);
    assert.equal(paid(keeper), 50_000n);
  });

  it("bulk stays within a book's limit, and serves the other books (W01)", async () => {
    const LINES = 60;
    const config = {
      limits: { maxFeeLamportsPerHour: 1_000_000 },
      transactions: { version: "v0" as const, pollMs: 5 },
    };
    const keeper = await start({ config });
    const [greedy, honest] = [1, 2].map((id) =>
      on.world.openBook({ id, lines: LINES, payeeAccounts: false }),
    ) as [OpenBook, OpenBook];
    const feed = async (open: OpenBook, cumulative: bigint): Promise<void> => {
      const all = new Array<bigint>(LINES).fill(cumulative);
      const voucher = on.world.voucher(open, { kind: "dense", start: 0, cumulative: all });
      const packed = Buffer.from(packVoucher(voucher)).toString("base64");
      const line = JSON.stringify({ packed });
      await keeper.post("/vouchers/bulk", line, "application/x-ndjson");
    };
    const settled = async (open: OpenBook, cumulative: bigint, forMs: number) => {
      for (const end = Date.now() + forMs; Date.now() < end; ) {
        if (vouched(open)[0] === cumulative) return true;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return false;
    };
    let landed = 0;
    for (let cumulative = 1n; cumulative <= 20n; cumulative++) {
      await feed(greedy, cumulative);
      if (!(await settled(greedy, cumulative, 2_000))) break;
      landed += 1;
    }
    assert.equal(landed, 16);
    assert.equal(paid(keeper), 160_000n);
    await feed(honest, 5n);
    assert.isTrue(await settled(honest, 5n, 60_000));
    assert.equal(vouched(greedy)[0], 16n);
  });

  describe("limits", () => {
    const config = parseConfig({ limits: { maxFeeLamportsPerHour: 1_000_000 } }).limits;
    const limits = feeLimits(config);
    const scopes = (bookName: string) => scopesFor(config, { book: bookName, payer: "payer" });
    const [bookScope, payerScope] = scopes("one");

    it("are parts of the cap, less what is kept for deadlines, and bear a voucher at least (W01)", () => {
      const all = [undefined, bookScope, payerScope];
      assert.deepEqual(
        all.map((scope) => [limits.of(scope, false), limits.of(scope, true)]),
        [
          [800_000n, 1_000_000n],
          [160_000n, 200_000n],
          [240_000n, 300_000n],
        ],
      );
      const small = feeLimits(parseConfig({ limits: { maxFeeLamportsPerHour: 30_000 } }).limits);
      assert.deepEqual(
        [small.of(bookScope, false), small.of(undefined, false)],
        [20_000n, 24_000n],
      );
    });

    it("count every booking by book and by payer, over a restart, and refuse to the lamport (W01)", async () => {
      const url = freshStoreUrl();
      let nowMs = 1_000_000_000;
      const open = async () => {
        const store = openLibsqlStore({ url });
        return { store, cap: await openSpendCap({ store, limits, hostClock: () => nowMs }) };
      };
      const fee = (signature: string, bookName: string, lamports: bigint, pressing = false) => ({
        signature,
        shares: [{ scopes: scopes(bookName), lamports }],
        pressing,
      });
      const first = await open();
      assert.isTrue(await first.cap.reserve(fee("a", "one", 160_000n)));
      assert.isFalse(await first.cap.reserve(fee("b", "one", 1n)));
      assert.isTrue(await first.cap.reserve(fee("c", "one", 40_000n, true)));
      assert.isFalse(await first.cap.reserve(fee("d", "one", 1n, true)));
      assert.isTrue(await first.cap.reserve(fee("e", "two", 40_000n)));
      assert.isFalse(await first.cap.reserve(fee("f", "two", 1n)), "the payer's limit");
      await first.store.close();
      const { store, cap } = await open();
      const [unknown] = scopes("x");
      assert.deepEqual(
        [cap.spent(), cap.spent(payerScope), cap.spent(unknown)],
        [240_000n, 240_000n, 0n],
      );
      assert.isFalse(await cap.reserve(fee("g", "two", 1n)));
      await cap.release("e");
      assert.equal(cap.left(false, scopes("two")), 40_000n);
      // All or nothing: the first share of this one is taken back.
      const two = [
        { scopes: scopes("two"), lamports: 30_000n },
        { scopes: scopes("three"), lamports: 10_001n },
      ];
      assert.isFalse(await cap.reserve({ signature: "h", shares: two, pressing: false }));
      assert.equal(cap.spent(), 200_000n);
      nowMs += HOUR_MS + 1;
      assert.equal(cap.left(false, scopes("one")), 160_000n);
      await store.close();
    });

    it("choose what is pressing, then whose payer has cost least, then what is oldest (W01)", async () => {
      const store = openLibsqlStore({ url: freshStoreUrl() });
      const cap = await openSpendCap({ store, limits, hostClock: () => 0 });
      const scopesOf = createScopes(config);
      const of = (n: number) => book({ n, header: { payer: key(n) } });
      const [costly, cheap, fresh] = [of(41), of(42), of(43)];
      for (const [index, [each, lamports]] of (
        [
          [costly, 150_000n],
          [cheap, 5_000n],
        ] as const
      ).entries()) {
        const [share] = sharesOf(
          { items: [{ key: "", scopes: scopesOf(each) }] } as never,
          lamports,
        );
        await cap.reserve({
          signature: String(index),
          shares: share ? [share] : [],
          pressing: false,
        });
      }
      const item = (id: string, where: typeof cheap, receivedAtMs: number, deadline?: bigint) => ({
        key: id,
        scopes: scopesOf(where),
        receivedAtMs,
        deadline,
      });
      const items = [
        item("costly-1", costly, 1),
        item("costly-2", costly, 2),
        item("cheap", cheap, 3),
        item("fresh-2", fresh, 5),
        item("fresh-1", fresh, 4),
        item("late", costly, 6, 90n),
        item("later", fresh, 7, 95n),
      ];
      const task = {
        signatures: 1,
        signing: [],
        due: ({ deadline }: { deadline?: bigint | undefined }) =>
          deadline === undefined ? "now" : "first",
      };
      const chosen = affordable({
        task: task as never,
        items,
        now: { slot: 0n, unixSeconds: 0n },
        build: { payer: payer.publicKey, format: "v0", priorityFee: () => 0n },
        spend: cap,
      });
      const names = (list: readonly { key: string }[]) => list.map(({ key: id }) => id);
      assert.deepEqual(names(chosen.first), ["late", "later"]);
      // The limit of the costly book bears none beside the pressing one.
      assert.deepEqual(names(chosen.others), ["fresh-1", "fresh-2", "cheap"]);
      assert.equal(chosen.refused, 2);
      await store.close();
    });
  });
});
