import { voucherToJson } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { StoreError } from "../src";
import { keepersOnWorlds } from "./support/keepers";

const HOUR_MS = 3_600_000;

describe("keeper / faults of the host and of single items", () => {
  const on = keepersOnWorlds();
  const { start, chainWith, vouched, claimed, payee, settle, claim, paid } = on;

  for (const { name, skewMs } of [
    { name: "an hour ahead", skewMs: HOUR_MS },
    { name: "an hour behind", skewMs: -HOUR_MS },
  ]) {
    it(`goes by the cluster's clock with a host's that is ${name}, then set back (K14)`, async () => {
      let nowMs = Number(on.world.localnet.clock().unixTimestamp) * 1_000 + skewMs;
      const keeper = await start({ options: { hostClock: () => nowMs } });
      const [open, closing] = [on.world.openBook(), on.world.openBook({ graceSeconds: 900 })];
      // Good for half an hour by the cluster's clock: an hour's skew would end it too soon.
      const signer = on.world.fundedKey();
      const expiresAt = on.world.localnet.clock().unixTimestamp + 1_800n;
      on.world.setVoucherSigner(open, { signer: signer.publicKey, expiresAt });
      const targets = { kind: "dense" as const, start: 0, cumulative: [100n] };
      for (const voucher of [
        on.world.voucher(open, targets, signer),
        on.world.voucher(closing, targets),
      ]) {
        const { status } = await keeper.post("/vouchers", voucherToJson(voucher));
        assert.equal(status, 202);
      }
      nowMs -= HOUR_MS;
      await keeper.runOnce();
      assert.deepEqual([open, closing].map(claimed), [[100n], [100n]]);
      on.world.closeLine(closing, 0);
      on.world.localnet.advance({ seconds: 899n });
      await keeper.runOnce({ tasks: ["close-expired"] });
      assert.isFalse(on.world.book(closing.address).lines[0]?.removed);
      on.world.localnet.advance({ seconds: 1n });
      await keeper.runOnce({ tasks: ["close-expired"] });
      assert.isTrue(on.world.book(closing.address).lines[0]?.removed);
      assert.isEmpty(keeper.failures);
    });
  }

  it("sends nothing while its disk is full, says so, and goes on when it is not (K18)", async () => {
    const keeper = await start();
    const open = on.world.openBook();
    await keeper.post("/vouchers", on.world.lineVoucher(open, 0, 100n));
    const { recordSpends, probe } = keeper.store;
    const full = () => Promise.reject(new StoreError("database or disk is full"));
    Object.assign(keeper.store, { recordSpends: full, probe: full });
    const pass = await settle(keeper);
    assert.deepInclude(pass["settle-books"], { landed: 0, failed: 1 });
    assert.deepInclude(keeper.failures[0], { failure: "store", code: "StoreUnavailable" });
    const ready = await keeper.get("/readyz");
    assert.equal(ready.status, 503);
    assert.deepInclude(ready.body.checks as object, {
      store: { ok: false, detail: "StoreUnavailable" },
    });
    assert.deepEqual([vouched(open), paid(keeper)], [[0n], 0n]);
    Object.assign(keeper.store, { recordSpends, probe });
    await settle(keeper);
    assert.deepEqual([vouched(open), paid(keeper)], [[100n], 10_000n]);
  });

  it("answers 503 beyond what it has room for, and takes it when there is room (K19)", async () => {
    const keeper = await start({ config: { intake: { queueLimit: 3 } } });
    const open = on.world.openBook({ lines: 5 });
    const { change } = keeper.store.tables.streams;
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    keeper.store.tables.streams.change = async (args) => {
      await held;
      await change(args);
    };
    const vouchers = open.payees.map((_, line) => on.world.lineVoucher(open, line, 7n));
    const answers = keeper.post("/vouchers/batch", vouchers);
    // Two of the five find no room: the other three wait for the store.
    release();
    const results = (await answers).body.results as { status: string; code?: string }[];
    assert.deepEqual(
      results.map(({ status, code = "" }) => `${status} ${code}`.trim()),
      ["accepted", "accepted", "accepted", "unavailable QueueFull", "unavailable QueueFull"],
    );
    const again = await keeper.post("/vouchers/batch", vouchers.slice(3));
    assert.deepEqual(
      (again.body.results as { status: string }[]).map(({ status }) => status),
      ["accepted", "accepted"],
    );
    await settle(keeper);
    assert.deepEqual(vouched(open), [7n, 7n, 7n, 7n, 7n]);
  });

  it("pays nineteen of twenty in the same pass where one is bad (K24)", async () => {
    let strike = (): void => {};
    const keeper = await start({
      chain: chainWith(({ latestBlockhash }) => ({
        latestBlockhash: (waiting) => {
          strike();
          strike = () => {};
          return latestBlockhash(waiting);
        },
      })),
    });
    const open = on.world.openBook({ lines: 20 });
    for (const line of open.payees.keys()) {
      await keeper.post("/vouchers", on.world.lineVoucher(open, line, 100n));
    }
    await settle(keeper);
    strike = () => on.world.freeze(payee(open, 13).publicKey);
    const pass = await claim(keeper);
    assert.deepInclude(pass["claim-due"], { due: 20, landed: 19, failed: 1 });
    assert.deepEqual(
      claimed(open),
      open.payees.map((_, line) => (line === 13 ? 0n : 100n)),
    );
    assert.lengthOf(keeper.failures, 1);
    assert.equal(keeper.failures[0]?.code, "AccountFrozen");
  });

  it("settles the newer voucher after the older one that was under way (K32)", async () => {
    let onSend = async (): Promise<void> => {};
    const keeper = await start({
      chain: chainWith(({ send }) => ({
        send: async (args) => {
          await onSend();
          await send(args);
        },
      })),
    });
    const open = on.world.openBook();
    await keeper.post("/vouchers", on.world.lineVoucher(open, 0, 100n));
    onSend = async () => {
      onSend = async () => {};
      const { status } = await keeper.post("/vouchers", on.world.lineVoucher(open, 0, 250n));
      assert.equal(status, 202);
    };
    await settle(keeper);
    assert.deepEqual(vouched(open), [100n]);
    await settle(keeper);
    assert.deepEqual(vouched(open), [250n]);
    await settle(keeper);
    assert.isEmpty(await keeper.store.tables.streams.vouchers());
    assert.equal(paid(keeper), 20_000n);
  });

  for (const zone of ["Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns"]) {
    it(`does the same in the time zone ${zone} (K43)`, async () => {
      const before = process.env.TZ;
      process.env.TZ = zone;
      try {
        // The night in which clocks go back there, or near it: the hour of the fee cap stays an hour.
        let nowMs = Date.UTC(2026, 3, 4, 14, 30);
        const keeper = await start({
          config: { limits: { maxFeeLamportsPerHour: 10_000, deadlinePercent: 0 } },
          options: { hostClock: () => nowMs },
        });
        const books = [1, 2].map((id) => on.world.openBook({ id }));
        for (const open of books) {
          nowMs += 1;
          await keeper.post("/vouchers", on.world.lineVoucher(open, 0, 100n));
        }
        await settle(keeper);
        nowMs += HOUR_MS;
        await settle(keeper);
        assert.deepEqual(books.map(vouched), [[100n], [0n]]);
        nowMs += 1;
        await settle(keeper);
        assert.deepEqual(books.map(vouched), [[100n], [100n]]);
      } finally {
        if (before === undefined) delete process.env.TZ;
        else process.env.TZ = before;
      }
    });
  }
});
