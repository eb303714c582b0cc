import { voucherToJson } from "@pinfi/sdk";
import { assert } from "chai";
import { type Chain, inProcessChain, RpcError } from "../src";
import { type Running, startOn } from "./support/running";
import { createWorld, type World } from "./support/world";

const quick = { resendMs: 20, pollMs: 5 };

describe("keeper / delivery", () => {
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
  /** The world's chain with some methods replaced; each gets the original. */
  const chainWith = (replace: (original: Chain) => Partial<Chain>): Chain => {
    const original = inProcessChain({ localnet: world.localnet });
    return { ...original, ...replace(original) };
  };
  const vouched = (open: { address: Parameters<World["book"]>[0] }) =>
    world.book(open.address).lines.map((line) => line.vouched);
  const claimed = (open: { address: Parameters<World["book"]>[0] }) =>
    world.book(open.address).lines.map((line) => line.claimed);

  /** Three books with a voucher each, settled; only the claims are still to do. */
  const settledBooks = async (keeper: Running, payeeAccounts = true) => {
    const books = [1, 2, 3].map(() => world.openBook({ payeeAccounts }));
    for (const open of books) await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    await keeper.runOnce({ tasks: ["settle-books"] });
    keeper.landed.length = 0;
    return books;
  };

  describe("leaves out, with a reason, and pays the rest", () => {
    it("a payee without a token account, until it has one", async () => {
      const keeper = await start();
      const books = await settledBooks(keeper, false);
      const [first, ...others] = books;
      for (const { payees } of others)
        for (const payee of payees) world.createTokenAccount(payee.publicKey);
      const pass = await keeper.runOnce({ tasks: ["claim-due"] });
      assert.deepInclude(pass["claim-due"], { landed: 2, skipped: 1, failed: 0 });
      const metrics = await (await fetch(`${keeper.operationsUrl}/metrics`)).text();
      assert.include(metrics, '{task="claim-due",reason="TokenAccountMissing"} 1');
      for (const payee of first?.payees ?? []) world.createTokenAccount(payee.publicKey);
      await keeper.runOnce({ tasks: ["claim-due"] });
      assert.deepEqual(books.flatMap(claimed), [100n, 100n, 100n]);
    });

    it("a payee whose account is frozen", async () => {
      const keeper = await start();
      const books = await settledBooks(keeper);
      for (const payee of books[1]?.payees ?? []) world.freeze(payee.publicKey);
      const pass = await keeper.runOnce({ tasks: ["claim-due"] });
      assert.deepInclude(pass["claim-due"], { landed: 2, skipped: 1, failed: 0 });
      assert.deepEqual(books.flatMap(claimed), [100n, 0n, 100n]);
    });
  });

  describe("isolates what fails on chain", () => {
    it("a claim whose account is frozen after it was looked at: the others land", async () => {
      let freeze = (): void => {};
      const keeper = await start({
        chain: chainWith(({ latestBlockhash }) => ({
          latestBlockhash: (waiting) => {
            freeze();
            freeze = () => {};
            return latestBlockhash(waiting);
          },
        })),
      });
      const books = await settledBooks(keeper);
      const [poison] = books[1]?.payees ?? [];
      freeze = () => world.freeze((poison as NonNullable<typeof poison>).publicKey);
      const pass = await keeper.runOnce({ tasks: ["claim-due"] });
      assert.deepInclude(pass["claim-due"], { landed: 2, failed: 1 });
      assert.deepEqual(books.flatMap(claimed), [100n, 0n, 100n]);
      const [failure] = keeper.failures;
      assert.deepInclude(failure, { task: "claim-due", failure: "program", code: "AccountFrozen" });
    });

    it("a voucher whose signer is replaced in between: the other books are settled", async () => {
      let replace = (): void => {};
      const keeper = await start({
        chain: chainWith(({ latestBlockhash }) => ({
          latestBlockhash: (waiting) => {
            replace();
            replace = () => {};
            return latestBlockhash(waiting);
          },
        })),
      });
      const books = [1, 2, 3].map(() => world.openBook());
      for (const open of books) await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      const [, second] = books;
      replace = () =>
        world.setVoucherSigner(second as NonNullable<typeof second>, {
          signer: world.fundedKey().publicKey,
        });
      const pass = await keeper.runOnce({ tasks: ["settle-books"] });
      assert.deepInclude(pass["settle-books"], { landed: 2, failed: 1 });
      assert.deepEqual(books.flatMap(vouched), [100n, 0n, 100n]);
      assert.equal(keeper.failures[0]?.code, "WrongVoucherSigner");
    });

    it("by halves where the runtime blames nobody: a signature that the cluster refuses", async () => {
      const keeper = await start();
      const books = [1, 2, 3, 4].map(() => world.openBook());
      for (const open of books) await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      // A damaged record, as if the store had lied: found out by the ed25519 program only.
      const [damaged, ...sound] = await keeper.store.vouchers();
      await keeper.store.change({ insert: [], remove: [damaged?.signature ?? ""] });
      const json = JSON.parse(damaged?.voucher ?? "");
      json.signature = JSON.parse(sound[0]?.voucher ?? "").signature;
      const forged = { ...(damaged as NonNullable<typeof damaged>), voucher: JSON.stringify(json) };
      await keeper.store.change({ insert: [forged], remove: [] });
      const next = await start({ storeUrl: keeper.storeUrl });
      const pass = await next.runOnce({ tasks: ["settle-books"] });
      assert.deepInclude(pass["settle-books"], { landed: 3, failed: 1 });
      assert.deepEqual(books.flatMap(vouched), [0n, 100n, 100n, 100n]);
    });

    it("and does not try it again at once", async () => {
      let nowMs = Date.now();
      let freeze = (): void => {};
      const keeper = await start({
        options: { hostClock: () => nowMs },
        chain: chainWith(({ latestBlockhash }) => ({
          latestBlockhash: (waiting) => {
            freeze();
            return latestBlockhash(waiting);
          },
        })),
      });
      const [open] = await settledBooks(keeper);
      const of = open as NonNullable<typeof open>;
      const [payee] = of.payees;
      freeze = () => {
        world.freeze((payee as NonNullable<typeof payee>).publicKey);
        freeze = () => {};
      };
      await keeper.runOnce({ tasks: ["claim-due"] });
      world.thaw((payee as NonNullable<typeof payee>).publicKey);
      const soon = await keeper.runOnce({ tasks: ["claim-due"] });
      assert.deepInclude(soon["claim-due"], { due: 0, skipped: 1 });
      nowMs += 30_001;
      const later = await keeper.runOnce({ tasks: ["claim-due"] });
      assert.deepInclude(later["claim-due"], { due: 1, landed: 1 });
      assert.deepEqual(claimed(of), [100n]);
    });
  });

  it("counts a claim that somebody else made first as settled, not as failed", async () => {
    const rival = await start();
    let race: (() => Promise<unknown>) | undefined;
    const keeper = await start({
      chain: chainWith(({ latestBlockhash }) => ({
        latestBlockhash: async (waiting) => {
          const run = race;
          race = undefined;
          await run?.();
          return latestBlockhash(waiting);
        },
      })),
    });
    const books = await settledBooks(keeper);
    race = () => rival.runOnce({ tasks: ["claim-due"] });
    const pass = await keeper.runOnce({ tasks: ["claim-due"] });
    assert.deepInclude(pass["claim-due"], { settled: 3, failed: 0, landed: 0 });
    assert.deepEqual(books.flatMap(claimed), [100n, 100n, 100n]);
    assert.isEmpty(keeper.failures);
  });

  describe("spends no more than it may", () => {
    it("on one item", async () => {
      const keeper = await start({ config: { tasks: { settleBooks: { maxFeeLamports: 9_999 } } } });
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      const pass = await keeper.runOnce({ tasks: ["settle-books"] });
      assert.deepInclude(pass["settle-books"], { refused: 1, landed: 0 });
      assert.deepEqual(vouched(open), [0n]);
    });

    it("in an hour, also after a restart", async () => {
      const config = { limits: { maxFeeLamportsPerHour: 10_000 } };
      const keeper = await start({ config });
      const [first, second] = [world.openBook(), world.openBook()];
      await keeper.post("/vouchers", world.lineVoucher(first, 0, 100n));
      await keeper.runOnce({ tasks: ["settle-books"] });
      await keeper.post("/vouchers", world.lineVoucher(second, 0, 100n));
      await keeper.runOnce({ tasks: ["settle-books"] });
      const next = await start({ config, storeUrl: keeper.storeUrl });
      const pass = await next.runOnce({ tasks: ["settle-books"] });
      assert.deepInclude(pass["settle-books"], { refused: 1, landed: 0 });
      assert.deepEqual([vouched(first), vouched(second)], [[100n], [0n]]);
    });

    it("below its minimum balance", async () => {
      const keeper = await start({ config: { payer: { minBalanceLamports: 10_000_000_001 } } });
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      assert.deepEqual(await keeper.runOnce(), {});
      assert.equal(keeper.failures[0]?.code, "InsufficientFunds");
      const ready = await keeper.get("/readyz");
      assert.equal(ready.status, 503);
      assert.deepInclude(ready.body.checks as object, {
        funds: { ok: false, detail: "10000000000 lamports" },
      });
    });
  });

  it("sends nothing in a dry run", async () => {
    const keeper = await start({ options: { dryRun: true } });
    const open = world.openBook();
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    const pass = await keeper.runOnce();
    assert.deepInclude(pass["settle-books"], { due: 1, planned: 1, landed: 0, transactions: 0 });
    assert.deepEqual(vouched(open), [0n]);
    assert.equal(world.localnet.balance(keeper.payer.publicKey), 10_000_000_000n);
  });

  describe("a transaction that does not land", () => {
    it("is signed anew only after its blockhash is past, and books its fee once", async () => {
      const sentAt: bigint[] = [];
      const keeper = await start({
        config: { transactions: quick },
        chain: chainWith(({ send, latestBlockhash }) => ({
          latestBlockhash,
          send: async (args) => {
            const { slot } = world.localnet.clock();
            sentAt.push(slot);
            // Lost on the way until the first blockhash is past.
            if (sentAt.length < 3) return;
            if (sentAt.length === 3) world.localnet.advance({ slots: 151n });
            else await send(args);
          },
        })),
      });
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      await keeper.runOnce({ tasks: ["settle-books"] });
      assert.deepEqual(vouched(open), [100n]);
      assert.lengthOf(keeper.landed, 1);
      assert.lengthOf(await keeper.store.spends({ sinceMs: 0 }), 1);
    });

    it("is given up after the allowed signatures, costs nothing, and is found due again", async () => {
      let lose = true;
      const keeper = await start({
        config: { transactions: { ...quick, resigns: 1 } },
        chain: chainWith(({ send }) => ({
          send: async (args) => {
            if (lose) world.localnet.advance({ slots: 151n });
            else await send(args);
          },
        })),
      });
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      const pass = await keeper.runOnce({ tasks: ["settle-books"] });
      assert.deepInclude(pass["settle-books"], { failed: 1, landed: 0 });
      assert.equal(keeper.failures[0]?.failure, "expired");
      assert.isEmpty(await keeper.store.spends({ sinceMs: 0 }));
      lose = false;
      await keeper.runOnce({ tasks: ["settle-books"] });
      assert.deepEqual(vouched(open), [100n]);
    });

    it("is found landed when the node took it and then fell silent", async () => {
      const keeper = await start({
        config: { transactions: quick },
        chain: chainWith(({ send }) => ({
          send: async (args) => {
            await send(args);
            throw new RpcError("the answer was lost");
          },
        })),
      });
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      await keeper.runOnce({ tasks: ["settle-books"] });
      assert.lengthOf(keeper.landed, 1);
      assert.deepEqual(vouched(open), [100n]);
    });
  });

  it("keeps its vouchers when a node says that there is no such book", async () => {
    let blind = true;
    const keeper = await start({
      chain: chainWith(({ accounts }) => ({
        accounts: async (args) => (blind ? args.addresses.map(() => null) : accounts(args)),
      })),
    });
    const open = world.openBook();
    blind = false;
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    blind = true;
    const pass = await keeper.runOnce({ tasks: ["settle-books"] });
    assert.deepInclude(pass["settle-books"], { due: 0, skipped: 1 });
    blind = false;
    await keeper.runOnce({ tasks: ["settle-books"] });
    assert.deepEqual(vouched(open), [100n]);
  });

  it("keeps a settled voucher until its settlement is final", async () => {
    let finalized: Awaited<ReturnType<Chain["accounts"]>> | undefined;
    const keeper = await start({
      chain: chainWith(({ accounts }) => ({
        accounts: async (args) =>
          args.level === "finalized" && finalized ? finalized : accounts(args),
      })),
    });
    const open = world.openBook();
    const account = world.localnet.account(open.address);
    if (account === null) throw new Error("the book is not there");
    finalized = [{ address: open.address, owner: account.owner, lamports: 1n, data: account.data }];
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    await keeper.runOnce({ tasks: ["settle-books"] });
    await keeper.runOnce({ tasks: ["settle-books"] });
    assert.lengthOf(await keeper.store.vouchers(), 1);
    finalized = undefined;
    await keeper.runOnce({ tasks: ["settle-books"] });
    assert.isEmpty(await keeper.store.vouchers());
  });

  describe("when it stops", () => {
    it("waits for what is under way, takes no more, and says so", async () => {
      let release = (): void => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      let began = (): void => {};
      const sending = new Promise<void>((resolve) => {
        began = resolve;
      });
      const keeper = await start({
        chain: chainWith(({ send }) => ({
          send: async (args) => {
            began();
            await held;
            await send(args);
          },
        })),
      });
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
      const pass = keeper.runOnce({ tasks: ["settle-books"] });
      await sending;
      const stopping = keeper.stop();
      const late = await keeper.post("/vouchers", world.lineVoucher(open, 0, 200n));
      assert.deepEqual([late.status, late.body.code], [503, "Stopping"]);
      release();
      await stopping;
      assert.deepInclude((await pass)["settle-books"], { landed: 1 });
      assert.deepEqual(vouched(open), [100n]);
      await keeper.stopped;
    });

    it("does not wait longer than it is told to", async () => {
      const keeper = await start({
        config: { operations: { drainSeconds: 0 }, transactions: quick },
        chain: chainWith(() => ({ send: async () => {} })),
      });
      const open = world.openBook();
      await keeper.post(
        "/vouchers",
        voucherToJson(world.voucher(open, { kind: "dense", start: 0, cumulative: [5n] })),
      );
      const pass = keeper.runOnce({ tasks: ["settle-books"] });
      await new Promise((resolve) => setTimeout(resolve, 30));
      await keeper.stop();
      await pass;
      assert.isEmpty(keeper.landed);
      assert.lengthOf(await keeper.store.spends({ sinceMs: 0 }), 1, "it may still land");
    });
  });
});
