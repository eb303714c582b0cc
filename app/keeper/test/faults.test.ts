import { BOOK_HEADER_LENGTH, feeUp, voucherToJson } from "@pinfi/sdk";
import type { Keypair } from "@solana/web3.js";
import { assert } from "chai";
import { type Chain, parseConfig, rpcChain, StoreError } from "../src";
import { type RpcNode, startRpcNode } from "./support/rpc-node";
import { changedChain, type Running, startOn } from "./support/running";
import { createWorld, type OpenBook, type World } from "./support/world";

/** Of the first line's recorded amount in a book: behind its payee and its deposit. */
const RECORDED_OFFSET = BOOK_HEADER_LENGTH + 32 + 8;
const HOUR_MS = 3_600_000;
const FUNDS = 10_000_000_000n;

describe("keeper / faults", () => {
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
  const claimed = (open: OpenBook) => world.book(open.address).lines.map((line) => line.claimed);
  const payee = (open: OpenBook, line = 0) => open.payees[line] as Keypair;
  const settle = (keeper: Running) => keeper.runOnce({ tasks: ["settle-books"] });
  const claim = (keeper: Running) => keeper.runOnce({ tasks: ["claim-due"] });
  const paid = (keeper: Running) => FUNDS - world.localnet.balance(keeper.payer.publicKey);

  it("pays nothing again for what lands after the keeper gave up and began anew (K10)", async () => {
    const late: Uint8Array[] = [];
    const config = { operations: { drainSeconds: 0 }, transactions: { resendMs: 20, pollMs: 5 } };
    let handedOver = (): void => {};
    const sent = new Promise<void>((resolve) => {
      handedOver = resolve;
    });
    const keeper = await start({
      config,
      chain: chainWith(() => ({
        send: async ({ wire }) => {
          late.push(wire);
          handedOver();
        },
      })),
    });
    const open = world.openBook();
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    const pass = settle(keeper);
    await sent;
    await keeper.end();
    await pass;
    assert.deepEqual(vouched(open), [0n]);
    world.localnet.send(late[0] as Uint8Array);
    const next = await start({ storeUrl: keeper.storeUrl, payer: keeper.payer });
    await next.runOnce();
    await next.runOnce();
    assert.deepEqual([vouched(open), claimed(open)], [[100n], [100n]]);
    assert.deepEqual(
      next.landed.map(({ task }) => task),
      ["claim-due"],
    );
    assert.equal(paid(next), 15_000n, "the late settlement and one claim");
    assert.isEmpty(await next.store.vouchers());
  });

  it("settles anew what a fork takes back (K12)", async () => {
    let finalized: Awaited<ReturnType<Chain["accounts"]>> | undefined;
    const keeper = await start({
      chain: chainWith(({ accounts }) => ({
        accounts: async (args) =>
          args.level === "finalized" && finalized ? finalized : accounts(args),
      })),
    });
    const open = world.openBook();
    const before = world.localnet.account(open.address);
    if (before === null) throw new Error("the book is not there");
    finalized = [{ ...before, address: open.address, lamports: BigInt(before.lamports) }];
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    await settle(keeper);
    assert.deepEqual(vouched(open), [100n]);
    world.localnet.setAccount(open.address, before);
    world.localnet.advance({ slots: 5n });
    assert.deepInclude((await settle(keeper))["settle-books"], { landed: 1, failed: 0 });
    assert.deepEqual(vouched(open), [100n]);
    finalized = undefined;
    await settle(keeper);
    assert.isEmpty(await keeper.store.vouchers());
    assert.lengthOf(keeper.landed, 2);
  });

  it("pays to the unit after a halt of 30 hours and a jump of the clock, within its cap (K13)", async () => {
    let nowMs = Date.now();
    const keeper = await start({
      config: { limits: { maxFeeLamportsPerHour: 5_000 }, operations: { slotStallSeconds: 30 } },
      options: { hostClock: () => nowMs },
    });
    const books = [1, 2].map((id) => world.openBook({ id, rate: 2n }));
    const since = world.localnet.clock().unixTimestamp;
    await claim(keeper);
    nowMs += 30 * HOUR_MS;
    await claim(keeper);
    assert.equal(paid(keeper), 0n, "nothing was earned while the clock stood");
    const { body } = await keeper.get("/readyz");
    assert.deepInclude((body.checks as { slots: object }).slots, { ok: false });
    world.localnet.advance({ seconds: 108_000n });
    const pass = await claim(keeper);
    assert.equal(world.localnet.clock().unixTimestamp - since, 108_000n);
    assert.deepInclude(pass["claim-due"], { landed: 2, transactions: 1 });
    const earned = 216_000n;
    assert.deepEqual(books.map(claimed), [[earned], [earned]]);
    for (const open of books) {
      assert.equal(world.balance(payee(open).publicKey), earned - feeUp(earned, 100));
    }
    world.localnet.advance({ seconds: 10n });
    assert.deepInclude((await claim(keeper))["claim-due"], { landed: 0, refused: 2 });
    assert.equal(paid(keeper), 5_000n);
  });

  for (const { name, skewMs } of [
    { name: "an hour ahead", skewMs: HOUR_MS },
    { name: "an hour behind", skewMs: -HOUR_MS },
  ]) {
    it(`goes by the cluster's clock with a host's that is ${name}, then set back (K14)`, async () => {
      let nowMs = Number(world.localnet.clock().unixTimestamp) * 1_000 + skewMs;
      const keeper = await start({ options: { hostClock: () => nowMs } });
      const [open, closing] = [world.openBook(), world.openBook({ graceSeconds: 900 })];
      // Good for half an hour by the cluster's clock: an hour's skew would end it too soon.
      const signer = world.fundedKey();
      const expiresAt = world.localnet.clock().unixTimestamp + 1_800n;
      world.setVoucherSigner(open, { signer: signer.publicKey, expiresAt });
      const targets = { kind: "dense" as const, start: 0, cumulative: [100n] };
      for (const voucher of [
        world.voucher(open, targets, signer),
        world.voucher(closing, targets),
      ]) {
        const { status } = await keeper.post("/vouchers", voucherToJson(voucher));
        assert.equal(status, 202);
      }
      nowMs -= HOUR_MS;
      await keeper.runOnce();
      assert.deepEqual([open, closing].map(claimed), [[100n], [100n]]);
      world.closeLine(closing, 0);
      world.localnet.advance({ seconds: 899n });
      await keeper.runOnce({ tasks: ["close-expired"] });
      assert.isFalse(world.book(closing.address).lines[0]?.removed);
      world.localnet.advance({ seconds: 1n });
      await keeper.runOnce({ tasks: ["close-expired"] });
      assert.isTrue(world.book(closing.address).lines[0]?.removed);
      assert.isEmpty(keeper.failures);
    });
  }

  it("sends nothing while its disk is full, says so, and goes on when it is not (K18)", async () => {
    const keeper = await start();
    const open = world.openBook();
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    const { recordSpends, probe } = keeper.store;
    const full = () => Promise.reject(new StoreError("database or disk is full"));
    Object.assign(keeper.store, { recordSpends: full, probe: full });
    const pass = await settle(keeper);
    assert.deepInclude(pass["settle-books"], { landed: 0, failed: 1 });
    assert.deepInclude(keeper.failures[0], { failure: "store", code: "StoreUnavailable" });
    const ready = await keeper.get("/readyz");
    assert.equal(ready.status, 503);
    assert.deepInclude(ready.body.checks as object, {
      store: { ok: false, detail: "StoreUnavailable" },
    });
    assert.deepEqual([vouched(open), paid(keeper)], [[0n], 0n]);
    Object.assign(keeper.store, { recordSpends, probe });
    await settle(keeper);
    assert.deepEqual([vouched(open), paid(keeper)], [[100n], 10_000n]);
  });

  it("answers 503 beyond what it has room for, and takes it when there is room (K19)", async () => {
    const keeper = await start({ config: { intake: { queueLimit: 3 } } });
    const open = world.openBook({ lines: 5 });
    const { change } = keeper.store;
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    keeper.store.change = async (args) => {
      await held;
      await change(args);
    };
    const vouchers = open.payees.map((_, line) => world.lineVoucher(open, line, 7n));
    const answers = keeper.post("/vouchers/batch", vouchers);
    // Two of the five find no room: the other three wait for the store.
    release();
    const results = (await answers).body.results as { status: string; code?: string }[];
    assert.deepEqual(
      results.map(({ status, code = "" }) => `${status} ${code}`.trim()),
      ["accepted", "accepted", "accepted", "unavailable QueueFull", "unavailable QueueFull"],
    );
    const again = await keeper.post("/vouchers/batch", vouchers.slice(3));
    assert.deepEqual(
      (again.body.results as { status: string }[]).map(({ status }) => status),
      ["accepted", "accepted"],
    );
    await settle(keeper);
    assert.deepEqual(vouched(open), [7n, 7n, 7n, 7n, 7n]);
  });

  it("pays nineteen of twenty in the same pass where one is bad (K24)", async () => {
    let strike = (): void => {};
    const keeper = await start({
      chain: chainWith(({ latestBlockhash }) => ({
        latestBlockhash: (waiting) => {
          strike();
          strike = () => {};
          return latestBlockhash(waiting);
        },
      })),
    });
    const open = world.openBook({ lines: 20 });
    for (const line of open.payees.keys()) {
      await keeper.post("/vouchers", world.lineVoucher(open, line, 100n));
    }
    await settle(keeper);
    strike = () => world.freeze(payee(open, 13).publicKey);
    const pass = await claim(keeper);
    assert.deepInclude(pass["claim-due"], { due: 20, landed: 19, failed: 1 });
    assert.deepEqual(
      claimed(open),
      open.payees.map((_, line) => (line === 13 ? 0n : 100n)),
    );
    assert.lengthOf(keeper.failures, 1);
    assert.equal(keeper.failures[0]?.code, "AccountFrozen");
  });

  it("settles the newer voucher after the older one that was under way (K32)", async () => {
    let onSend = async (): Promise<void> => {};
    const keeper = await start({
      chain: chainWith(({ send }) => ({
        send: async (args) => {
          await onSend();
          await send(args);
        },
      })),
    });
    const open = world.openBook();
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    onSend = async () => {
      onSend = async () => {};
      const { status } = await keeper.post("/vouchers", world.lineVoucher(open, 0, 250n));
      assert.equal(status, 202);
    };
    await settle(keeper);
    assert.deepEqual(vouched(open), [100n]);
    await settle(keeper);
    assert.deepEqual(vouched(open), [250n]);
    await settle(keeper);
    assert.isEmpty(await keeper.store.vouchers());
    assert.equal(paid(keeper), 20_000n);
  });

  it("loses nothing but time to a node that invents records and a balance (K37)", async () => {
    let lying = true;
    const open = world.openBook();
    const account = world.localnet.account(open.address);
    if (account === null) throw new Error("the book is not there");
    const data = Buffer.from(account.data);
    const keeper = await start({
      chain: chainWith(({ accounts, balance }) => ({
        // What it says of the working level only; a voucher is deleted by the finalized one.
        accounts: async (args) => {
          const found = await accounts(args);
          if (!lying || args.level === "finalized") return found;
          return found.map((each) => each && { ...each, data });
        },
        balance: async (args) => (lying ? 10n ** 18n : balance(args)),
      })),
    });
    lying = false;
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    lying = true;
    // The line that is invented has recorded more than anybody ever promised.
    data.writeBigUInt64LE(10n ** 15n, RECORDED_OFFSET);
    assert.deepInclude((await settle(keeper))["settle-books"], { due: 0, landed: 0 });
    assert.lengthOf(await keeper.store.vouchers(), 1);
    lying = false;
    await settle(keeper);
    assert.deepEqual([vouched(open), paid(keeper)], [[100n], 10_000n]);
  });

  for (const zone of ["Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns"]) {
    it(`does the same in the time zone ${zone} (K43)`, async () => {
      const before = process.env.TZ;
      process.env.TZ = zone;
      try {
        // The night in which clocks go back there, or near it: the hour of the fee cap stays an hour.
        let nowMs = Date.UTC(2026, 3, 4, 14, 30);
        const keeper = await start({
          config: { limits: { maxFeeLamportsPerHour: 10_000 } },
          options: { hostClock: () => nowMs },
        });
        const books = [1, 2].map((id) => world.openBook({ id }));
        for (const open of books) {
          nowMs += 1;
          await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
        }
        await settle(keeper);
        nowMs += HOUR_MS;
        await settle(keeper);
        assert.deepEqual(books.map(vouched), [[100n], [0n]]);
        nowMs += 1;
        await settle(keeper);
        assert.deepEqual(books.map(vouched), [[100n], [100n]]);
      } finally {
        if (before === undefined) delete process.env.TZ;
        else process.env.TZ = before;
      }
    });
  }

  it("counts from the accounts where the cluster has cut off the logs (K44)", async () => {
    const rival = await start();
    let race: (() => Promise<unknown>) | undefined;
    const keeper = await start({
      chain: chainWith(({ latestBlockhash, landed }) => ({
        latestBlockhash: async (waiting) => {
          const run = race;
          race = undefined;
          await run?.();
          return latestBlockhash(waiting);
        },
        landed: async (args) => ({ ...(await landed(args)), logs: ["Log truncated"] }),
      })),
    });
    const open = world.openBook({ lines: 2 });
    for (const line of [0, 1]) await keeper.post("/vouchers", world.lineVoucher(open, line, 100n));
    await settle(keeper);
    race = () => claim(rival);
    assert.deepInclude((await claim(keeper))["claim-due"], { settled: 2, failed: 0, landed: 0 });
    assert.deepEqual(claimed(open), [100n, 100n]);
    assert.equal(world.balance(payee(open).publicKey), 99n);
    assert.isEmpty(keeper.failures);
  });

  describe("of a program that answers with an error that nobody knows", () => {
    let node: RpcNode;
    beforeEach(async () => {
      node = await startRpcNode(world.localnet);
    });
    afterEach(() => node.close());

    it("lets that work wait, at no cost, says so, and does the other task's (K26)", async () => {
      const open = world.openBook({ lines: 2, rate: 1n });
      const keeper = await start({
        chain: rpcChain({ ...parseConfig({}).cluster, url: node.url }),
        config: { transactions: { resendMs: 50, pollMs: 10 } },
      });
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      world.localnet.advance({ seconds: 50n });
      let refusals = 1;
      node.interfere = (method, response) => {
        if (method !== "sendTransaction" || refusals === 0) return false;
        refusals -= 1;
        const message =
          "Transaction simulation failed: Error processing Instruction 1: custom program error: 0x270f";
        const error = { code: -32002, message, data: { err: {}, logs: [] } };
        response.writeHead(200).end(JSON.stringify({ jsonrpc: "2.0", id: "1", error }));
        return true;
      };
      const pass = await keeper.runOnce({ tasks: ["settle-books", "claim-due"] });
      assert.deepInclude(pass["settle-books"], { landed: 0, failed: 1 });
      assert.deepInclude(pass["claim-due"], { landed: 2, failed: 0 });
      assert.deepInclude(keeper.failures[0], { failure: "program", code: "Custom9999" });
      assert.lengthOf(keeper.failures, 1);
      assert.equal(paid(keeper), 5_000n, "the claims alone");
      const metrics = await (await fetch(`${keeper.operationsUrl}/metrics`)).text();
      assert.include(metrics, 'pinfi_keeper_quarantined{task="settle-books"} 1');
      assert.deepInclude((await settle(keeper))["settle-books"], { due: 0, skipped: 1 });
    });
  });
});
