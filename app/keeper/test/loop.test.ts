import { assert } from "chai";
import { type Chain, inProcessChain } from "../src";
import { createHealth } from "../src/engine/health";
import { type Running, startOn } from "./support/running";
import { until } from "./support/until";
import { createWorld, type World } from "./support/world";

describe("keeper / loop and health", () => {
  let world: World;
  let keeper: Running | undefined;

  before(() => {
    world = createWorld();
  });

  afterEach(() => keeper?.end());

  it("does its rounds by itself, each task at its pace", async () => {
    keeper = await startOn(world, {
      config: { tasks: { settleBooks: { everyMs: 20 }, claimDue: { everyMs: 20, minAmount: 1 } } },
      options: { loop: true },
    });
    const open = world.openBook();
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    await until("a claim", () => world.book(open.address).lines[0]?.claimed === 100n);
    assert.equal((await keeper.get("/healthz")).status, 200);
    const ready = await keeper.get("/readyz");
    assert.deepEqual([ready.status, ready.body.ok], [200, true]);
  });

  it("goes on after a pass in which the cluster did not answer", async () => {
    const chain = inProcessChain({ localnet: world.localnet });
    let broken = true;
    const flaky: Chain = {
      ...chain,
      now: (waiting) => (broken ? Promise.reject(new Error("no answer")) : chain.now(waiting)),
    };
    keeper = await startOn(world, {
      chain: flaky,
      config: { tasks: { settleBooks: { everyMs: 20 } } },
      options: { loop: true },
    });
    const { failures } = keeper;
    await until("three failed passes", () => failures.length >= 3);
    assert.equal((await keeper.get("/readyz")).status, 503);
    broken = false;
    const open = world.openBook();
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    await until("a settlement", () => world.book(open.address).lines[0]?.vouched === 100n);
  });

  describe("health", () => {
    let nowMs = 0;
    const health = (
      over: { chain?: Partial<Chain>; store?: () => Promise<void>; listed?: boolean } = {},
    ) => {
      nowMs = 0;
      const chain = inProcessChain({ localnet: world.localnet });
      return createHealth({
        chain: { ...chain, ...over.chain },
        store: { probe: over.store ?? (async () => {}) } as never,
        checks: { books: () => ({ ok: over.listed ?? true, detail: "" }) },
        minBalanceLamports: 10,
        stallSeconds: 60,
        slotStallSeconds: 30,
        hostClock: () => nowMs,
      });
    };

    it("is lost when no pass finishes in time, and comes back (K41)", () => {
      const checked = health();
      nowMs = 60_400;
      assert.isTrue(checked.live().ok);
      nowMs = 61_000;
      assert.isFalse(checked.live().ok);
      checked.progressed("settle-books");
      assert.isTrue(checked.live().ok);
    });

    it("is not ready with too little money, a dead store, a dead cluster or slots that stand", async () => {
      const failing = async (checked: ReturnType<typeof health>) => {
        const { ok, checks } = await checked.ready();
        const names = Object.entries(checks).flatMap(([name, check]) => (check.ok ? [] : [name]));
        assert.equal(ok, names.length === 0);
        return names;
      };
      const funded = (checked: ReturnType<typeof health>, balance = 10n) => {
        checked.sawChain({ slot: 1n, balance });
        return checked;
      };
      assert.deepEqual(await failing(funded(health())), []);
      assert.deepEqual(await failing(health()), ["funds"]);
      assert.deepEqual(await failing(funded(health(), 9n)), ["funds"]);
      const unwritable = health({ store: () => Promise.reject(new Error("disk full")) });
      assert.deepEqual(await failing(funded(unwritable)), ["store"]);
      const deaf = health({ chain: { now: () => Promise.reject(new Error("no answer")) } });
      assert.deepEqual(await failing(funded(deaf)), ["cluster"]);
      assert.deepEqual(await failing(funded(health({ listed: false }))), ["books"]);
      const still = funded(health());
      assert.deepEqual(await failing(still), []);
      nowMs = 31_000;
      assert.deepEqual(await failing(still), ["slots"]);
      world.localnet.advance({ slots: 1n });
      assert.deepEqual(await failing(still), []);
    });
  });
});
