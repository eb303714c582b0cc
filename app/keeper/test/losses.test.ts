import { voucherToJson } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { type Chain, RpcError } from "../src";
import { changedChain, type Running, startOn } from "./support/running";
import { createWorld, type OpenBook, type World } from "./support/world";

const quick = { resendMs: 20, pollMs: 5 };

describe("keeper / limits, losses and stopping", () => {
  let world: World;
  const running: Running[] = [];

  beforeEach(() => {
    world = createWorld();
  });

  afterEach(async () => {
    for (const keeper of running.splice(0)) await keeper.end();
  });

  const start = async (args: Parameters<typeof startOn>[1] = {}): Promise<Running> => {
    const keeper = await startOn(world, args);
    running.push(keeper);
    return keeper;
  };
  const chainWith = (replace: (original: Chain) => Partial<Chain>): Chain =>
    changedChain(world, replace);
  const vouched = (open: OpenBook) => world.book(open.address).lines.map((line) => line.vouched);

  describe("spends no more than it may", () => {
    it("on one item", async () => {
      const keeper = await start({ config: { tasks: { settleBooks: { maxFeeLamports: 9_999 } } } });
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      const pass = await keeper.runOnce({ tasks: ["settle-books"] });
      assert.deepInclude(pass["settle-books"], { refused: 1, landed: 0 });
      assert.deepEqual(vouched(open), [0n]);
    });

    it("in an hour, also after a restart (K22)", async () => {
      const config = { limits: { maxFeeLamportsPerHour: 10_000, deadlinePercent: 0 } };
      const keeper = await start({ config });
      const [first, second] = [world.openBook(), world.openBook()];
      await keeper.post("/vouchers", world.lineVoucher(first, 0, 100n));
      await keeper.runOnce({ tasks: ["settle-books"] });
      await keeper.post("/vouchers", world.lineVoucher(second, 0, 100n));
      await keeper.runOnce({ tasks: ["settle-books"] });
      await keeper.end();
      const next = await start({ config, storeUrl: keeper.storeUrl });
      const pass = await next.runOnce({ tasks: ["settle-books"] });
      assert.deepInclude(pass["settle-books"], { refused: 1, landed: 0 });
      assert.deepEqual([vouched(first), vouched(second)], [[100n], [0n]]);
    });

    it("near the hourly cap on what has waited longest, however it is packed", async () => {
      let nowMs = Date.now();
      const keeper = await start({
        // Room for one transaction of two vouchers.
        config: { limits: { maxFeeLamportsPerHour: 15_000, deadlinePercent: 0 } },
        options: { hostClock: () => nowMs },
      });
      const books = [0, 1, 2, 3, 4].map(() => world.openBook({ lines: 2 }));
      const order = [3, 0, 4, 1, 2];
      for (const [turn, index] of order.entries()) {
        nowMs += 1_000;
        const open = books[index] as OpenBook;
        // Later ones are larger: packed by size they would come first.
        const cumulative = turn < 2 ? [5n] : [5n, 5n];
        const voucher = world.voucher(open, { kind: "dense", start: 0, cumulative });
        await keeper.post("/vouchers", voucherToJson(voucher));
      }
      const pass = await keeper.runOnce({ tasks: ["settle-books"] });
      assert.deepInclude(pass["settle-books"], { landed: 2, refused: 3, transactions: 1 });
      const settled = books.map((open) => vouched(open)[0]);
      assert.deepEqual(settled, [5n, 0n, 0n, 5n, 0n]);
      nowMs += 3_600_001;
      await keeper.runOnce({ tasks: ["settle-books"] });
      assert.deepEqual(
        books.map((open) => vouched(open)[0]),
        [5n, 5n, 0n, 5n, 5n],
      );
    });

    it("below its minimum balance, and goes on when it is topped up (K20)", async () => {
      const keeper = await start({ config: { payer: { minBalanceLamports: 10_000_000_001 } } });
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      assert.deepEqual(await keeper.runOnce(), {});
      assert.equal(keeper.failures[0]?.code, "InsufficientFunds");
      const ready = await keeper.get("/readyz");
      assert.equal(ready.status, 503);
      assert.deepInclude(ready.body.checks as object, {
        funds: { ok: false, detail: "10000000000 lamports" },
      });
      assert.deepEqual(vouched(open), [0n]);
      world.localnet.airdrop(keeper.payer.publicKey, 1n);
      const pass = await keeper.runOnce({ tasks: ["settle-books"] });
      assert.deepInclude(pass["settle-books"], { landed: 1 });
      assert.equal((await keeper.get("/readyz")).status, 200);
      assert.deepEqual(vouched(open), [100n]);
    });
  });

  it("sends nothing in a dry run", async () => {
    const keeper = await start({ options: { dryRun: true } });
    const open = world.openBook();
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    const pass = await keeper.runOnce();
    assert.deepInclude(pass["settle-books"], { due: 1, planned: 1, landed: 0, transactions: 0 });
    assert.deepEqual(vouched(open), [0n]);
    assert.equal(world.localnet.balance(keeper.payer.publicKey), 10_000_000_000n);
  });

  describe("a transaction that does not land", () => {
    it("is signed anew only after its blockhash is past, and books its fee once (K09)", async () => {
      const sentAt: bigint[] = [];
      const keeper = await start({
        config: { transactions: quick },
        chain: chainWith(({ send, latestBlockhash }) => ({
          latestBlockhash,
          send: async (args) => {
            const { slot } = world.localnet.clock();
            sentAt.push(slot);
            // Lost on the way until the first blockhash is past.
            if (sentAt.length < 3) return;
            if (sentAt.length === 3) world.localnet.advance({ slots: 151n });
            else await send(args);
          },
        })),
      });
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      await keeper.runOnce({ tasks: ["settle-books"] });
      assert.deepEqual(vouched(open), [100n]);
      assert.lengthOf(keeper.landed, 1);
      assert.lengthOf(await keeper.store.spends({ sinceMs: 0 }), 1);
    });

    it("is given up after the allowed signatures, costs nothing, and is found due again", async () => {
      let lose = true;
      const keeper = await start({
        config: { transactions: { ...quick, resigns: 1 } },
        chain: chainWith(({ send }) => ({
          send: async (args) => {
            if (lose) world.localnet.advance({ slots: 151n });
            else await send(args);
          },
        })),
      });
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      const pass = await keeper.runOnce({ tasks: ["settle-books"] });
      assert.deepInclude(pass["settle-books"], { failed: 1, landed: 0 });
      assert.equal(keeper.failures[0]?.failure, "expired");
      assert.isEmpty(await keeper.store.spends({ sinceMs: 0 }));
      lose = false;
      await keeper.runOnce({ tasks: ["settle-books"] });
      assert.deepEqual(vouched(open), [100n]);
    });

    it("is found landed when the node took it and then fell silent (K03)", async () => {
      const keeper = await start({
        config: { transactions: quick },
        chain: chainWith(({ send }) => ({
          send: async (args) => {
            await send(args);
            throw new RpcError("the answer was lost");
          },
        })),
      });
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      await keeper.runOnce({ tasks: ["settle-books"] });
      assert.lengthOf(keeper.landed, 1);
      assert.deepEqual(vouched(open), [100n]);
    });
  });

  it("keeps its vouchers when a node says that there is no such book", async () => {
    let blind = true;
    const keeper = await start({
      chain: chainWith(({ accounts }) => ({
        accounts: async (args) => (blind ? args.addresses.map(() => null) : accounts(args)),
      })),
    });
    const open = world.openBook();
    blind = false;
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    blind = true;
    const pass = await keeper.runOnce({ tasks: ["settle-books"] });
    assert.deepInclude(pass["settle-books"], { due: 0, skipped: 1 });
    blind = false;
    await keeper.runOnce({ tasks: ["settle-books"] });
    assert.deepEqual(vouched(open), [100n]);
  });

  it("keeps a settled voucher until its settlement is final", async () => {
    let finalized: Awaited<ReturnType<Chain["accounts"]>> | undefined;
    const keeper = await start({
      chain: chainWith(({ testify }) => ({
        testify: async (args) => {
          const testimony = await testify(args);
          if (finalized === undefined) return testimony;
          const accounts = finalized;
          return {
            ...testimony,
            readings: testimony.readings.map((reading) => ({ ...reading, accounts })),
          };
        },
      })),
    });
    const open = world.openBook();
    const account = world.localnet.account(open.address);
    if (account === null) throw new Error("the book is not there");
    finalized = [{ address: open.address, owner: account.owner, lamports: 1n, data: account.data }];
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    await keeper.runOnce({ tasks: ["settle-books"] });
    await keeper.runOnce({ tasks: ["settle-books"] });
    assert.lengthOf(await keeper.store.tables.streams.vouchers(), 1);
    finalized = undefined;
    await keeper.runOnce({ tasks: ["settle-books"] });
    assert.isEmpty(await keeper.store.tables.streams.vouchers());
  });

  describe("when it stops", () => {
    it("waits for what is under way, takes no more, and says so", async () => {
      let release = (): void => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      let began = (): void => {};
      const sending = new Promise<void>((resolve) => {
        began = resolve;
      });
      const keeper = await start({
        chain: chainWith(({ send }) => ({
          send: async (args) => {
            began();
            await held;
            await send(args);
          },
        })),
      });
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      const pass = keeper.runOnce({ tasks: ["settle-books"] });
      await sending;
      const stopping = keeper.stop();
      const late = await keeper.post("/vouchers", world.lineVoucher(open, 0, 200n));
      assert.deepEqual([late.status, late.body.code], [503, "Stopping"]);
      release();
      await stopping;
      assert.deepInclude((await pass)["settle-books"], { landed: 1 });
      assert.deepEqual(vouched(open), [100n]);
      await keeper.stopped;
    });

    it("does not wait longer than it is told to", async () => {
      const keeper = await start({
        config: { operations: { drainSeconds: 0 }, transactions: quick },
        chain: chainWith(() => ({ send: async () => {} })),
      });
      const open = world.openBook();
      await keeper.post(
        "/vouchers",
        voucherToJson(world.voucher(open, { kind: "dense", start: 0, cumulative: [5n] })),
      );
      const pass = keeper.runOnce({ tasks: ["settle-books"] });
      await new Promise((resolve) => setTimeout(resolve, 30));
      await keeper.stop();
      await pass;
      assert.isEmpty(keeper.landed);
      assert.lengthOf(await keeper.store.spends({ sinceMs: 0 }), 1, "it may still land");
    });
  });
});
