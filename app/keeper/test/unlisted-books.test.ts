import type { ServerResponse } from "node:http";
import { assert } from "chai";
import { rpcChain } from "../src";
import { type RpcNode, startRpcNode } from "./support/rpc-node";
import { type Running, startOn } from "./support/running";
import { until } from "./support/until";
import { createWorld, type OpenBook, type World } from "./support/world";

const SAID = "the RPC call or parameters have been disabled";
const answer = (response: ServerResponse, status: number, body: unknown): true => {
  response.writeHead(status).end(JSON.stringify(body));
  return true;
};
/** How nodes say that they do not list accounts, and the reason that is told of it. */
const REFUSALS: readonly [string, number, (response: ServerResponse) => true][] = [
  ["an HTTP status", 410, (to) => answer(to, 410, { error: { code: 410, message: SAID } })],
  [
    "an error without an id",
    -32010,
    (to) => answer(to, 200, { jsonrpc: "2.0", id: null, error: { code: -32010, message: SAID } }),
  ],
  [
    "an error in a bad request",
    -32601,
    (to) => answer(to, 400, { jsonrpc: "2.0", id: 1, error: { code: -32601, message: SAID } }),
  ],
];

describe("keeper / nodes that do not list accounts (W10)", () => {
  let world: World;
  let nodes: RpcNode[];
  let keeper: Running | undefined;

  beforeEach(async () => {
    world = createWorld();
    nodes = await Promise.all([1, 2].map(() => startRpcNode(world.localnet)));
  });

  afterEach(async () => {
    await keeper?.end();
    keeper = undefined;
    for (const each of nodes) await each.close();
  });

  const node = (index: number) => nodes[index] as RpcNode;
  const refuse = (by: RpcNode, say: (response: ServerResponse) => true) => {
    by.interfere = (method, response) => method === "getProgramAccounts" && say(response);
  };
  const chainOn = (used: readonly RpcNode[]) => {
    const [url = "", ...fallbackUrls] = used.map((each) => each.url);
    return rpcChain({
      url,
      fallbackUrls,
      maxLagSlots: 50,
      commitment: "confirmed",
      timeoutMs: 2_000,
      retries: 2,
      preflight: true,
    });
  };
  const begin = async (args: Partial<Parameters<typeof startOn>[1]> = {}): Promise<Running> => {
    const config = {
      transactions: { resendMs: 50, pollMs: 5 },
      store: { keepSettledSeconds: 0 },
    };
    keeper = await startOn(world, { chain: chainOn([node(0)]), config, ...args });
    return keeper;
  };
  const lineOf = ({ address }: OpenBook) => world.book(address).lines[0];
  const listed = async (on: Running) => {
    const { status, body } = await on.get("/readyz");
    const { books } = body.checks as { books: { ok: boolean; detail: string } };
    return { status, ...books };
  };

  for (const [what, reason, say] of REFUSALS) {
    it(`but say so by ${what}: books that vouchers name are settled, claimed and closed`, async () => {
      refuse(node(0), say);
      const on = await begin();
      const open = world.openBook({ lines: 1, depositPerLine: 1_000n });
      await on.post("/vouchers", world.lineVoucher(open, 0, 300n));
      const pass = await on.runOnce();
      assert.deepInclude(pass["settle-books"], { landed: 1, failed: 0 });
      assert.deepInclude(pass["claim-due"], { landed: 1, failed: 0 });
      assert.deepInclude(lineOf(open), { vouched: 300n, claimed: 300n });

      const { failures } = on;
      assert.isNotEmpty(failures);
      for (const failure of failures) {
        assert.deepInclude(failure, { task: "list-books", code: "MethodUnavailable" });
        const told = `getProgramAccounts: the node does not serve this method: ${SAID} (${reason})`;
        assert.equal(failure.message, told);
      }
      assert.deepEqual(await listed(on), {
        status: 503,
        ok: false,
        detail: `not listed: the node does not serve getProgramAccounts (${reason}); those that are known are served`,
      });
      const metrics = await (await fetch(`${on.operationsUrl}/metrics`)).text();
      assert.match(metrics, /rpc_node_failures\{node="1",[^}]*\} 0/, "the node is well");

      // Nothing in the store names the book any more but the store's memory of it.
      world.closeLine(open, 0);
      world.localnet.advance({ seconds: 900n });
      await on.runOnce({ tasks: ["settle-books"] });
      assert.deepEqual(await on.store.tables.streams.vouchers(), []);
      await on.end();
      const next = await begin({ storeUrl: on.storeUrl });
      const last = await next.runOnce({ tasks: ["close-expired"] });
      assert.deepInclude(last["close-expired"], { landed: 1 });
      assert.isTrue(lineOf(open)?.removed);
    });
  }

  it("are asked again now and then, not in each pass, and listen for a list when there is one", async () => {
    refuse(node(0), (to) => answer(to, 410, {}));
    const tasks = { claimDue: { everyMs: 5, minAmount: 1 } };
    let nowMs = Date.now();
    const on = await begin({
      config: { tasks, cluster: { discoverEveryMs: 60_000 } },
      options: { loop: true, hostClock: () => nowMs },
    });
    const passes = () => node(0).calls.filter((method) => method === "getBalance").length;
    const lists = () => node(0).calls.filter((method) => method === "getProgramAccounts").length;
    await until("ten passes", () => passes() >= 10);
    assert.equal(lists(), 1);
    assert.equal((await listed(on)).ok, false);
    const silent = world.openBook({ lines: 1, depositPerLine: 1_000n, rate: 10n });
    world.localnet.advance({ seconds: 60n });
    node(0).interfere = undefined;
    nowMs += 60_001;
    await until("a claim of a book that nobody has named", () => lineOf(silent)?.claimed === 600n);
    assert.deepEqual(await listed(on), { status: 200, ok: true, detail: "listed" });
  });

  it("have the list read from another node, and all else go on as before", async () => {
    refuse(node(0), (to) => answer(to, 410, {}));
    const on = await begin({ chain: chainOn(nodes) });
    const silent = world.openBook({ lines: 1, depositPerLine: 1_000n, rate: 10n });
    world.localnet.advance({ seconds: 60n });
    const pass = await on.runOnce({ tasks: ["claim-due"] });
    assert.deepInclude(pass["claim-due"], { landed: 1 });
    assert.equal(lineOf(silent)?.claimed, 600n);
    assert.deepEqual(on.failures, []);
    assert.equal((await listed(on)).status, 200);
    const count = (index: number, name: string) =>
      node(index).calls.filter((method) => method === name).length;
    assert.deepEqual([count(0, "getProgramAccounts"), count(1, "getProgramAccounts")], [1, 1]);
    assert.equal(count(1, "getMultipleAccounts"), 0, "the first one still serves the reads");
  });

  it("for a moment do not make the keeper forget what it knew", async () => {
    const on = await begin();
    const open = world.openBook({ lines: 1, depositPerLine: 1_000n, rate: 10n });
    await on.runOnce({ tasks: ["close-expired"] });
    refuse(node(0), (to) => answer(to, 503, {}));
    world.localnet.advance({ seconds: 10n });
    await on.runOnce({ tasks: ["claim-due"] });
    assert.equal(lineOf(open)?.claimed, 100n);
    assert.deepInclude(on.failures[0], { task: "list-books", code: "RpcUnavailable" });
    assert.match(on.failures[0]?.message ?? "", /^getProgramAccounts: the node answered 503/);
    assert.match((await listed(on)).detail, /^not listed: RpcUnavailable;/);
  });
});
