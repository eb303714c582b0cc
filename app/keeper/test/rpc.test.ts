import { STREAMS_PROGRAM_ID, voucherToJson } from "@pinfi/sdk/streams";
import { Keypair, PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import {
  type AccountRecord,
  type Chain,
  type KeeperError,
  type RpcOptions,
  rpcChain,
} from "../src";
import { readPreflightMessage, readTransactionError } from "../src/engine/chain/failure";
import { type RpcNode, startRpcNode } from "./support/rpc-node";
import { type Running, startOn } from "./support/running";
import { createWorld, type OpenBook, type World } from "./support/world";

describe("keeper / JSON-RPC", () => {
  let world: World;
  let node: RpcNode;

  before(async () => {
    world = createWorld();
  });

  beforeEach(async () => {
    node = await startRpcNode(world.localnet);
  });

  afterEach(() => node.close());

  const chainOn = (over: Partial<RpcOptions> = {}): Chain =>
    rpcChain({
      url: node.url,
      fallbackUrls: [],
      maxLagSlots: 50,
      commitment: "confirmed",
      timeoutMs: 2_000,
      retries: 2,
      preflight: true,
      ...over,
    });

  const failureOf = async (run: Promise<unknown>): Promise<KeeperError> => {
    const error = await run.then(
      () => undefined,
      (thrown) => thrown,
    );
    assert.isDefined(error, "nothing failed");
    return error as KeeperError;
  };

  describe("reads", () => {
    it("the cluster's clock", async () => {
      const { slot, unixTimestamp } = world.localnet.clock();
      assert.deepEqual(await chainOn().now(), { slot, unixSeconds: unixTimestamp });
    });

    it("any number of accounts, in order, a hundred at a time", async () => {
      const open = world.openBook();
      const nobody = Keypair.generate().publicKey;
      const addresses = Array.from({ length: 205 }, (_, n) => (n === 203 ? open.address : nobody));
      const found = await chainOn().accounts({ addresses });
      assert.equal(found.length, 205);
      const account = found[203] as AccountRecord;
      assert.isTrue(account.owner.equals(STREAMS_PROGRAM_ID));
      assert.deepEqual(account.data, world.localnet.account(open.address)?.data);
      assert.isNull(found[204]);
      assert.lengthOf(node.calls, 3);
    });

    it("the accounts of a program, cut to what is asked for", async () => {
      const open = world.openBook({ lines: 2 });
      const account = world.localnet.account(open.address);
      const prefix = (account?.data ?? Buffer.alloc(8)).subarray(0, 8);
      const found = await chainOn().programAccounts({
        program: STREAMS_PROGRAM_ID,
        prefix,
        bytes: 376,
      });
      const mine = found.find(({ address }) => address.equals(open.address));
      assert.equal(mine?.data.length, 376);
      assert.isTrue(found.every(({ data }) => data.subarray(0, 8).equals(prefix)));
    });
  });

  it("carries a voucher from the intake to the payee, and closes the line", async () => {
    const keeper: Running = await startOn(world, {
      chain: chainOn(),
      config: { transactions: { resendMs: 50, pollMs: 10 } },
    });
    try {
      const open = world.openBook({ lines: 2, depositPerLine: 1_000n });
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 300n));
      const pass = await keeper.runOnce();
      assert.deepInclude(pass["settle-books"], { landed: 1, failed: 0 });
      world.closeLine(open, 0);
      world.localnet.advance({ seconds: 900n });
      await keeper.runOnce();
      const [line] = world.book(open.address).lines;
      assert.isTrue(line?.removed);
      assert.equal(world.balance(open.payees[0]?.publicKey as PublicKey), 297n, "300 less 1 %");
      assert.deepEqual(keeper.failures, []);
      const [event] = keeper.landed;
      assert.equal(event?.costUnits, (event?.computeUnits ?? 0n) + 1_020n);
    } finally {
      await keeper.end();
    }
  });

  it("learns the program's own error from preflight, at no cost, and isolates its cause", async () => {
    const keeper = await startOn(world, { chain: chainOn() });
    try {
      const books = [world.openBook(), world.openBook()];
      for (const open of books) await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      const [poison, sound] = books as [(typeof books)[0], (typeof books)[0]];
      node.interfere = (method) => {
        if (method !== "getLatestBlockhash") return false;
        node.interfere = undefined;
        world.forgeVoucherSigner(poison);
        return false;
      };
      await keeper.runOnce({ tasks: ["settle-books"] });
      assert.equal(world.book(sound.address).lines[0]?.vouched, 100n);
      const [failure] = keeper.failures;
      assert.deepInclude(failure, { failure: "program", code: "WrongVoucherSigner" });
      assert.isUndefined(failure?.signature);
      const paid = 10_000_000_000n - world.localnet.balance(keeper.payer.publicKey);
      assert.equal(paid, 10_000n, "one signature and one voucher, of the transaction that landed");
    } finally {
      await keeper.end();
    }
  });

  it("learns it from the landed transaction where preflight is off, and has paid for it", async () => {
    const keeper = await startOn(world, { chain: chainOn({ preflight: false }) });
    try {
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      node.interfere = (method) => {
        if (method === "getLatestBlockhash") {
          node.interfere = undefined;
          world.forgeVoucherSigner(open);
        }
        return false;
      };
      await keeper.runOnce({ tasks: ["settle-books"] });
      assert.equal(keeper.failures[0]?.code, "WrongVoucherSigner");
      assert.isString(keeper.failures[0]?.signature);
      assert.lengthOf(await keeper.store.spends({ sinceMs: 0 }), 1);
    } finally {
      await keeper.end();
    }
  });

  describe("a node that", () => {
    it("answers with a page is asked again", async () => {
      let pages = 2;
      node.interfere = (_method, response) => {
        if (pages === 0) return false;
        pages -= 1;
        response.writeHead(pages === 1 ? 503 : 200).end("<html>gateway</html>");
        return true;
      };
      assert.isAbove(Number((await chainOn().now()).slot), 0);
      assert.lengthOf(node.calls, 3);
    });

    it("limits the rate is left alone for a while, then given up as unavailable", async () => {
      node.interfere = (_method, response) => {
        const error = { code: 429, message: "Too many requests" };
        response.writeHead(429).end(JSON.stringify({ jsonrpc: "2.0", id: 1, error }));
        return true;
      };
      const started = Date.now();
      const error = await failureOf(chainOn().now());
      assert.deepEqual([error.failure, error.code], ["rpc", "RpcUnavailable"]);
      assert.lengthOf(node.calls, 3);
      assert.isAtLeast(Date.now() - started, 375, "half of 250 and of 500 ms at the least");
    });

    it("is silent is not waited for", async () => {
      node.interfere = () => true;
      const error = await failureOf(chainOn({ timeoutMs: 50, retries: 0 }).now());
      assert.equal(error.failure, "rpc");
      assert.include(error.message, "no answer within 50 ms");
    });

    it("closes in the middle of an answer is asked again (K04)", async () => {
      let torn = true;
      node.interfere = (_method, response) => {
        if (!torn) return false;
        torn = false;
        response.writeHead(200, { "content-length": "1000" });
        response.write('{"jsonrpc":"2.0",');
        setImmediate(() => response.destroy());
        return true;
      };
      assert.isAbove(Number((await chainOn().now()).slot), 0);
    });

    it("is not there costs nobody a voucher", async () => {
      const keeper = await startOn(world, { chain: chainOn({ retries: 0 }) });
      try {
        const open = world.openBook();
        assert.equal((await keeper.post("/vouchers", world.lineVoucher(open, 0, 9n))).status, 202);
        node.interfere = (_method, response) => {
          response.destroy();
          return true;
        };
        assert.deepEqual(await keeper.runOnce(), {});
        assert.equal(keeper.failures[0]?.failure, "rpc");
        assert.equal((await keeper.get("/readyz")).status, 503);
        node.interfere = undefined;
        await keeper.runOnce({ tasks: ["settle-books"] });
        assert.equal(world.book(open.address).lines[0]?.vouched, 9n);
      } finally {
        await keeper.end();
      }
    });
  });

  describe("v1 transactions", () => {
    const v1 = { transactions: { version: "v1", resendMs: 50, pollMs: 10 } } as const;
    /** As a node answers that is older than the format. */
    const unreadable = (only: string): void => {
      node.interfere = (method, response) => {
        if (method !== only) return false;
        const type = "solana_transaction::versioned::VersionedTransaction";
        const message = `base64 encoded ${type} too large: 5000 bytes (max: encoded/raw 1644/1232)`;
        const error = { code: -32602, message };
        response.writeHead(200).end(JSON.stringify({ jsonrpc: "2.0", id: "1", error }));
        return true;
      };
    };
    const dense = (open: OpenBook) =>
      voucherToJson(
        world.voucher(open, { kind: "dense", start: 0, cumulative: open.payees.map(() => 7n) }),
      );

    it("carry what a v0 one cannot, and tell what they cost", async () => {
      const keeper = await startOn(world, { chain: chainOn(), config: v1 });
      try {
        const open = world.openBook({ lines: 150, payeeAccounts: false });
        assert.equal((await keeper.post("/vouchers", dense(open))).status, 202);
        const pass = await keeper.runOnce({ tasks: ["settle-books"] });
        assert.deepInclude(pass["settle-books"], { landed: 1, transactions: 1, failed: 0 });
        assert.isTrue(world.book(open.address).lines.every(({ vouched }) => vouched === 7n));
        const [event] = keeper.landed;
        assert.isAbove(event?.bytes ?? 0, 1_232);
        assert.equal(event?.costUnits, (event?.computeUnits ?? 0n) + 1_020n);
      } finally {
        await keeper.end();
      }
    });

    it("are refused at the start by a node that cannot read them; v0 is not", async () => {
      unreadable("simulateTransaction");
      const error = await failureOf(startOn(world, { chain: chainOn(), config: v1 }));
      assert.equal(error.code, "InvalidConfig");
      assert.match(error.message, /^transactions\.version: the node .* set it to v0/);
      assert.deepEqual(node.calls, ["simulateTransaction"]);
      const keeper = await startOn(world, { chain: chainOn() });
      await keeper.end();
      assert.lengthOf(node.calls, 1);
    });

    it("are not tried over and over where a node cannot read them later: no fee, no expiry", async () => {
      const keeper = await startOn(world, { chain: chainOn(), config: v1 });
      try {
        const open = world.openBook();
        await keeper.post("/vouchers", dense(open));
        unreadable("sendTransaction");
        const pass = await keeper.runOnce({ tasks: ["settle-books"] });
        assert.deepInclude(pass["settle-books"], { failed: 1, landed: 0 });
        const [failed] = keeper.failures;
        assert.deepInclude(failed, { failure: "config", code: "UnsupportedTransaction" });
        assert.isEmpty(await keeper.store.spends({ sinceMs: 0 }));
        node.interfere = undefined;
        await keeper.runOnce({ tasks: ["settle-books"] });
        assert.equal(world.book(open.address).lines[0]?.vouched, 7n);
      } finally {
        await keeper.end();
      }
    });
  });

  describe("errors of a transaction are read", () => {
    it("as JSON-RPC writes them", () => {
      assert.deepEqual(readTransactionError("AccountInUse"), {
        kind: "transaction",
        name: "AccountInUse",
      });
      assert.deepEqual(readTransactionError({ InstructionError: [3, { Custom: 6001 }] }), {
        kind: "instruction",
        index: 3,
        name: "Custom",
        code: 6001,
      });
      assert.deepEqual(readTransactionError({ InstructionError: [0, "InvalidAccountData"] }), {
        kind: "instruction",
        index: 0,
        name: "InvalidAccountData",
      });
      assert.deepEqual(readTransactionError({ InsufficientFundsForRent: { account_index: 0 } }), {
        kind: "transaction",
        name: "InsufficientFundsForRent",
      });
    });

    it("as preflight tells them", () => {
      const read = (message: string) =>
        readPreflightMessage(`Transaction simulation failed: ${message}`);
      assert.deepEqual(read("Error processing Instruction 2: custom program error: 0x1771"), {
        kind: "instruction",
        index: 2,
        name: "Custom",
        code: 6001,
      });
      assert.deepEqual(read("Blockhash not found"), {
        kind: "transaction",
        name: "BlockhashNotFound",
      });
      assert.deepEqual(read("Attempt to debit an account but found no record of a prior credit."), {
        kind: "transaction",
        name: "AccountNotFound",
      });
      assert.isUndefined(read("something that nobody has seen before"));
    });
  });

  it("asks for nothing at an address that is no node", async () => {
    const chain = rpcChain({
      url: "http://127.0.0.1:9",
      fallbackUrls: [],
      maxLagSlots: 50,
      commitment: "confirmed",
      timeoutMs: 500,
      retries: 0,
      preflight: true,
    });
    const error = await failureOf(chain.balance({ address: PublicKey.default }));
    assert.equal(error.failure, "rpc");
  });
});
