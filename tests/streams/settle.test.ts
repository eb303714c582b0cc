import type { Targets } from "@pinfi/sdk/streams";
import { SYSVAR_CLOCK_PUBKEY } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { refusesForgedBooks } from "./forge";
import { KEYS } from "./keys";
import { GRACE, type Scenario, startScenario } from "./scenario";

const dense = (start: number, ...cumulative: bigint[]): Targets => ({
  kind: "dense",
  start,
  cumulative,
});
const sparse = (...entries: [line: number, cumulative: bigint][]): Targets => ({
  kind: "sparse",
  entries: entries.map(([line, cumulative]) => ({ line, cumulative })),
});

// What depends on a signature being checked is in attacks/; here every voucher is genuine.
describeWorlds("streams / settle", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.reserveLines({ count: 5 });
    for (let line = 0; line < 3; line++) await streams.addLine({ line, deposit: 1_000n });
  });
  const byDelegate = (targets: Targets) => streams.settle({ targets, signer: KEYS.voucherSigner });
  const vouched = async () => (await streams.state()).lines.map((line) => line.vouched);

  describe("refuses", () => {
    refusesForgedBooks(
      () => streams,
      (odd) => streams.settle(odd),
    );

    it("another sysvar in place of Instructions (A18)", () =>
      assertRefused(
        streams.settle({ accounts: { instructions: SYSVAR_CLOCK_PUBKEY } }),
        "ConstraintAddress",
      ));

    it("a line that was never added, though the book has room there (A40)", async () => {
      await assertRefused(streams.settle({ targets: dense(2, 1n, 1n) }), "LineOutOfRange");
      await assertRefused(streams.settle({ targets: sparse([0, 1n], [3, 1n]) }), "LineOutOfRange");
      await assertRefused(streams.settle({ targets: dense(65_535, 1n) }), "LineOutOfRange");
      await assertRefused(streams.settle({ targets: sparse([65_535, 1n]) }), "LineOutOfRange");
    });

    it("more than the signer's cap in all, and not a unit of it is booked (D16)", async () => {
      await streams.setVoucherSigner({ cap: 500n });
      await byDelegate(dense(0, 200n));
      await assertRefused(byDelegate(dense(0, 300n, 201n)), "CapExceeded");
      await byDelegate(dense(0, 300n, 200n));
      assert.deepEqual(await vouched(), [300n, 200n, 0n]);
    });

    it("a signer whose term is over, to the second (D16)", async () => {
      const expiresAt = (await streams.now()) + 100n;
      await streams.setVoucherSigner({ expiresAt });
      await streams.advance({ seconds: 99n });
      await byDelegate(dense(0, 200n));
      await streams.advance({ seconds: 1n });
      await assertRefused(byDelegate(dense(0, 300n)), "VoucherSignerExpired");
    });
  });

  describe("raises", () => {
    it("a run of lines to their totals (dense)", async () => {
      await streams.settle({ targets: dense(1, 200n, 300n) });
      assert.deepEqual(await vouched(), [0n, 200n, 300n]);
    });

    it("chosen lines to their totals (sparse), the last word winning", async () => {
      await streams.settle({ targets: sparse([2, 300n], [0, 100n], [2, 400n]) });
      assert.deepEqual(await vouched(), [100n, 0n, 400n]);
    });

    it("nothing for a voucher that came before (D10, D11)", async () => {
      await streams.settle({ targets: dense(0, 300n) });
      await streams.settle({ targets: dense(0, 300n) });
      await streams.settle({ targets: dense(0, 200n) });
      assert.deepEqual(await vouched(), [300n, 0n, 0n]);
    });

    it("the rest of a voucher of which one total is old (D11)", async () => {
      await streams.settle({ targets: dense(0, 300n) });
      await streams.settle({ targets: dense(0, 200n, 250n) });
      assert.deepEqual(await vouched(), [300n, 250n, 0n]);
    });

    it("a total above the deposit as signed; what is payable stops at the deposit (D12)", async () => {
      await streams.settle({ targets: dense(0, 1_500n) });
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 1_000n);
      await assertRefused(streams.claim(), "NothingToClaim");
      await streams.fundLine({ amount: 600n });
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 1_500n);
    });

    it("what counts against a cap by exactly what was new, and counts nothing without one", async () => {
      await streams.settle({ targets: dense(0, 100n) });
      assert.equal((await streams.state()).voucherSpent, 0n);
      await streams.setVoucherSigner({ cap: 1_000n });
      await byDelegate(dense(0, 300n, 50n));
      await byDelegate(sparse([0, 250n], [1, 70n], [1, 60n]));
      assert.equal((await streams.state()).voucherSpent, 270n);
    });

    it("the largest total there is, with nothing wrapping (B01)", async () => {
      await streams.settle({ targets: dense(0, 2n ** 64n - 1n) });
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 1_000n);
    });

    it("a line that also has a rate, of which it takes no room", async () => {
      await streams.addLine({ deposit: 1_000n, rate: 5n });
      await streams.advance({ seconds: 60n });
      await streams.settle({ targets: dense(3, 400n) });
      assert.equal((await streams.line(3)).vouched, 400n);
      await streams.advance({ seconds: 100n });
      await streams.claim({ line: 3 }); // 800 by rate, 400 by voucher, of 1,000
      assert.equal(await streams.balance(streams.payeeTokens), 1_000n);
      await streams.fundLine({ line: 3, amount: 5_000n });
      await streams.claim({ line: 3 });
      assert.equal(await streams.balance(streams.payeeTokens), 1_200n);
    });

    for (const when of ["before", "after", "never", "last"] as const) {
      it(`W14: the same in all, settled ${when} the time has passed, with a top-up at the end`, async () => {
        await streams.addLine({ deposit: 1_000n, rate: 10n });
        const settle = () => streams.settle({ targets: dense(3, 900n) });
        if (when === "before") await settle();
        await streams.advance({ seconds: 100n });
        if (when === "after") await settle();
        await streams.fundLine({ line: 3, amount: 5_000n });
        if (when === "last") await settle();
        await streams.claim({ line: 3 });
        const expected = when === "never" ? 1_000n : 1_900n;
        assert.equal((await streams.line(3)).claimed, expected);
      });
    }

    it("a closing line up to its last second and not from then on (D14)", async () => {
      await streams.closeLine();
      await streams.advance({ seconds: GRACE - 1n });
      await streams.settle({ targets: dense(0, 100n) });
      await streams.advance({ seconds: 1n });
      await streams.settle({ targets: dense(0, 200n, 50n) });
      await streams.advance({ seconds: 1n });
      await streams.settle({ targets: dense(0, 300n, 60n) });
      assert.deepEqual(await vouched(), [100n, 60n, 0n]);
    });

    it("whichever of closing and settling comes first in a second (D14)", async () => {
      await streams.settle({ targets: dense(0, 100n) });
      await streams.closeLine({ authority: KEYS.payee.publicKey });
      await streams.settle({ targets: dense(0, 200n) });
      assert.deepEqual(await vouched(), [100n, 0n, 0n]);
    });

    it("nothing of a line that was removed", async () => {
      await streams.closeLine({ authority: KEYS.payee.publicKey });
      await streams.removeLine();
      await streams.settle({ targets: dense(0, 100n, 100n) });
      assert.deepEqual(await vouched(), [0n, 100n, 0n]);
    });
  });
});
