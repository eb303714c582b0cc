import type { ServerResponse } from "node:http";
import { bookAddress } from "@pinfi/sdk/streams";
import { Keypair } from "@solana/web3.js";
import { assert } from "chai";
import { pino } from "pino";
import { rpcChain } from "../src";
import { createBookCache } from "../src/programs/streams/books/book-cache";
import { type RpcNode, startRpcNode } from "./support/rpc-node";
import { changedChain, type Running, startOn } from "./support/running";
import { createWorld, type World } from "./support/world";

const stranger = (): string => Keypair.generate().publicKey.toBase58();

describe("keeper / look-ups of unknown books (W11b)", () => {
  let world: World;
  let node: RpcNode;
  let keeper: Running | undefined;
  let nowMs: number;

  beforeEach(async () => {
    world = createWorld();
    node = await startRpcNode(world.localnet);
    nowMs = Date.now();
  });

  afterEach(async () => {
    await keeper?.end();
    keeper = undefined;
    await node.close();
  });

  const begin = async (): Promise<Running> => {
    keeper = await startOn(world, {
      chain: rpcChain({
        url: node.url,
        fallbackUrls: [],
        maxLagSlots: 50,
        commitment: "confirmed",
        timeoutMs: 2_000,
        retries: 0,
        preflight: true,
      }),
      config: { intake: { bookCacheMs: 5_000 } },
      options: { hostClock: () => nowMs },
    });
    return keeper;
  };
  const voucherFor = (book: string) => ({
    book,
    signer: book,
    signature: Buffer.alloc(64, 1).toString("base64"),
    targets: { kind: "sparse", entries: [{ line: 0, cumulative: "1" }] },
  });

  it("cost a request a hundred, two at a time, and none again for a second", async () => {
    const on = await begin();
    let [lookUps, underWay, most] = [0, 0, 0];
    // Of a hundred accounts; what the keeper's own tasks ask for meanwhile is fewer.
    const full = new Set<ServerResponse>();
    node.interfere = async (method, response, params) => {
      if (method !== "getMultipleAccounts" || (params[0] as unknown[]).length !== 100) return false;
      full.add(response);
      lookUps += 1;
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return false;
    };
    node.performed = async (_, response) => {
      if (full.delete(response)) underWay -= 1;
    };
    const batch = Array.from({ length: 2_000 }, () => voucherFor(stranger()));
    const post = async () => {
      lookUps = 0;
      const { body } = await on.post("/vouchers/batch", batch);
      assert.deepInclude(body, { accepted: 0, refused: 2_000, unavailable: 0 });
      const results = body.results as { code: string }[];
      assert.isTrue(results.every(({ code }) => code === "UnknownBook"));
      return lookUps;
    };
    assert.equal(await post(), 20);
    assert.equal(most, 2);
    assert.equal(await post(), 0);
    nowMs += 999;
    assert.equal(await post(), 0);
    nowMs += 2;
    assert.equal(await post(), 20, "somebody may have opened them meanwhile");
    assert.equal(most, 2);
  });

  it("do not keep out a book that is opened afterwards for longer than a second", async () => {
    const on = await begin();
    const payer = world.fundedKey();
    const address = bookAddress({ payer: payer.publicKey, mint: world.mint, id: 0 }).toBase58();
    const early = await on.post("/vouchers", voucherFor(address));
    assert.deepEqual([early.status, early.body.code], [404, "UnknownBook"]);
    const open = world.openBook({ payer, id: 0 });
    assert.equal(open.address.toBase58(), address);
    const voucher = world.lineVoucher(open, 0, 100n);
    assert.equal((await on.post("/vouchers", voucher)).status, 404);
    nowMs += 1_001;
    assert.equal((await on.post("/vouchers", voucher)).status, 202);
  });

  it("come after those of books that are known", async () => {
    const pages: string[][] = [];
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const chain = changedChain(world, ({ accounts }) => ({
      accounts: async (args) => {
        pages.push(args.addresses.map((address) => address.toBase58()));
        if (args.addresses.length > 1) await held;
        return accounts(args);
      },
    }));
    const books = createBookCache({ chain, log: pino({ level: "silent" }), clock: () => nowMs });
    const address = world.openBook().address.toBase58();
    const get = (name: string) => books.get({ address: name, maxAgeMs: 1_000 });
    assert.isObject(await get(address));
    nowMs += 1_001;
    const strangers = Array.from({ length: 500 }, stranger).map(get);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const known = get(address);
    release();
    assert.isObject(await known);
    assert.deepEqual([...new Set(await Promise.all(strangers))], ["UnknownBook"]);
    assert.deepEqual(
      pages.map((page) => page.length),
      [1, 100, 100, 100, 100, 100, 1],
    );
    assert.equal(pages[3]?.[0], address, "in the first page that was begun after it was asked for");
  });
});
