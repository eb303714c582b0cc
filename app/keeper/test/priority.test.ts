import { assert } from "chai";
import { pino } from "pino";
import { type ConfigInput, parseConfig, rpcChain } from "../src";
import { createPriority, percentileOf } from "../src/engine/tx/priority";
import { type RpcNode, startRpcNode } from "./support/rpc-node";
import { type Running, startOn } from "./support/running";
import { createWorld, type World } from "./support/world";

const forever = new AbortController().signal;

describe("keeper / priority fee", () => {
  it("takes the price that so many per cent of the recent ones do not exceed", () => {
    const prices = [40n, 10n, 30n, 20n];
    assert.deepEqual(
      [1, 25, 26, 50, 75, 99, 100].map((percent) => percentileOf(prices, percent)),
      [10n, 10n, 20n, 20n, 30n, 40n, 40n],
    );
    assert.equal(percentileOf([], 75), 0n);
  });

  const priorityOf = (args: {
    transactions: ConfigInput["transactions"];
    prices: () => Promise<bigint[]>;
    nowMs?: () => number;
  }) =>
    createPriority({
      config: parseConfig({ transactions: args.transactions }).transactions,
      chain: { recentPrices: args.prices } as never,
      log: pino({ level: "silent" }),
      hostClock: args.nowMs ?? (() => 0),
    });

  it("offers price times units, rounded up, between floor and cap", async () => {
    const priority = priorityOf({
      transactions: {
        priorityFeePercentile: 50,
        priorityFeeLamports: 100,
        priorityFeeCapLamports: 2_000,
      },
      prices: async () => [5_000n],
    });
    assert.equal(priority.offer(100_000), 100n, "nothing read yet");
    await priority.refresh(forever);
    assert.deepEqual([19_999, 20_000, 20_001, 100_000, 400_000, 400_001].map(priority.offer), [
      100n,
      100n,
      101n,
      500n,
      2_000n,
      2_000n,
    ]);
  });

  it("stays where it was while prices cannot be read, and reads them every 10 s", async () => {
    let nowMs = 0;
    let reads = 0;
    const prices = [[1_000n], undefined, [3_000n]];
    const priority = priorityOf({
      transactions: { priorityFeePercentile: 50 },
      prices: async () => prices[reads++] ?? Promise.reject(new Error("silent")),
      nowMs: () => nowMs,
    });
    const offers: bigint[] = [];
    for (nowMs of [0, 9_999, 10_000, 10_001]) {
      await priority.refresh(forever);
      offers.push(priority.offer(1_000_000));
    }
    assert.deepEqual(offers, [1_000n, 1_000n, 1_000n, 3_000n]);
    assert.equal(reads, 3);
  });

  it("is fixed where no percentile is set, and asks nobody", async () => {
    const priority = priorityOf({
      transactions: { priorityFeeLamports: 7_000 },
      prices: () => Promise.reject(new Error("asked")),
    });
    await priority.refresh(forever);
    assert.deepEqual([1, 1_400_000].map(priority.offer), [7_000n, 7_000n]);
  });

  describe("on a cluster", () => {
    let world: World;
    let node: RpcNode;

    beforeEach(async () => {
      world = createWorld();
      node = await startRpcNode(world.localnet);
    });
    afterEach(() => node.close());

    const charge = (price: number): void => {
      node.interfere = (method, response) => {
        if (method !== "getRecentPrioritizationFees") return false;
        const result = [{ slot: 1, prioritizationFee: price }];
        response.writeHead(200).end(JSON.stringify({ jsonrpc: "2.0", id: "1", result }));
        return true;
      };
    };
    let nowMs: number;
    let keeper: Running;
    const begin = async (config: ConfigInput): Promise<void> => {
      nowMs = Date.now();
      keeper = await startOn(world, {
        chain: rpcChain({ ...parseConfig({}).cluster, url: node.url }),
        config: {
          ...config,
          transactions: { priorityFeePercentile: 75, pollMs: 10, ...config.transactions },
        },
        options: { hostClock: () => nowMs },
      });
    };
    afterEach(() => keeper.end());

    for (const version of ["v0", "v1"] as const) {
      it(`pays the cap, and no more, when prices rise a thousandfold: ${version} (K21)`, async () => {
        await begin({ transactions: { version } });
        const offers: bigint[] = [];
        for (const price of [5_000, 5_000_000]) {
          charge(price);
          const open = world.openBook();
          await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
          const before = world.localnet.balance(keeper.payer.publicKey);
          const pass = await keeper.runOnce({ tasks: ["settle-books"] });
          assert.deepInclude(pass["settle-books"], { landed: 1, refused: 0 });
          const paid = before - world.localnet.balance(keeper.payer.publicKey);
          offers.push(paid - 10_000n);
          assert.equal(keeper.landed.at(-1)?.feeLamports, paid, "booked as it was paid");
          nowMs += 10_000;
        }
        const [usual = 0n, spike = 0n] = offers;
        assert.isTrue(usual > 0n && usual < 1_000n, `${usual} lamports`);
        assert.equal(spike, 5_000n);
      });
    }

    it("lets wait what the spike makes too dear, and does it afterwards (K21)", async () => {
      charge(5_000_000);
      await begin({ tasks: { settleBooks: { maxFeeLamports: 14_999 } } });
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      const dear = await keeper.runOnce({ tasks: ["settle-books"] });
      assert.deepInclude(dear["settle-books"], { landed: 0, refused: 1 });
      assert.equal(world.localnet.balance(keeper.payer.publicKey), 10_000_000_000n);
      const metrics = await (await fetch(`${keeper.operationsUrl}/metrics`)).text();
      assert.include(metrics, "pinfi_keeper_priority_price_micro_lamports 5000000");
      charge(1_000);
      nowMs += 10_000;
      const cheap = await keeper.runOnce({ tasks: ["settle-books"] });
      assert.deepInclude(cheap["settle-books"], { landed: 1, refused: 0 });
    });
  });
});
