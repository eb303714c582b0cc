import { packVoucher, type Voucher, voucherToJson } from "@pinfi/sdk/streams";
import { Keypair } from "@solana/web3.js";
import { assert } from "chai";
import { createAcceptedVouchers } from "../src/programs/streams/bulk/accepted-vouchers";
import type { Disk } from "../src/programs/streams/bulk/disk";
import { createKnownBooks } from "../src/programs/streams/bulk/known-books";
import { createReconciler } from "../src/programs/streams/bulk/reconciler";
import { keepersOnWorlds } from "./support/keepers";
import { freshStoreUrl } from "./support/running";
import { until } from "./support/until";
import type { OpenBook } from "./support/world";

const NDJSON = "application/x-ndjson";
const GRACE_SECONDS = 900n;
const HOUR_MS = 3_600_000;
/** More lamports than the payer has: nothing is sent. */
const UNFUNDED = { minBalanceLamports: 1_000_000_000_000 };
const limits = { maxFeeLamportsPerHour: 1_000_000_000 };

describe("keeper / vouchers of a book's former key", function () {
  this.timeout(120_000);
  const on = keepersOnWorlds();
  const { start, vouched, settle, paid } = on;

  const dense = (open: OpenBook, count: number, amount: bigint): Voucher =>
    on.world.voucher(open, {
      kind: "dense",
      start: 0,
      cumulative: new Array<bigint>(count).fill(amount),
    });
  const line = (voucher: Voucher): string =>
    JSON.stringify({ packed: Buffer.from(packVoucher(voucher)).toString("base64") });
  const changeKey = (open: OpenBook, args: { cap?: bigint } = {}): Keypair => {
    const signer = Keypair.generate();
    on.world.setVoucherSigner(open, { signer: signer.publicKey, ...args });
    return signer;
  };

  describe("accepted in bulk before the change", () => {
    for (const { name, count, transactions } of [
      { name: "v0", count: 60, transactions: { version: "v0" as const } },
      {
        name: "v0 with a priority fee",
        count: 60,
        transactions: { version: "v0" as const, priorityFeeLamports: 1_000 },
      },
      { name: "v1", count: 300, transactions: { version: "v1" as const } },
    ]) {
      it(`are settled at the first try, ${name} (W02)`, async () => {
        const storeUrl = freshStoreUrl();
        const open = on.world.openBook({ lines: count, payeeAccounts: false });
        const first = await start({ storeUrl, config: { transactions, limits, payer: UNFUNDED } });
        const body = line(dense(open, count, 5n));
        assert.equal((await first.post("/vouchers/bulk", body, NDJSON)).body.accepted, 1);
        await first.end();
        changeKey(open);
        const second = await start({ storeUrl, config: { transactions, limits } });
        await until("settled", () => vouched(open)[0] === 5n);
        assert.deepEqual(vouched(open), new Array(count).fill(5n));
        assert.deepEqual(second.failures, []);
        assert.equal(paid(second), 10_000n + BigInt(transactions.priorityFeeLamports ?? 0));
      });
    }

    it("do not stand in for the present key's, which are taken beside them (W02)", async () => {
      const storeUrl = freshStoreUrl();
      const transactions = { version: "v0" as const };
      const open = on.world.openBook({ lines: 60, payeeAccounts: false });
      const config = { transactions, limits, payer: UNFUNDED };
      const first = await start({ storeUrl, config });
      await first.post("/vouchers/bulk", line(dense(open, 60, 5n)), NDJSON);
      await first.end();
      const signer = changeKey(open);
      const second = await start({ storeUrl, config });
      const targets = { kind: "dense" as const, start: 0, cumulative: new Array(60).fill(5n) };
      const present = on.world.voucher(open, targets, signer);
      const { body } = await second.post("/vouchers/bulk", line(present), NDJSON);
      assert.deepInclude(body, { accepted: 1, superseded: 0 });
      await second.end();
      on.world.localnet.advance({ seconds: GRACE_SECONDS });
      await start({ storeUrl, config: { transactions, limits } });
      await until("settled", () => vouched(open)[0] === 5n);
    });

    /** One voucher in bulk, as the reconciler sees it, on a clock of the test's own. */
    const forgetting = (args: { keepSettledMs: number; isCertain: boolean }) => {
      const open = on.world.openBook({ lines: 60, payeeAccounts: false });
      const { voucherDomain: domain } = on.world.book(open.address);
      const bytes = packVoucher(dense(open, 60, 5n));
      const book = open.address.toBase58();
      const rows = [{ slot: 0, domain, receivedAtMs: 0, voucher: bytes }];
      const clock = { ms: 1_000_000 };
      const hostClock = () => clock.ms;
      const accepted = createAcceptedVouchers(rows, bytes.length);
      const knownBooks = createKnownBooks({ accepted, ask: async () => undefined, hostClock });
      const disk: Disk = {
        rows,
        put: async () => undefined,
        remove: async () => undefined,
        close: async () => undefined,
      };
      const read = () => {
        const { owner, data } = on.world.localnet.account(open.address) ?? assert.fail();
        const facts = [{ address: book, owner: owner.toBytes(), data }];
        const { unixTimestamp: unixSeconds } = on.world.localnet.clock();
        return { states: knownBooks.view(facts, unixSeconds), unixSeconds };
      };
      let asked = 0;
      const resent: unknown[] = [];
      const reconciler = createReconciler({
        accepted,
        knownBooks,
        disk,
        keepSettledMs: args.keepSettledMs,
        hostClock,
        idle: () => true,
        again: (vouchers) => resent.push(...vouchers),
        tell: () => undefined,
        async testify() {
          asked += 1;
          return { readings: [read()], needed: 1, isCertain: args.isCertain };
        },
      });
      /** Until the nodes have been asked once more. */
      const round = async () => {
        const before = asked;
        await until("asked", () => asked > before);
        await new Promise((resolve) => setTimeout(resolve, 20));
      };
      const [voucher] = [...accepted.all()];
      return {
        open,
        clock,
        accepted,
        reconciler,
        round,
        resent,
        voucher: voucher ?? assert.fail(),
      };
    };

    it("are dropped when the grace is over, and not before (W02)", async () => {
      const on2 = forgetting({ keepSettledMs: 0, isCertain: true });
      changeKey(on2.open);
      on.world.localnet.advance({ seconds: GRACE_SECONDS - 1n });
      on2.reconciler.putOff(on2.voucher);
      on2.clock.ms += HOUR_MS;
      await on2.round();
      assert.lengthOf(on2.resent, 1, "still good: sent again");
      on.world.localnet.advance({ seconds: 1n });
      on2.reconciler.putOff(on2.voucher);
      on2.clock.ms += HOUR_MS;
      await on2.round();
      await on2.reconciler.stop();
      assert.isEmpty([...on2.accepted.all()]);
      assert.lengthOf(on2.resent, 1);
    });

    it("are kept for a while where a single node says so (W12)", async () => {
      const one = forgetting({ keepSettledMs: HOUR_MS, isCertain: false });
      changeKey(one.open);
      on.world.localnet.advance({ seconds: GRACE_SECONDS });
      one.reconciler.putOff(one.voucher);
      one.clock.ms += HOUR_MS;
      await one.round();
      assert.lengthOf([...one.accepted.all()], 1);
      one.clock.ms += HOUR_MS;
      await one.round();
      await one.reconciler.stop();
      assert.isEmpty([...one.accepted.all()]);
      assert.isEmpty(one.resent);
    });
  });

  describe("posted after the change", () => {
    it("are taken and settled within the grace, and refused from its end on (W03)", async () => {
      let nowMs = Date.now();
      const keeper = await start({ options: { hostClock: () => nowMs } });
      const open = on.world.openBook({ lines: 2 });
      const [early, late] = [100n, 200n].map((amount) => on.world.lineVoucher(open, 0, amount));
      changeKey(open);
      on.world.localnet.advance({ seconds: GRACE_SECONDS - 1n });
      const { status, body } = await keeper.post("/vouchers", early);
      assert.deepEqual([status, body.status, body.covered], [202, "accepted", "100"]);
      const { body: view } = await keeper.get(`/books/${open.address.toBase58()}`);
      assert.equal(view.unsettledVouchers, 1);
      assert.equal((view.lines as { best: string }[])[0]?.best, "100");
      await settle(keeper);
      assert.deepEqual(vouched(open), [100n, 0n]);
      on.world.localnet.advance({ seconds: 1n });
      // The cluster's clock is read again after a second.
      nowMs += 1_001;
      const refused = await keeper.post("/vouchers", late);
      assert.deepEqual([refused.status, refused.body.code], [403, "WrongVoucherSigner"]);
      await settle(keeper);
      assert.deepEqual([vouched(open), paid(keeper)], [[100n, 0n], 10_000n]);
      assert.deepEqual(keeper.failures, []);
    });

    it("are taken from a bulk feed, too (W03)", async () => {
      const keeper = await start({ config: { transactions: { version: "v0" } } });
      const open = on.world.openBook({ lines: 60, payeeAccounts: false });
      const voucher = dense(open, 60, 5n);
      changeKey(open);
      const { body } = await keeper.post("/vouchers/bulk", line(voucher), NDJSON);
      assert.deepInclude(body, { accepted: 1, refused: {} });
      await settle(keeper);
      assert.deepEqual(vouched(open), new Array(60).fill(5n));
    });

    it("count against the former key's own cap (W03)", async () => {
      const keeper = await start();
      const open = on.world.openBook();
      const capped = changeKey(open, { cap: 100n });
      on.world.localnet.advance({ seconds: GRACE_SECONDS });
      const [above, within] = [101n, 100n].map((cumulative) => {
        const targets = { kind: "sparse" as const, entries: [{ line: 0, cumulative }] };
        return voucherToJson(on.world.voucher(open, targets, capped));
      });
      changeKey(open);
      const refused = await keeper.post("/vouchers", above);
      assert.deepEqual([refused.status, refused.body.code], [409, "CapExceeded"]);
      assert.equal((await keeper.post("/vouchers", within)).status, 202);
      await settle(keeper);
      assert.deepEqual(vouched(open), [100n]);
    });

    it("of a stranger's key are refused all the while (W03)", async () => {
      const keeper = await start();
      const open = on.world.openBook();
      const targets = { kind: "sparse" as const, entries: [{ line: 0, cumulative: 1n }] };
      const forged = on.world.voucher(open, targets, Keypair.generate());
      changeKey(open);
      const { status, body } = await keeper.post("/vouchers", voucherToJson(forged));
      assert.deepEqual([status, body.code], [403, "WrongVoucherSigner"]);
      assert.isEmpty(await keeper.store.tables.streams.vouchers());
    });
  });
});
