import { STREAMS_PROGRAM_ID } from "@pinfi/sdk/streams";
import type { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { type AccountRecord, type Chain, RpcError, rpcChain } from "../src";
import { type RpcNode, startRpcNode } from "./support/rpc-node";
import { type Running, startOn } from "./support/running";
import { createWorld, type OpenBook, type World } from "./support/world";

const LINE_BYTES = 96;
/** As many as a book can have: 6.3 MB, and 8.4 MB in an answer. */
const MOST_LINES = 65_535;
/** Together more than was ever read of one answer. */
const FAT = 9;

describe("keeper / books of 65,535 lines (W05)", () => {
  let world: World;
  let node: RpcNode;
  let keeper: Running | undefined;

  beforeEach(async () => {
    world = createWorld();
    node = await startRpcNode(world.localnet);
  });

  afterEach(async () => {
    await keeper?.end();
    keeper = undefined;
    await node.close();
  });

  const chainOn = (): Chain =>
    rpcChain({
      url: node.url,
      fallbackUrls: [],
      maxLagSlots: 50,
      commitment: "confirmed",
      timeoutMs: 20_000,
      retries: 0,
      preflight: true,
    });
  /** A book with one line and room for all others, as `reserve_lines` gives it. */
  const openFat = (): OpenBook => {
    const open = world.openBook({ lines: 1 });
    const account = world.localnet.account(open.address);
    if (account === null) throw new Error("the book is there");
    const data = Buffer.alloc(account.data.length + (MOST_LINES - 1) * LINE_BYTES);
    account.data.copy(data);
    const lamports = Number(world.localnet.minimumBalance(data.length));
    world.localnet.setAccount(open.address, { ...account, data, lamports });
    return open;
  };
  const openFats = (): OpenBook[] => Array.from({ length: FAT }, openFat);
  const vouched = ({ address }: OpenBook) => world.book(address).lines[0]?.vouched;
  const asked = () => node.calls.filter((method) => method === "getMultipleAccounts").length;

  it("are read page by page, as many together as an answer holds, and the node is not blamed", async () => {
    const fats = openFats();
    const small = Array.from({ length: 120 }, () => world.mint);
    const addresses = [...small, ...fats.map(({ address }) => address)];
    const chain = chainOn();
    const check = async () => {
      const found = await chain.accounts({ addresses });
      assert.lengthOf(found, addresses.length);
      for (const [index, account] of found.entries()) {
        const { address, data } = account as AccountRecord;
        assert.isTrue(address.equals(addresses[index] as PublicKey));
        assert.equal(data.length, world.localnet.account(address)?.data.length);
      }
    };
    await check();
    assert.isAbove(asked(), FAT + 1, "sizes are not known yet: pages are halved");
    node.calls.length = 0;
    await check();
    // 100 and 20, then each of the fat ones by itself.
    assert.equal(asked(), 2 + FAT);
    assert.deepInclude(chain.nodes?.()[0], { failures: 0, inUse: true });
  });

  it("stop no task, for nobody", async () => {
    keeper = await startOn(world, { chain: chainOn(), config: { transactions: { pollMs: 10 } } });
    const honest = world.openBook({ lines: 1, depositPerLine: 1_000n });
    const fats = openFats();
    for (const open of [honest, ...fats]) {
      const { status } = await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      assert.equal(status, 202);
    }
    const pass = await keeper.runOnce();
    assert.deepInclude(pass["settle-books"], { landed: 1 + FAT, failed: 0, skipped: 0 });
    assert.deepInclude(pass["claim-due"], { landed: 1 + FAT, failed: 0, skipped: 0 });
    assert.deepEqual(pass["close-expired"]?.skipped, 0);
    assert.deepEqual([honest, ...fats].map(vouched), Array(1 + FAT).fill(100n));
    assert.deepEqual(keeper.failures, []);
  });

  it("that cannot be read are nobody else's trouble", async () => {
    keeper = await startOn(world, { chain: chainOn(), config: { transactions: { pollMs: 10 } } });
    const [unread, other] = [openFat(), openFat()];
    const honest = world.openBook({ lines: 1, depositPerLine: 1_000n });
    for (const open of [unread, other, honest]) {
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    }
    const name = unread.address.toBase58();
    node.interfere = (method, response, params) => {
      const names = method === "getMultipleAccounts" ? (params[0] as string[]) : [];
      if (!names.includes(name)) return false;
      response.writeHead(500).end("{}");
      return true;
    };
    const pass = await keeper.runOnce();
    assert.deepEqual([unread, other, honest].map(vouched), [0n, 100n, 100n]);
    for (const task of ["settle-books", "claim-due"]) {
      assert.deepInclude(pass[task], { landed: 2, failed: 0, skipped: 1 }, task);
    }
    assert.equal(pass["close-expired"]?.skipped, 1);
    const metrics = await (await fetch(`${keeper.operationsUrl}/metrics`)).text();
    assert.include(metrics, 'skipped_total{task="settle-books",reason="BookUnread"} 1');
    assert.lengthOf(
      await keeper.store.tables.streams.vouchers(),
      3,
      "nothing is forgotten of what was not read",
    );
    node.interfere = undefined;
    const next = await keeper.runOnce({ tasks: ["settle-books"] });
    assert.deepInclude(next["settle-books"], { landed: 1, skipped: 0 });
    assert.equal(vouched(unread), 100n);
  });

  describe("an answer that is too long", () => {
    const flood = (megabytes: number, only: (params: readonly unknown[]) => boolean) => {
      node.interfere = (method, response, params) => {
        if (method !== "getMultipleAccounts" && method !== "getProgramAccounts") return false;
        if (!only(params)) return false;
        response.writeHead(200).end(Buffer.alloc(megabytes * 1024 * 1024, " "));
        return true;
      };
    };
    const failureOf = (run: Promise<unknown>): Promise<RpcError> =>
      run.then(
        () => assert.fail("nothing failed"),
        (thrown) => thrown,
      );

    it("is the node's fault where one account was asked for", async () => {
      flood(17, () => true);
      const chain = chainOn();
      const error = await failureOf(chain.accounts({ addresses: [world.mint, world.mint] }));
      assert.instanceOf(error, RpcError);
      assert.equal(error.code, "AnswerTooLong");
      assert.equal(chain.nodes?.()[0]?.failures, 2, "one for each account by itself");
    });

    it("of a list of accounts makes it be asked for in parts", async () => {
      const books = [world.openBook(), world.openBook(), world.openBook()];
      const [first] = world.localnet
        .programAccounts(STREAMS_PROGRAM_ID)
        .filter(({ address }) => books.some((open) => open.address.equals(address)));
      const prefix = (first?.account.data ?? Buffer.alloc(8)).subarray(0, 8);
      flood(65, (params) => {
        const [{ memcmp }] = (params[1] as { filters: [{ memcmp: { bytes: string } }] }).filters;
        return Buffer.from(memcmp.bytes, "base64").length === prefix.length;
      });
      const chain = chainOn();
      const found = await chain.programAccounts({ program: STREAMS_PROGRAM_ID, prefix, bytes: 40 });
      assert.sameMembers(
        found.map(({ address }) => address.toBase58()),
        books.map(({ address }) => address.toBase58()),
      );
      assert.lengthOf(node.calls, 1 + 256);
      assert.equal(chain.nodes?.()[0]?.failures, 0);
    });
  });
});
