import { feeUp } from "@pinfi/sdk";
import { BOOK_HEADER_LENGTH } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { type Chain, parseConfig, rpcChain } from "../src";
import { keepersOnWorlds } from "./support/keepers";
import { type RpcNode, startRpcNode } from "./support/rpc-node";

/** Of the first line's recorded amount in a book: behind its payee and its deposit. */
const RECORDED_OFFSET = BOOK_HEADER_LENGTH + 32 + 8;
const HOUR_MS = 3_600_000;

describe("keeper / faults of the cluster", () => {
  const on = keepersOnWorlds();
  const { start, chainWith, vouched, claimed, payee, settle, claim, paid } = on;

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
    const open = on.world.openBook();
    await keeper.post("/vouchers", on.world.lineVoucher(open, 0, 100n));
    const pass = settle(keeper);
    await sent;
    await keeper.end();
    await pass;
    assert.deepEqual(vouched(open), [0n]);
    on.world.localnet.send(late[0] as Uint8Array);
    const next = await start({ storeUrl: keeper.storeUrl, payer: keeper.payer });
    await next.runOnce();
    await next.runOnce();
    assert.deepEqual([vouched(open), claimed(open)], [[100n], [100n]]);
    assert.deepEqual(
      next.landed.map(({ task }) => task),
      ["claim-due"],
    );
    assert.equal(paid(next), 15_000n, "the late settlement and one claim");
    assert.isEmpty(await next.store.tables.streams.vouchers());
  });

  it("settles anew what a fork takes back (K12)", async () => {
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
    const open = on.world.openBook();
    const before = on.world.localnet.account(open.address);
    if (before === null) throw new Error("the book is not there");
    finalized = [{ ...before, address: open.address, lamports: BigInt(before.lamports) }];
    await keeper.post("/vouchers", on.world.lineVoucher(open, 0, 100n));
    await settle(keeper);
    assert.deepEqual(vouched(open), [100n]);
    on.world.localnet.setAccount(open.address, before);
    on.world.localnet.advance({ slots: 5n });
    assert.deepInclude((await settle(keeper))["settle-books"], { landed: 1, failed: 0 });
    assert.deepEqual(vouched(open), [100n]);
    finalized = undefined;
    await settle(keeper);
    assert.isEmpty(await keeper.store.tables.streams.vouchers());
    assert.lengthOf(keeper.landed, 2);
  });

  it("pays to the unit after a halt of 30 hours and a jump of the clock, within its cap (K13)", async () => {
    let nowMs = Date.now();
    const keeper = await start({
      config: {
        limits: { maxFeeLamportsPerHour: 5_000, deadlinePercent: 0 },
        operations: { slotStallSeconds: 30 },
      },
      options: { hostClock: () => nowMs },
    });
    const books = [1, 2].map((id) => on.world.openBook({ id, rate: 2n }));
    const since = on.world.localnet.clock().unixTimestamp;
    await claim(keeper);
    nowMs += 30 * HOUR_MS;
    await claim(keeper);
    assert.equal(paid(keeper), 0n, "nothing was earned while the clock stood");
    const { body } = await keeper.get("/readyz");
    assert.deepInclude((body.checks as { slots: object }).slots, { ok: false });
    on.world.localnet.advance({ seconds: 108_000n });
    const pass = await claim(keeper);
    assert.equal(on.world.localnet.clock().unixTimestamp - since, 108_000n);
    assert.deepInclude(pass["claim-due"], { landed: 2, transactions: 1 });
    const earned = 216_000n;
    assert.deepEqual(books.map(claimed), [[earned], [earned]]);
    for (const open of books) {
      assert.equal(on.world.balance(payee(open).publicKey), earned - feeUp(earned, 100));
    }
    on.world.localnet.advance({ seconds: 10n });
    assert.deepInclude((await claim(keeper))["claim-due"], { landed: 0, refused: 2 });
    assert.equal(paid(keeper), 5_000n);
  });

  it("loses nothing but time to a node that invents records and a balance (K37)", async () => {
    let lying = true;
    const open = on.world.openBook();
    const account = on.world.localnet.account(open.address);
    if (account === null) throw new Error("the book is not there");
    const data = Buffer.from(account.data);
    const keeper = await start({
      chain: chainWith(({ accounts, balance }) => ({
        // What it says of the working level only; a voucher is deleted by the finalized one.
        accounts: async (args) => {
          const found = await accounts(args);
          if (!lying) return found;
          return found.map((each) => each && { ...each, data });
        },
        balance: async (args) => (lying ? 10n ** 18n : balance(args)),
      })),
    });
    lying = false;
    await keeper.post("/vouchers", on.world.lineVoucher(open, 0, 100n));
    lying = true;
    // The line that is invented has recorded more than anybody ever promised.
    data.writeBigUInt64LE(10n ** 15n, RECORDED_OFFSET);
    assert.deepInclude((await settle(keeper))["settle-books"], { due: 0, landed: 0 });
    assert.lengthOf(await keeper.store.tables.streams.vouchers(), 1);
    lying = false;
    await settle(keeper);
    assert.deepEqual([vouched(open), paid(keeper)], [[100n], 10_000n]);
  });

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
    const open = on.world.openBook({ lines: 2 });
    for (const line of [0, 1])
      await keeper.post("/vouchers", on.world.lineVoucher(open, line, 100n));
    await settle(keeper);
    race = () => claim(rival);
    assert.deepInclude((await claim(keeper))["claim-due"], { settled: 2, failed: 0, landed: 0 });
    assert.deepEqual(claimed(open), [100n, 100n]);
    assert.equal(on.world.balance(payee(open).publicKey), 99n);
    assert.isEmpty(keeper.failures);
  });

  describe("of a program that answers with an error that nobody knows", () => {
    let node: RpcNode;
    beforeEach(async () => {
      node = await startRpcNode(on.world.localnet);
    });
    afterEach(() => node.close());

    it("lets that work wait, at no cost, says so, and does the other task's (K26)", async () => {
      const open = on.world.openBook({ lines: 2, rate: 1n });
      const keeper = await start({
        chain: rpcChain({ ...parseConfig({}).cluster, url: node.url }),
        config: { transactions: { resendMs: 50, pollMs: 10 } },
      });
      await keeper.post("/vouchers", on.world.lineVoucher(open, 0, 100n));
      on.world.localnet.advance({ seconds: 50n });
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
