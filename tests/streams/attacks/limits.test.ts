import { compileTransaction } from "@pinfi/sdk";
import * as sdk from "@pinfi/sdk/streams";
import {
  createAssociatedTokenAccountIdempotentInstruction,
  TOKEN_2022_PROGRAM_ID,
  TOKEN_PROGRAM_ID,
} from "@solana/spl-token";
import { PublicKey, type TransactionInstruction } from "@solana/web3.js";
import { assert } from "chai";
import { type Case, measure } from "../../benchmarks/measure";
import { assertRefused } from "../../harness/assert";
import { describeCurrent, describeSigned, describeWorlds } from "../../harness/describe";
import { eventsIn } from "../../harness/events";
import { tokenAccountInstructions, tokenAddress } from "../../harness/tokens";
import { assertConserved } from "../conservation";
import { KEYS } from "../keys";
import { type Scenario, startScenario } from "../scenario";

/** What a transaction gives each of its instructions unasked. */
const INSTRUCTION_UNITS = 200_000;
/** The part of a budget that the largest call may use. */
const MARGIN = 5 / 6;
const LOADED = 4 * 1024 * 1024;
const payer = KEYS.payer.publicKey;

/** Payees that nobody has the keys of. */
const payeeAt = (index: number): PublicKey => new PublicKey(Buffer.alloc(32, index + 1));

/** Adds lines from `from` on, as many as asked, each earning by rate and for the payee given. */
async function addLines(
  streams: Scenario,
  count: number,
  payee: (index: number) => PublicKey,
  rate = 1n,
): Promise<void> {
  const { book } = streams;
  for (let done = 0; done < count; done += 106) {
    await streams.reserveLines({ book, count: Math.min(106, count - done) });
  }
  const terms = { payer, book, deposit: 100n, rate, controlled: false };
  for (let from = 0; from < count; from += 8) {
    const lines = Array.from({ length: Math.min(8, count - from) }, (_, nth) => from + nth);
    await streams.send(lines.map((line) => sdk.addLine({ ...terms, line, payee: payee(line) })));
  }
}

/** The largest count for which a call fits one v1 transaction. */
function largest(feePayer: PublicKey, call: (count: number) => TransactionInstruction[]): number {
  const fits = (count: number): boolean => {
    try {
      compileTransaction({
        format: "v1",
        payer: feePayer,
        blockhash: PublicKey.default.toBase58(),
        instructions: call(count),
        budget: { computeUnitLimit: INSTRUCTION_UNITS, loadedAccountsDataSizeLimit: LOADED },
      });
      return true;
    } catch {
      return false;
    }
  };
  let [low, high] = [1, 1_000];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

describeSigned("streams / the largest calls stay within heap and units (A37)", (start) => {
  /** Runs it with no more units than given, in the default heap, and wants a sixth of them left. */
  const within = async (streams: Scenario, one: Case, units = INSTRUCTION_UNITS) => {
    const budget = { computeUnitLimit: units, loadedAccountsDataSizeLimit: LOADED };
    const row = await measure(streams, { format: "v1", budget, ...one });
    assert.isAbove(row.units, 0, "the logs still say what it took");
    assert.isAtMost(row.units, MARGIN * units);
  };

  for (const tokenProgram of [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID]) {
    const name = tokenProgram.equals(TOKEN_PROGRAM_ID) ? "SPL Token" : "Token-2022";
    it(`32 payees of a mint of ${name} claim at once`, async () => {
      const streams = await startScenario(start, { mint: { tokenProgram }, feeBps: 250 });
      const { world, mint, book } = streams;
      const owners = Array.from({ length: 32 }, (_, index) => payeeAt(index));
      await addLines(streams, owners.length, payeeAt);
      for (let from = 0; from < owners.length; from += 8) {
        await streams.send(
          owners
            .slice(from, from + 8)
            .flatMap((owner) => tokenAccountInstructions({ world, mint, owner })),
        );
      }
      await streams.advance({ seconds: 100n });
      const claims = owners.map((payee, line) => ({ line, payee }));
      const claim = sdk.claimMany({ book, mint: mint.address, tokenProgram, claims });
      await within(streams, { instructions: [claim], feePayer: world.payer });
      for (const owner of owners) {
        assert.equal(await streams.balance(tokenAddress(mint, owner)), 97n);
      }
      await assertConserved(streams, 0n);
    });
  }

  const shapes: [what: string, targets: (count: number) => sdk.Targets][] = [
    ["in a row", (count) => ({ kind: "dense", start: 0, cumulative: new Array(count).fill(5n) })],
    [
      "by number",
      (count) => ({
        kind: "sparse",
        entries: Array.from({ length: count }, (_, line) => ({ line, cumulative: 5n })),
      }),
    ],
  ];
  for (const [shape, targets] of shapes) {
    it(`as many totals ${shape} as a transaction holds, on lines that accrue`, async () => {
      const streams = await startScenario(start, { voucherSigner: KEYS.voucherSigner });
      const { book, world } = streams;
      const { voucherDomain: domain } = await streams.state();
      const signed = (count: number) =>
        sdk.signVoucher({ domain, book, targets: targets(count), signer: KEYS.voucherSigner });
      const settles = (count: number) =>
        streams.settleInstructions({ book, domain, voucher: signed(count) });
      const twins = (count: number) =>
        streams.settleInstructions({ book, domain, voucher: signed(count) }, { twin: true });
      const manys = (count: number) => [sdk.settleMany({ vouchers: [signed(count)] })];

      const feePayer = world.payer;
      const calls = [settles, twins, manys] as const;
      const counts = calls.map((call) => largest(feePayer.publicKey, call));
      assert.isAbove(Math.min(...counts), 300);
      const lines = Math.max(...counts);
      await addLines(streams, lines, () => KEYS.payee.publicKey);
      for (const [nth, call] of calls.entries()) {
        await streams.advance({ seconds: 1n });
        const account = (await world.account(book)) ?? assert.fail("not open");
        for (let line = 0; line < lines; line++) {
          account.data.writeBigUInt64LE(0n, 376 + 96 * line + 40); // vouched
        }
        world.setAccount(book, account);
        const count = counts[nth] ?? 0;
        // What verifies the signature itself is sent with more than the default, as the SDK says.
        const asked = sdk.settleBudget([{ book, domain, voucher: signed(count) }], "program");
        const units = call === manys ? asked.computeUnitLimit : INSTRUCTION_UNITS;
        await within(streams, { instructions: call(count), feePayer }, units);
        const { lines: after } = await streams.state();
        assert.isTrue(after.slice(0, count).every(({ vouched }) => vouched === 5n));
      }
    });
  }

  it("as many vouchers of different payers as a transaction holds", async () => {
    const streams = await startScenario(start);
    const { mint, world } = streams;
    const options = { format: "v1", verifiedBy: "program" } as const;
    const settles: sdk.Settle[] = [];
    for (let id = 1; id <= sdk.maxBooks(options); id++) {
      await streams.openBook({ id });
      const book = sdk.bookAddress({ payer, mint: mint.address, id });
      await streams.addLine({ book, line: 0, deposit: 0n });
      const account = (await world.account(book)) ?? assert.fail("not open");
      const { voucherDomain: domain } = sdk.decodeBook(account);
      const targets: sdk.Targets = { kind: "dense", start: 0, cumulative: [1n] };
      const voucher = sdk.signVoucher({ domain, book, targets, signer: KEYS.payer });
      settles.push({ book, domain, voucher });
    }
    assert.isAbove(settles.length, 30);
    const asked = sdk.settleBudget(settles, "program").computeUnitLimit;
    const vouchers = settles.map(({ voucher }) => voucher);
    const instructions = [sdk.settleMany({ vouchers })];
    await within(streams, { instructions, feePayer: world.payer }, asked);
    for (const { book } of settles) {
      const account = (await world.account(book)) ?? assert.fail("not open");
      assert.equal(sdk.decodeLine(account, 0).vouched, 1n);
    }
  });

  for (const [books, targets] of [
    [1, 1],
    [10, 1],
    [1, 300],
  ] as const) {
    it(`${books} vouchers of ${targets} targets by the key before, each verified twice (W02)`, async () => {
      const streams = await startScenario(start, { voucherSigner: KEYS.voucherSigner });
      const { mint, world } = streams;
      const settles: sdk.Settle[] = [];
      for (let id = 1; id <= books; id++) {
        await streams.openBook({ id });
        const book = sdk.bookAddress({ payer, mint: mint.address, id });
        await streams.deposit({ book, amount: 50_000n });
        await addLines({ ...streams, book }, targets, () => KEYS.payee.publicKey);
        await streams.setVoucherSigner({ book, signer: KEYS.controller.publicKey });
        const account = (await world.account(book)) ?? assert.fail("not open");
        const state = sdk.decodeBook(account);
        const cumulative = new Array<bigint>(targets).fill(5n);
        const voucher = sdk.signVoucher({
          domain: state.voucherDomain,
          book,
          targets: { kind: "dense", start: 0, cumulative },
          signer: KEYS.voucherSigner,
        });
        settles.push(sdk.settleOf({ address: book, book: state, voucher }));
      }
      const asked = sdk.settleBudget(settles, "program").computeUnitLimit;
      const instructions = [sdk.settleMany({ vouchers: settles.map(({ voucher }) => voucher) })];
      await within(streams, { instructions, feePayer: world.payer }, asked);
      for (const { book } of settles) {
        const account = (await world.account(book)) ?? assert.fail("not open");
        assert.equal(sdk.decodeLine(account, targets - 1).vouched, 5n);
      }
    });
  }

  it("one line named again and again by a limited key, beside an honest voucher", async () => {
    const streams = await startScenario(start, { voucherSigner: KEYS.voucherSigner });
    const { mint, world, book } = streams;
    await streams.setVoucherSigner({ signer: KEYS.voucherSigner.publicKey, cap: 1_000n });
    await streams.addLine();
    await streams.openBook({ id: 1 });
    const other = sdk.bookAddress({ payer, mint: mint.address, id: 1 });
    await streams.addLine({ book: other, line: 0, deposit: 0n });
    const signed = async (of: PublicKey, targets: sdk.Targets) => {
      const account = (await world.account(of)) ?? assert.fail("not open");
      const state = sdk.decodeBook(account);
      const domain = state.voucherDomain;
      const voucher = sdk.signVoucher({ domain, book: of, targets, signer: KEYS.voucherSigner });
      return sdk.settleOf({ address: of, book: state, voucher });
    };
    const entries = Array.from({ length: 300 }, (_, nth) => ({ line: 0, cumulative: BigInt(nth) }));
    const settles = [
      await signed(book, { kind: "sparse", entries }),
      await signed(other, { kind: "dense", start: 0, cumulative: [7n] }),
    ];
    const asked = sdk.settleBudget(settles, "program").computeUnitLimit;
    const instructions = [sdk.settleMany({ vouchers: settles.map(({ voucher }) => voucher) })];
    await within(streams, { instructions, feePayer: world.payer }, asked);
    assert.equal((await streams.line()).vouched, 299n);
    const account = (await world.account(other)) ?? assert.fail("not open");
    assert.equal(sdk.decodeLine(account, 0).vouched, 7n);
  });

  it("room for 106 lines, the most that an account may grow", async () => {
    const streams = await startScenario(start);
    const { book } = streams;
    await within(streams, { instructions: [sdk.reserveLines({ payer, book, count: 106 })] });
  });
});

describeWorlds("streams / a book of ten thousand lines of one unit (B19)", (start) => {
  const LINES = 10_000;
  const NEXT_LINE = 8 + 292;

  it("takes no deposit below its minimum, and a dust line costs its maker the room", async () => {
    const streams = await startScenario(start, { stage: "book", minDeposit: 1_000n });
    for (const amount of [1n, 999n]) {
      await assertRefused(streams.deposit({ amount }), "BelowMinimum");
    }
    await streams.deposit({ amount: 1_000n });
    const before = await streams.world.lamports(payer);
    await streams.addLine({ deposit: 1n });
    const minimum = (bytes: number) => streams.world.minimumBalance(bytes);
    const room = (await minimum(376 + 96)) - (await minimum(376));
    assert.equal(before - (await streams.world.lamports(payer)), room);
  });

  it("costs who settles or claims the last of them no unit more than the only one", async () => {
    const units: bigint[][] = [];
    for (const lines of [1, LINES]) {
      const streams = await startScenario(start);
      const { world, book } = streams;
      await streams.addLine({ deposit: 1n });
      // The same line again and again, as adding them one by one would have left it.
      const account = (await world.account(book)) ?? assert.fail("not open");
      const line = account.data.subarray(376, 376 + 96);
      const data = Buffer.concat([
        account.data.subarray(0, 376),
        ...Array.from({ length: lines }, () => line),
      ]);
      data.writeUInt16LE(lines, NEXT_LINE);
      data.writeUInt16LE(lines, NEXT_LINE + 2);
      data.writeBigUInt64LE(100_000n - BigInt(lines), 8 + 256); // free
      data.writeBigUInt64LE(BigInt(lines), 8 + 264); // committed
      const lamports = Number(await world.minimumBalance(data.length));
      world.setAccount(book, { ...account, data, lamports });
      await assertConserved(streams, 0n);

      const targets: sdk.Targets = { kind: "dense", start: lines - 1, cumulative: [1n] };
      const settled = await streams.settle({ targets });
      const claimed = await streams.claim({ line: lines - 1 });
      units.push([settled.units, claimed.units]);
      assert.equal(await streams.balance(streams.payeeTokens), 1n);
      await assertConserved(streams, 0n);
    }
    assert.deepEqual(units[1], units[0]);
  });
});

// bankrun cuts no logs off.
describeCurrent("streams / a transaction whose logs are cut off (A38)", (start) => {
  it("loses the event, and the accounts say all that it said", async () => {
    const streams = await startScenario(start, { feeBps: 250 });
    const { world, mint, book, payeeTokens: destination } = streams;
    await streams.addLine({ deposit: 10_000n, rate: 10n });
    await streams.advance({ seconds: 100n });
    const owner = KEYS.payee.publicKey;
    const noise = createAssociatedTokenAccountIdempotentInstruction(
      world.payer.publicKey,
      destination,
      owner,
      mint.address,
    );
    const claim = sdk.claim({ book, mint: mint.address, line: 0, payee: owner });
    const { logs } = await streams.send([...new Array(50).fill(noise), claim]);
    assert.include(logs, "Log truncated");
    assert.deepEqual(eventsIn(logs, "streams"), []);

    // Line, book and token account tell what was paid, to the unit.
    const { claimed } = await streams.line();
    const state = await streams.state();
    assert.deepEqual([claimed, state.claimed, state.feesAccrued], [1_000n, 1_000n, 25n]);
    assert.equal(await streams.balance(destination), 975n);
    await assertConserved(streams, 0n);

    // And the next event shows the gap: its running total is more than what it paid.
    await streams.advance({ seconds: 50n });
    const { events } = await streams.claim();
    const { amount, total_claimed } = events[0]?.data ?? {};
    assert.deepEqual([amount, total_claimed], [500n, 1_500n]);
  });
});
