import { BOOK_HEADER_LENGTH } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { rpcChain } from "../src";
import { keepersOnWorlds } from "./support/keepers";
import { type RpcNode, startRpcNode } from "./support/rpc-node";
import type { Running } from "./support/running";
import type { OpenBook } from "./support/world";

/** Of the first line's recorded amount in a book: behind its payee and its deposit. */
const RECORDED_OFFSET = BOOK_HEADER_LENGTH + 32 + 8;
const KEEP_SECONDS = 600;
const HOUR_MS = 3_600_000;

describe("keeper / nodes that lie about what is final (W12)", function () {
  this.timeout(60_000);
  const on = keepersOnWorlds();
  const { start, vouched, settle } = on;
  let nodes: RpcNode[];
  let nowMs: number;

  afterEach(async () => {
    for (const node of nodes) await node.close();
  });

  /** A keeper on so many nodes, which holds a voucher of 100 that is not settled yet. */
  const begin = async (count: number) => {
    nowMs = Date.now();
    nodes = await Promise.all(Array.from({ length: count }, () => startRpcNode(on.world.localnet)));
    const [url = "", ...fallbackUrls] = nodes.map((node) => node.url);
    const keeper = await start({
      chain: rpcChain({
        url,
        fallbackUrls,
        commitment: "confirmed",
        timeoutMs: 2_000,
        retries: 0,
        maxLagSlots: 50,
        preflight: true,
      }),
      config: {
        store: { keepSettledSeconds: KEEP_SECONDS },
        transactions: { resendMs: 50, pollMs: 10 },
      },
      options: { hostClock: () => nowMs },
    });
    const open = on.world.openBook();
    const { status } = await keeper.post("/vouchers", on.world.lineVoucher(open, 0, 100n));
    assert.equal(status, 202);
    return { keeper, open };
  };
  const held = async (keeper: Running): Promise<number> =>
    (await keeper.store.tables.streams.vouchers()).length;
  const node = (index: number) => nodes[index] as RpcNode;

  /** The node has another account than the cluster in that book's place; null: none. */
  const lie = (of: RpcNode, { address }: OpenBook, change: (data: Buffer) => Buffer | null) => {
    const real = on.world.localnet.account(address) ?? assert.fail("the book is not there");
    const data = change(Buffer.from(real.data));
    const told = data && {
      data: [data.toString("base64"), "base64"],
      executable: false,
      lamports: real.lamports,
      owner: real.owner.toBase58(),
      rentEpoch: 0,
      space: data.length,
    };
    of.alter = (method, params, result) => {
      if (method !== "getMultipleAccounts") return;
      const at = (params[0] as string[]).indexOf(address.toBase58());
      if (at !== -1) (result as { value: unknown[] }).value[at] = told;
    };
  };
  const recorded = (data: Buffer): Buffer => {
    data.writeBigUInt64LE(10n ** 15n, RECORDED_OFFSET);
    return data;
  };
  const missing = () => null;

  for (const [name, change] of Object.entries({ recorded, missing })) {
    it(`forget nothing that one of two says is ${name}, and pay it afterwards (W12)`, async () => {
      const { keeper, open } = await begin(2);
      lie(node(0), open, change);
      for (let hours = 0; hours < 3; hours++) {
        await settle(keeper);
        assert.equal(await held(keeper), 1);
        nowMs += HOUR_MS;
      }
      node(0).alter = undefined;
      await settle(keeper);
      assert.deepEqual(vouched(open), [100n]);
      await settle(keeper);
      assert.equal(await held(keeper), 0);
    });

    it(`keep what the only one says is ${name} for a time, in which it may come to its senses (W12)`, async () => {
      const { keeper, open } = await begin(1);
      lie(node(0), open, change);
      await settle(keeper);
      nowMs += KEEP_SECONDS * 1_000 - 1;
      await settle(keeper);
      assert.equal(await held(keeper), 1);
      node(0).alter = undefined;
      await settle(keeper);
      assert.deepEqual(vouched(open), [100n]);
      // The time begins anew: it was interrupted.
      await settle(keeper);
      nowMs += KEEP_SECONDS * 1_000 - 1;
      await settle(keeper);
      assert.equal(await held(keeper), 1);
      nowMs += 1;
      await settle(keeper);
      assert.equal(await held(keeper), 0);
    });
  }

  it("forget what two of three agree on, whatever the third says (W12)", async () => {
    const { keeper, open } = await begin(3);
    await settle(keeper);
    lie(node(2), open, (data) => {
      data.writeBigUInt64LE(0n, RECORDED_OFFSET);
      return data;
    });
    await settle(keeper);
    assert.equal(await held(keeper), 0);
  });

  it("forget nothing while only one of two answers (W12)", async () => {
    const { keeper, open } = await begin(2);
    await settle(keeper);
    assert.deepEqual(vouched(open), [100n]);
    node(1).interfere = (_method, response) => {
      response.writeHead(503).end();
      return true;
    };
    nowMs += HOUR_MS;
    await settle(keeper);
    assert.equal(await held(keeper), 1);
    node(1).interfere = undefined;
  });

  it("count what is only kept for safety neither as held nor as waiting (W12)", async () => {
    const { keeper } = await begin(1);
    await settle(keeper);
    await settle(keeper);
    assert.equal(await held(keeper), 1);
    const { body } = await keeper.get("/vouchers/stats");
    assert.deepInclude(body.unsettled as object, { vouchers: 0, oldestSeconds: 0 });
  });
});
