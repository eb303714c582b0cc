import { voucherToJson } from "@pinfi/sdk/streams";
import { assert } from "chai";
import type { Chain } from "../src";
import { changedChain, type Running, startOn } from "./support/running";
import { createWorld, type OpenBook, type World } from "./support/world";

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
  const chainWith = (replace: (original: Chain) => Partial<Chain>): Chain =>
    changedChain(world, replace);
  const vouched = (open: OpenBook) => world.book(open.address).lines.map((line) => line.vouched);
  const claimed = (open: OpenBook) => world.book(open.address).lines.map((line) => line.claimed);

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
      replace = () => world.forgeVoucherSigner(second as NonNullable<typeof second>);
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
      const [damaged, ...sound] = await keeper.store.tables.streams.vouchers();
      await keeper.store.tables.streams.change({ insert: [], remove: [damaged?.signature ?? ""] });
      const json = JSON.parse(damaged?.voucher ?? "");
      json.signature = JSON.parse(sound[0]?.voucher ?? "").signature;
      const forged = { ...(damaged as NonNullable<typeof damaged>), voucher: JSON.stringify(json) };
      await keeper.store.tables.streams.change({ insert: [forged], remove: [] });
      await keeper.end();
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

  it("remembers across a restart what waits, and how often it has failed (K23)", async () => {
    let nowMs = Date.now();
    const options = { hostClock: () => nowMs };
    let freeze = (): void => {};
    const chain = chainWith(({ latestBlockhash }) => ({
      latestBlockhash: (waiting) => {
        freeze();
        return latestBlockhash(waiting);
      },
    }));
    const keeper = await start({ options, chain });
    const [open] = await settledBooks(keeper);
    const of = open as NonNullable<typeof open>;
    const [payee] = of.payees as [NonNullable<(typeof of.payees)[0]>];
    const freezeOnce = (): void => {
      world.freeze(payee.publicKey);
      freeze = () => {};
    };
    freeze = freezeOnce;
    const first = await keeper.runOnce({ tasks: ["claim-due"] });
    assert.deepInclude(first["claim-due"], { landed: 2, failed: 1 });
    const key = `${of.address.toBase58()} 0`;
    const stored = { task: "claim-due", key, reason: "AccountFrozen" };
    assert.deepEqual(await keeper.store.quarantine(), [
      { ...stored, failures: 1, untilMs: nowMs + 30_000 },
    ]);
    world.thaw(payee.publicKey);
    await keeper.end();

    const next = await start({ options, chain, storeUrl: keeper.storeUrl });
    const soon = await next.runOnce({ tasks: ["claim-due"] });
    assert.deepInclude(soon["claim-due"], { due: 0, skipped: 1 });
    nowMs += 30_001;
    freeze = freezeOnce;
    const again = await next.runOnce({ tasks: ["claim-due"] });
    assert.deepInclude(again["claim-due"], { landed: 0, failed: 1 });
    assert.deepEqual(await next.store.quarantine(), [
      { ...stored, failures: 2, untilMs: nowMs + 60_000 },
    ]);
    world.thaw(payee.publicKey);
    nowMs += 60_001;
    const last = await next.runOnce({ tasks: ["claim-due"] });
    assert.deepInclude(last["claim-due"], { landed: 1, failed: 0 });
    assert.deepEqual(claimed(of), [100n]);
    assert.deepEqual(await next.store.quarantine(), []);
  });

  it("settles what the cap still bears after a rival's settlement, the rest when it is raised", async () => {
    const [keeper, rival] = [await start(), await start()];
    const open = world.openBook({ lines: 3 });
    const signer = world.fundedKey();
    const limit = (cap: bigint) => world.setVoucherSigner(open, { signer: signer.publicKey, cap });
    const post = async (to: Running, line: number, cumulative: bigint) => {
      const entries = [{ line, cumulative }];
      const voucher = world.voucher(open, { kind: "sparse", entries }, signer);
      assert.equal((await to.post("/vouchers", voucherToJson(voucher))).status, 202);
    };
    limit(100n);
    await post(keeper, 0, 5n);
    await post(keeper, 2, 40n);
    await post(rival, 1, 90n);
    await rival.runOnce({ tasks: ["settle-books"] });
    const pass = await keeper.runOnce({ tasks: ["settle-books"] });
    assert.deepInclude(pass["settle-books"], { landed: 1, skipped: 1, failed: 0 });
    assert.deepEqual(vouched(open), [5n, 90n, 0n]);
    limit(135n);
    await keeper.runOnce({ tasks: ["settle-books"] });
    assert.deepEqual(vouched(open), [5n, 90n, 40n]);
    assert.deepEqual([...keeper.failures, ...rival.failures], []);
  });

  it("counts a claim that somebody else made first as settled, not as failed (K25)", async () => {
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
});
