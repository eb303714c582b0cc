import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { assert } from "chai";
import { type Chain, type KeeperError, type RpcOptions, rpcChain } from "../src";
import { type RpcNode, startRpcNode } from "./support/rpc-node";
import { type Running, startOn } from "./support/running";
import { until } from "./support/until";
import { createWorld, type World } from "./support/world";

/** A full page of a proxy that has lost its node. */
const page = (response: ServerResponse, status: number): true => {
  response.writeHead(status, { "content-type": "text/html" }).end("<html>gateway</html>");
  return true;
};

describe("keeper / several JSON-RPC nodes", () => {
  let world: World;
  let nodes: RpcNode[];
  let keeper: Running | undefined;

  beforeEach(async () => {
    world = createWorld();
    nodes = await Promise.all([1, 2, 3].map(() => startRpcNode(world.localnet)));
  });

  afterEach(async () => {
    await keeper?.end();
    keeper = undefined;
    for (const node of nodes) await node.close();
  });

  const node = (index: number) => nodes[index] as RpcNode;
  const chainOn = (used: readonly RpcNode[], over: Partial<RpcOptions> = {}): Chain => {
    const [url = "", ...fallbackUrls] = used.map((each) => each.url);
    return rpcChain({
      url,
      fallbackUrls,
      commitment: "confirmed",
      timeoutMs: 2_000,
      retries: 0,
      maxLagSlots: 50,
      preflight: true,
      ...over,
    });
  };
  const begin = async (used: readonly RpcNode[], over: Partial<RpcOptions> = {}) => {
    keeper = await startOn(world, {
      chain: chainOn(used, over),
      config: { transactions: { resendMs: 50, pollMs: 10 } },
    });
    return keeper;
  };
  const inUse = (chain: Chain) => chain.nodes?.().findIndex((state) => state.inUse);
  const failureOf = (run: Promise<unknown>): Promise<KeeperError> =>
    run.then(
      () => assert.fail("nothing failed"),
      (thrown) => thrown,
    );
  /** A voucher for 100 base units, posted and settled. */
  const settleOne = async (on: Running) => {
    const open = world.openBook();
    assert.equal((await on.post("/vouchers", world.lineVoucher(open, 0, 100n))).status, 202);
    const pass = await on.runOnce({ tasks: ["settle-books"] });
    return { open, settled: pass["settle-books"] };
  };
  const paid = (by: Running) => 10_000_000_000n - world.localnet.balance(by.payer.publicKey);
  const vouched = (open: { address: (typeof world)["mint"] }) =>
    world.book(open.address).lines.map((line) => line.vouched);

  for (const status of [200, 500, 502, 503]) {
    it(`asks the next one where the first answers ${status} with a page, and returns to it (K01)`, async () => {
      const chain = chainOn(nodes);
      node(0).interfere = (_method, response) => page(response, status);
      const { slot } = world.localnet.clock();
      assert.equal((await chain.now()).slot, slot);
      assert.equal(inUse(chain), 1);
      const asked = node(0).calls.length;
      await chain.balance({ address: world.mint });
      assert.deepEqual([node(0).calls.length, node(1).calls.at(-1)], [asked, "getBalance"]);
      node(0).interfere = undefined;
      // It is looked at again with the clock, at growing intervals.
      while (inUse(chain) !== 0) {
        await chain.now();
        await pause(20);
      }
      await chain.balance({ address: world.mint });
      assert.equal(node(0).calls.at(-1), "getBalance");
    });
  }

  it("tells in readiness and metrics which one is in use (K01)", async () => {
    const on = await begin(nodes);
    const host = (index: number) => new URL(node(index).url).host;
    const detail = async () => {
      const { body } = await on.get("/readyz");
      return (body.checks as { cluster: { detail: string } }).cluster.detail;
    };
    assert.match(await detail(), new RegExp(`of ${host(0)}, node 1 of 3$`));
    node(0).interfere = (_method, response) => page(response, 502);
    assert.match(await detail(), new RegExp(`of ${host(1)}, node 2 of 3$`));
    const metrics = await (await fetch(`${on.operationsUrl}/metrics`)).text();
    assert.include(metrics, `rpc_node_in_use{node="1",host="${host(0)}"} 0`);
    assert.include(metrics, `rpc_node_in_use{node="2",host="${host(1)}"} 1`);
    assert.include(metrics, `rpc_node_failures{node="1",host="${host(0)}"} 1`);
  });

  describe("asked for less (429)", () => {
    const limit = (seconds: number) => {
      node(0).interfere = (_method, response) => {
        response.writeHead(429, { "retry-after": String(seconds) }).end("{}");
        return true;
      };
    };

    it("leaves that node alone for as long as it says, and asks the next (K02)", async () => {
      limit(3_600);
      // A request that times out on a busy machine would not have been told to wait.
      const chain = chainOn(nodes.slice(0, 2), { timeoutMs: 60_000 });
      await chain.now();
      // What a keeper of the test before has still sent has come by now as well.
      const asked = node(0).calls.length;
      assert.isAtLeast(asked, 1);
      for (let reads = 0; reads < 20; reads += 1) {
        await chain.now();
        await chain.balance({ address: world.mint });
      }
      assert.equal(node(0).calls.length, asked);
    });

    it("says so at once where that is the only one and the wait is long (K02)", async () => {
      limit(3_600);
      const chain = chainOn([node(0)], { retries: 5 });
      for (let reads = 0; reads < 3; reads += 1) {
        const error = await failureOf(chain.balance({ address: world.mint }));
        assert.deepEqual([error.failure, error.code], ["rpc", "RpcUnavailable"]);
      }
      assert.deepEqual(node(0).calls, ["getBalance"]);
    });

    it("waits where the wait is short, then goes on (K02)", async () => {
      limit(1);
      const chain = chainOn([node(0)], { retries: 1 });
      const started = performance.now();
      const reading = chain.balance({ address: world.mint });
      await until("the limit is met", () => node(0).calls.length === 1);
      node(0).interfere = undefined;
      assert.equal(await reading, BigInt(world.localnet.balance(world.mint)));
      assert.lengthOf(node(0).calls, 2);
      assert.isAtLeast(performance.now() - started, 1_000);
    });
  });

  it("has one effect where a node times out before it takes the transaction (K03)", async () => {
    const on = await begin(nodes.slice(0, 2), { timeoutMs: 100 });
    node(0).interfere = (method) => method === "sendTransaction";
    const { open, settled } = await settleOne(on);
    assert.deepInclude(settled, { landed: 1, failed: 0 });
    assert.deepEqual([vouched(open), paid(on)], [[100n], 10_000n]);
  });

  it("has one effect where a node takes it and its answer is lost (K03)", async () => {
    const on = await begin(nodes.slice(0, 2));
    node(0).performed = async (method, response) => {
      if (method === "sendTransaction") response.destroy();
    };
    const { open, settled } = await settleOne(on);
    assert.deepInclude(settled, { landed: 1, failed: 0 });
    assert.deepEqual([vouched(open), paid(on)], [[100n], 10_000n]);
    assert.lengthOf(await on.store.spends({ sinceMs: 0 }), 1);
  });

  it("does not wait for an answer of a byte at a time beyond its limit (K04)", async () => {
    node(0).interfere = (_method, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const dripping = setInterval(() => response.write(" "), 10);
      response.once("close", () => clearInterval(dripping));
      return true;
    };
    const balance = (used: readonly RpcNode[]) =>
      chainOn(used, { timeoutMs: 100 }).balance({ address: world.mint });
    const error = await failureOf(balance([node(0)]));
    assert.equal(error.message, "the node could not be asked: no answer within 100 ms");
    assert.equal(await balance(nodes), world.localnet.balance(world.mint));
  });

  describe("one of which is 150 slots behind", () => {
    let behind: World;
    let lagging: RpcNode;

    beforeEach(async () => {
      behind = createWorld();
      lagging = await startRpcNode(behind.localnet);
      nodes.push(lagging);
      const gap = behind.localnet.clock().slot + 150n - world.localnet.clock().slot;
      world.localnet.advance({ slots: gap });
    });

    it("believes the other, whichever comes first (K06)", async () => {
      for (const used of [
        [lagging, node(0)],
        [node(0), lagging],
      ]) {
        const chain = chainOn(used);
        assert.equal((await chain.now()).slot, world.localnet.clock().slot);
        assert.equal(inUse(chain), used.indexOf(node(0)));
        const states = chain.nodes?.() ?? [];
        assert.deepEqual(
          states.map((state) => state.behind),
          used.map((each) => each === lagging),
        );
      }
    });

    it("acts on nothing that it says, not even while the other is gone (K06)", async () => {
      const on = await begin([node(0), lagging]);
      const open = world.openBook();
      await on.post("/vouchers", world.lineVoucher(open, 0, 100n));
      await on.runOnce({ tasks: ["settle-books"] });
      node(0).interfere = (_method, response) => page(response, 503);
      const asked = lagging.calls.length;
      assert.deepEqual(await on.runOnce(), {});
      assert.equal(on.failures.at(-1)?.code, "RpcUnavailable");
      assert.isTrue(lagging.calls.slice(asked).every((method) => method === "getAccountInfo"));
      behind.localnet.advance({ slots: 200n });
      assert.equal((await on.get("/readyz")).status, 200, "it has caught up");
    });
  });

  it("gives each transaction to all of them; a hundred times over it has one effect (K07)", async () => {
    const on = await begin(nodes);
    const sent: { index: number; wire: string }[] = [];
    for (const [index, each] of nodes.entries()) {
      each.interfere = (method, _response, params) => {
        if (method === "sendTransaction") sent.push({ index, wire: String(params[0]) });
        return false;
      };
    }
    const { open } = await settleOne(on);
    await until("all have it", () => new Set(sent.map(({ index }) => index)).size === 3);
    assert.equal(new Set(sent.map(({ wire }) => wire)).size, 1);
    const wire = Buffer.from(sent[0]?.wire ?? "", "base64");
    const chain = chainOn(nodes, { preflight: false });
    for (let time = 0; time < 100; time += 1) await chain.send({ wire });
    await until("all have it", () => sent.length >= 300);
    assert.deepEqual([vouched(open), paid(on)], [[100n], 10_000n]);
  });

  it("sends again what a lagging node does not know the blockhash of (K11)", async () => {
    const on = await begin(nodes.slice(0, 1));
    let refusals = 2;
    node(0).interfere = (method, response) => {
      if (method !== "sendTransaction" || refusals === 0) return false;
      refusals -= 1;
      const message = "Transaction simulation failed: Blockhash not found";
      const data = { err: "BlockhashNotFound", logs: [] };
      const error = { code: -32002, message, data };
      response.writeHead(200).end(JSON.stringify({ jsonrpc: "2.0", id: "1", error }));
      return true;
    };
    const { open, settled } = await settleOne(on);
    assert.deepInclude(settled, { landed: 1, failed: 0 });
    assert.deepEqual([vouched(open), paid(on)], [[100n], 10_000n]);
    assert.isEmpty(on.failures);
    assert.lengthOf(await on.store.spends({ sinceMs: 0 }), 1);
  });
});
