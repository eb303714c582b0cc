import { policyAddress, voucherToJson } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { type Running, startOn } from "./support/running";
import { createWorld, type World } from "./support/world";

/** Protocol fee of the world's mint policy: 1 %. */
const net = (gross: bigint): bigint => gross - (gross + 99n) / 100n;

describe("keeper / journey", () => {
  let world: World;
  let keeper: Running;

  beforeEach(async () => {
    world = createWorld();
    keeper = await startOn(world);
  });

  afterEach(() => keeper.end());

  const sent = () => keeper.landed.length;

  it("settles, claims and closes, and then has nothing left to do", async () => {
    const open = world.openBook({ lines: 2, depositPerLine: 1_000n });
    const [first, second] = open.payees.map(({ publicKey }) => publicKey);
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 300n));
    await keeper.post("/vouchers", world.lineVoucher(open, 1, 4_000n));

    const pass = await keeper.runOnce();
    assert.deepInclude(pass["settle-books"], { due: 2, landed: 2, transactions: 1, failed: 0 });
    assert.deepInclude(pass["claim-due"], { due: 2, landed: 2, transactions: 1, failed: 0 });
    const lines = world.book(open.address).lines;
    assert.deepEqual(
      lines.map(({ vouched, claimed }) => [vouched, claimed]),
      [
        [300n, 300n],
        [4_000n, 1_000n],
      ],
    );
    assert.equal(world.balance(first as NonNullable<typeof first>), net(300n));
    assert.equal(world.balance(second as NonNullable<typeof second>), net(1_000n));

    world.closeLine(open, 0);
    await keeper.runOnce();
    assert.equal(sent(), 2, "nothing is due while the grace lasts");
    world.localnet.advance({ seconds: 900n });
    const closing = await keeper.runOnce();
    assert.deepInclude(closing["close-expired"], { due: 1, landed: 1 });
    const book = world.book(open.address);
    assert.isTrue(book.lines[0]?.removed);
    assert.equal(book.free, 701n, "what was not earned, and the unit that was never bound");
    assert.equal(book.free + book.committed + book.feesAccrued, 701n + 0n + 13n);

    await keeper.runOnce();
    assert.equal(sent(), 3);
    assert.deepEqual(await keeper.store.tables.streams.vouchers(), []);
    assert.deepEqual(keeper.failures, []);
  });

  it("tells of each landed transaction what it did and what it cost", async () => {
    const books = [world.openBook({ lines: 3 }), world.openBook({ lines: 2 })];
    for (const open of books) {
      const cumulative = open.payees.map(() => 5n);
      const voucher = world.voucher(open, { kind: "dense", start: 0, cumulative });
      await keeper.post("/vouchers", voucherToJson(voucher));
    }
    const before = world.localnet.balance(keeper.payer.publicKey);
    await keeper.runOnce({ tasks: ["settle-books"] });
    const [event, ...others] = keeper.landed;
    assert.isEmpty(others);
    assert.sameDeepMembers(event?.accounts ?? [], [
      { address: books[0]?.address.toBase58() ?? "", changes: 3 },
      { address: books[1]?.address.toBase58() ?? "", changes: 2 },
    ]);
    assert.equal(event?.feeLamports, 15_000n, "one signature and two vouchers");
    assert.equal(before - world.localnet.balance(keeper.payer.publicKey), 15_000n);
    assert.lengthOf(event?.latenciesMs ?? [], 2);
    assert.isAbove(Number(event?.computeUnits), 0);
    // One signature, two vouchers, three writable accounts: the fixed part of the cost alone.
    assert.isAbove(Number(event?.costUnits), Number(event?.computeUnits) + 720 + 4_800 + 900);
    const metrics = await (await fetch(`${keeper.operationsUrl}/metrics`)).text();
    assert.include(metrics, 'pinfi_keeper_fee_lamports_total{task="settle-books"} 15000');
    assert.include(metrics, "pinfi_keeper_settled_targets_total 5");
  });

  it("settles hundreds of targets in one v1 transaction", async () => {
    const large = await startOn(world, { config: { transactions: { version: "v1" } } });
    try {
      const open = world.openBook({ lines: 400, depositPerLine: 10n, payeeAccounts: false });
      const cumulative = open.payees.map(() => 7n);
      const voucher = world.voucher(open, { kind: "dense", start: 0, cumulative });
      const answer = await large.post("/vouchers", voucherToJson(voucher));
      assert.equal(answer.status, 202);
      await large.runOnce({ tasks: ["settle-books"] });
      assert.deepEqual(large.failures, []);
      assert.equal(large.landed[0]?.accounts[0]?.changes, 400);
      assert.isTrue(world.book(open.address).lines.every(({ vouched }) => vouched === 7n));
    } finally {
      await large.end();
    }
  });

  describe("pays nothing twice", () => {
    it("after a restart on its store", async () => {
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 300n));
      await keeper.runOnce();
      await keeper.end();
      keeper = await startOn(world, { storeUrl: keeper.storeUrl, payer: keeper.payer });
      await keeper.runOnce();
      assert.isEmpty(keeper.landed);
    });

    it("with a deleted store and the old vouchers posted anew (K17)", async () => {
      const open = world.openBook();
      const voucher = world.lineVoucher(open, 0, 300n);
      await keeper.post("/vouchers", voucher);
      await keeper.runOnce();
      const fresh = await startOn(world);
      try {
        const { body } = await fresh.post("/vouchers", voucher);
        assert.equal(body.status, "superseded");
        await fresh.runOnce();
        assert.isEmpty(fresh.landed);
        assert.equal(world.book(open.address).lines[0]?.claimed, 300n);
      } finally {
        await fresh.end();
      }
    });

    it("with an older store put back (K17)", async () => {
      const open = world.openBook();
      await keeper.post("/vouchers", world.lineVoucher(open, 0, 300n));
      const kept = await keeper.store.tables.streams.vouchers();
      await keeper.runOnce();
      await keeper.store.tables.streams.change({ insert: kept, remove: [] });
      await keeper.end();
      keeper = await startOn(world, { storeUrl: keeper.storeUrl });
      await keeper.runOnce();
      assert.isEmpty(keeper.landed);
      assert.deepEqual(await keeper.store.tables.streams.vouchers(), []);
    });

    it("with two keepers at once (K08)", async () => {
      const open = world.openBook();
      const other = await startOn(world);
      try {
        await keeper.post("/vouchers", world.lineVoucher(open, 0, 300n));
        await other.post("/vouchers", world.lineVoucher(open, 0, 300n));
        await Promise.all([keeper.runOnce(), other.runOnce()]);
        const [line] = world.book(open.address).lines;
        assert.deepEqual([line?.vouched, line?.claimed], [300n, 300n]);
        assert.equal(world.balance(line?.payee as NonNullable<typeof line>["payee"]), net(300n));
        assert.deepEqual([...keeper.failures, ...other.failures], []);
      } finally {
        await other.end();
      }
    });
  });

  it("settles a voucher after a restart that came before its settlement", async () => {
    const open = world.openBook();
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 300n));
    await keeper.end();
    keeper = await startOn(world, { storeUrl: keeper.storeUrl });
    await keeper.runOnce({ tasks: ["settle-books"] });
    assert.equal(world.book(open.address).lines[0]?.vouched, 300n);
  });

  it("settles what a replaced signer had signed before the change, posted before or after (W03)", async () => {
    const open = world.openBook({ lines: 2 });
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 300n));
    const late = world.lineVoucher(open, 0, 400n);
    const signer = world.fundedKey();
    world.setVoucherSigner(open, { signer: signer.publicKey });
    const targets = { kind: "sparse" as const, entries: [{ line: 1, cumulative: 20n }] };
    const taken = await keeper.post(
      "/vouchers",
      voucherToJson(world.voucher(open, targets, signer)),
    );
    assert.equal(taken.status, 202);
    assert.equal((await keeper.post("/vouchers", late)).status, 202);
    await keeper.runOnce({ tasks: ["settle-books"] });
    assert.deepEqual(
      world.book(open.address).lines.map(({ vouched }) => vouched),
      [400n, 20n],
    );
    await keeper.runOnce({ tasks: ["settle-books"] });
    assert.deepEqual(await keeper.store.tables.streams.vouchers(), []);
    assert.deepEqual(keeper.failures, []);
  });

  it("forgets what a replaced signer had signed an hour after it is worth nothing", async () => {
    let nowMs = Date.now();
    await keeper.end();
    keeper = await startOn(world, { options: { hostClock: () => nowMs } });
    const open = world.openBook();
    await keeper.post("/vouchers", world.lineVoucher(open, 0, 300n));
    world.forgeVoucherSigner(open);
    await keeper.runOnce({ tasks: ["settle-books"] });
    assert.lengthOf(
      await keeper.store.tables.streams.vouchers(),
      1,
      "a lagging node may have said so",
    );
    nowMs += 3_600_001;
    await keeper.runOnce({ tasks: ["settle-books"] });
    assert.deepEqual(await keeper.store.tables.streams.vouchers(), []);
    assert.isEmpty(keeper.landed);
  });

  it("collects fees where it is told to", async () => {
    const collecting = await startOn(world, {
      config: { tasks: { collectFees: { enabled: true, minAmount: 1 } } },
    });
    try {
      const open = world.openBook({ depositPerLine: 1_000n });
      await collecting.post("/vouchers", world.lineVoucher(open, 0, 1_000n));
      await collecting.runOnce();
      const { feesAccrued, feesCollected } = world.book(open.address);
      assert.deepEqual([feesAccrued, feesCollected], [10n, 10n]);
      assert.equal(world.balance(world.authority.publicKey), 10n);
    } finally {
      await collecting.end();
    }
  });

  it("W15c leaves fees while the treasury is frozen, or brings them to the escrow if there is one (C12)", async () => {
    const collecting = await startOn(world, {
      config: { tasks: { collectFees: { enabled: true, minAmount: 1 } } },
    });
    try {
      const open = world.openBook({ depositPerLine: 1_000n });
      world.freeze(world.authority.publicKey);
      await collecting.post("/vouchers", world.lineVoucher(open, 0, 1_000n));
      await collecting.runOnce();
      assert.equal(world.book(open.address).feesCollected, 0n);

      const owner = policyAddress({ mint: world.mint });
      world.createTokenAccount(owner);
      await collecting.runOnce({ tasks: ["collect-fees"] });
      const { feesAccrued, feesCollected } = world.book(open.address);
      assert.deepEqual([feesAccrued, feesCollected], [10n, 10n]);
      assert.equal(world.balance(owner), 10n);

      // Once the treasury can receive again, they are sent on.
      await collecting.runOnce({ tasks: ["collect-fees"] });
      assert.equal(world.balance(owner), 10n);
      world.thaw(world.authority.publicKey);
      await collecting.runOnce({ tasks: ["collect-fees"] });
      assert.equal(world.balance(owner), 0n);
      assert.equal(world.balance(world.authority.publicKey), 10n);
      assert.deepEqual(collecting.failures, []);
    } finally {
      await collecting.end();
    }
  });
});
