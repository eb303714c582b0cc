import { LINE_LENGTH, settleMany, type Targets } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeCurrent, describeSigned, describeWorlds } from "../../harness/describe";
import { mintTo, supplyOf } from "../../harness/tokens";
import { assertConserved } from "../conservation";
import { KEYS } from "../keys";
import { DEPOSIT, GRACE, PAYER_TOKENS, type Scenario, startScenario } from "../scenario";

const MAX = 2n ** 64n - 1n;
const YEAR = 365n * 86_400n;
const HEADER = 376;
/** Offsets in a line. */
const LINE = { deposit: 32, rate: 48, accrued: 56, accruedAt: 64 };

/** Overwrites fields of line 0, past every rule. */
async function patchLine({ world, book }: Scenario, patch: (line: Buffer) => void): Promise<void> {
  const account = (await world.account(book)) ?? assert.fail("the book is not open");
  patch(account.data.subarray(HEADER, HEADER + LINE_LENGTH));
  world.setAccount(book, account);
}

describeWorlds("streams / time that has not come, or runs back (B02)", (start) => {
  it("earns nothing until the line's own time is reached, then by the second", async () => {
    const streams = await startScenario(start);
    await streams.addLine({ deposit: 1_000n, rate: 5n });
    const ahead = (await streams.now()) + 60n;
    await patchLine(streams, (line) => line.writeBigInt64LE(ahead, LINE.accruedAt));
    await assertRefused(streams.claim(), "NothingToClaim");
    await streams.setRate({ rate: 5n });
    assert.equal((await streams.line()).accruedAt, ahead, "time does not run back in an account");
    await streams.advance({ seconds: 60n });
    await assertRefused(streams.claim(), "NothingToClaim");
    await streams.advance({ seconds: 1n });
    await streams.claim();
    assert.equal(await streams.balance(streams.payeeTokens), 5n);
  });

  it("earns the deposit and no more over a span of time beyond 63 bits", async () => {
    const streams = await startScenario(start);
    await streams.addLine({ deposit: 1_000n, rate: 1n });
    await patchLine(streams, (line) => line.writeBigInt64LE(-(2n ** 63n), LINE.accruedAt));
    await streams.claim();
    assert.equal(await streams.balance(streams.payeeTokens), 1_000n);
    await assertConserved(streams, 0n);
  });
});

describeSigned("streams / a voucher for a total of nothing (B03)", (start) => {
  it("is accepted, and leaves the book as it was", async () => {
    const streams = await startScenario(start);
    const { world, book } = streams;
    await streams.addLine();
    const before = await world.account(book);
    const nothing: Targets[] = [
      { kind: "dense", start: 0, cumulative: [0n] },
      { kind: "sparse", entries: [{ line: 0, cumulative: 0n }] },
    ];
    for (const targets of nothing) {
      await streams.settle({ targets });
      await streams.settle({ targets, twin: true });
      await streams.send([
        settleMany({ vouchers: [(await streams.voucher({ targets })).voucher] }),
      ]);
    }
    assert.deepEqual(await world.account(book), before);
    await assertRefused(streams.claim(), "NothingToClaim");
    await streams.settle();
    await streams.claim();
    assert.equal(await streams.balance(streams.payeeTokens), 300n);
  });
});

// One machine is enough for arithmetic, and this asks for many worlds.
describeCurrent("streams / what a rate earns, against another formula (B17)", (start) => {
  const deposits = [1n, 999n, 10n ** 12n + 7n, 2n ** 63n, MAX];
  const durations = [1n, 86_399n, YEAR, 10n * YEAR];
  const rates = (deposit: bigint, seconds: bigint) =>
    [1n, deposit / seconds, deposit / seconds + 1n, deposit, MAX].filter(
      (rate) => rate > 0n && rate <= MAX,
    );

  /** The product itself, in integers without end; the program never forms it. */
  const earned = (deposit: bigint, rate: bigint, seconds: bigint): bigint =>
    rate * seconds < deposit ? rate * seconds : deposit;

  for (const deposit of deposits) {
    it(`is exact, never falls and ends at the whole deposit of ${deposit}`, async () => {
      const streams = await startScenario(start);
      await streams.addLine({ deposit: 0n });
      const now = await streams.now();
      for (const duration of durations) {
        for (const rate of rates(deposit, duration)) {
          const dry = deposit / rate;
          const edges = [0n, 1n, duration - 1n, duration, duration + 1n, dry - 1n, dry, dry + 1n];
          let last = 0n;
          const spans = edges.filter((span) => span >= 0n && span < 2n ** 62n);
          for (const span of spans.sort((a, b) => (a < b ? -1 : 1))) {
            await patchLine(streams, (line) => {
              line.writeBigUInt64LE(deposit, LINE.deposit);
              line.writeBigUInt64LE(rate, LINE.rate);
              line.writeBigUInt64LE(0n, LINE.accrued);
              line.writeBigInt64LE(now - span, LINE.accruedAt);
            });
            await streams.setRate({ rate });
            const { accrued } = await streams.line();
            assert.equal(accrued, earned(deposit, rate, span), `${rate} for ${span} s`);
            assert.isTrue(accrued >= last && accrued <= deposit);
            last = accrued;
          }
        }
      }
    });
  }
});

describeWorlds("streams / sums at the end of 64 bits", (start) => {
  it("a line whose deposit is 2^64 - 1, at the highest rate, is paid in full after twenty years (B14)", async () => {
    const streams = await startScenario(start, { minDeposit: 1n });
    const { world, mint, payerTokens } = streams;
    const rest = MAX - (await supplyOf(world, mint));
    await mintTo({ world, mint, to: payerTokens, amount: rest });
    await streams.deposit({ amount: rest });
    const deposit = (await streams.state()).free;
    await streams.addLine({ deposit, rate: MAX });
    await streams.advance({ seconds: 20n * YEAR });
    await streams.claim();
    assert.equal(await streams.balance(streams.payeeTokens), deposit);
    assert.equal((await streams.line()).accrued, deposit);
    await assertConserved(streams, 0n);
  });
});

describeWorlds("streams / decimals of the mint (B18)", (start) => {
  for (const decimals of [0, 6, 9, 18, 255]) {
    it(`${decimals} decimals: amounts are base units all the same`, async () => {
      const streams = await startScenario(start, { mint: { decimals }, feeBps: 250 });
      await streams.addLine({ deposit: 2_000n, rate: 5n });
      await streams.advance({ seconds: 100n });
      await streams.settle({ targets: { kind: "dense", start: 0, cumulative: [501n] } });
      await streams.claim(); // 1,001, less 2.5 % rounded up
      assert.equal(await streams.balance(streams.payeeTokens), 1_001n - 26n);
      assert.equal((await streams.state()).decimals, decimals);
      await streams.collectFees();
      assert.equal(await streams.balance(streams.treasury), 13n);
      await streams.refund({ amount: 1n });
      assert.equal(await streams.balance(streams.payerTokens), PAYER_TOKENS - DEPOSIT + 1n);
      await assertConserved(streams, 0n);
    });
  }
});

describeWorlds("streams / a line that is ended unused (B21)", (start) => {
  it("returns its whole deposit, and the book everything", async () => {
    const streams = await startScenario(start, { feeBps: 500 });
    await streams.addLine({ deposit: 1_000n });
    await streams.closeLine();
    await streams.advance({ seconds: GRACE });
    const { events } = await streams.removeLine();
    assert.deepEqual([events[0]?.data.amount, events[0]?.data.removed], [1_000n, true]);
    await assertRefused(streams.claim(), "LineRemoved");
    await streams.refund({ amount: DEPOSIT });
    await streams.closeBook();
    assert.equal(await streams.balance(streams.payerTokens), PAYER_TOKENS);
  });
});

describeWorlds("streams / a treasury that is the payee of a line (B22)", (start) => {
  it("pays the fee like anybody, once, and nothing on what it collects", async () => {
    const streams = await startScenario(start, { feeBps: 500, burnBps: 0 });
    await streams.addLine({ deposit: 1_000n, rate: 10n, payee: KEYS.treasurer.publicKey });
    await streams.advance({ seconds: 100n });
    await streams.claim({ payee: KEYS.treasurer.publicKey });
    assert.equal(await streams.balance(streams.treasury), 950n);
    await streams.collectFees();
    assert.equal(await streams.balance(streams.treasury), 1_000n);
    await assertRefused(streams.collectFees(), "NothingToCollect");
    await assertConserved(streams, 0n);
  });
});

describeWorlds("streams / bringing a line up to date (B23)", (start) => {
  /** Rate, voucher, funds, another rate, the end: with others poking at the line, or left alone. */
  const run = async (poke: (streams: Scenario, rate: bigint) => Promise<unknown>) => {
    const streams = await startScenario(start);
    await streams.addLine({ deposit: 1_000n, rate: 3n });
    const wait = async (seconds: bigint, rate: bigint) => {
      for (let passed = 0n; passed < seconds; passed += 7n) {
        await streams.advance({ seconds: 7n });
        await poke(streams, rate);
      }
    };
    await wait(70n, 3n);
    await streams.settle({ targets: { kind: "dense", start: 0, cumulative: [600n] } });
    await wait(70n, 3n); // the deposit is used up after 64 of them, and the rate runs on
    await streams.fundLine({ amount: 500n });
    await wait(35n, 3n);
    await streams.setRate({ rate: 8n });
    await wait(21n, 8n);
    await streams.closeLine();
    await streams.advance({ seconds: GRACE });
    await streams.removeLine();
    const { voucherDomain: _, openedSlot: __, ...book } = await streams.state();
    return { line: await streams.line(), book };
  };

  it("at every step leaves the same line and book as only when something changes", async () => {
    const lazy = await run(async () => undefined);
    assert.equal(lazy.line.deposit, 600n + (140n + 35n) * 3n + 21n * 8n);
    const eager = await run((streams, rate) => streams.setRate({ rate }));
    assert.deepEqual(eager, lazy);
  });
});

describeWorlds("streams / terms that change later (B24)", (start) => {
  it("a new rate leaves the past at the old one", async () => {
    const streams = await startScenario(start);
    await streams.addLine({ deposit: 10_000n, rate: 5n });
    await streams.advance({ seconds: 100n });
    await streams.setRate({ rate: 50n });
    await streams.advance({ seconds: 10n });
    await streams.claim();
    assert.equal(await streams.balance(streams.payeeTokens), 500n + 500n);
  });

  it("a policy's new fee and minimum leave the books that are open at the old ones", async () => {
    const streams = await startScenario(start, { feeBps: 100 });
    await streams.addLine({ deposit: 10_000n, rate: 10n });
    await streams.advance({ seconds: 100n });
    await streams.setMintPolicy({ feeBps: 500, minDeposit: 1_000n, enabled: false });
    await streams.claim();
    assert.equal(await streams.balance(streams.payeeTokens), 990n);
    await streams.advance({ seconds: 100n });
    await streams.claim();
    assert.equal(await streams.balance(streams.payeeTokens), 1_980n);
    await streams.deposit({ amount: 10n });
    await assertRefused(streams.openBook({ id: 1 }), "MintNotEnabled");
    await streams.setMintPolicy({ feeBps: 500 });
    await streams.openBook({ id: 1 });
  });
});
