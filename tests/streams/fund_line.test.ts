import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { patchBook, refusesForgedBooks } from "./forge";
import { KEYS } from "./keys";
import { DEPOSIT, GRACE, type Scenario, startScenario } from "./scenario";

const LINE_DEPOSIT = 32; // offset in a line

describeWorlds("streams / fund_line", (start) => {
  let streams: Scenario;
  // 1,000 at 5 per second: dry after 200 s.
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine({ deposit: 1_000n, rate: 5n });
  });

  describe("refuses", () => {
    refusesForgedBooks(
      () => streams,
      (odd) => streams.fundLine(odd),
    );

    it("anybody but the payer (A02)", () =>
      assertRefused(streams.fundLine({ payer: KEYS.stranger.publicKey }), "NotPayer"));

    it("a payer who does not sign (A01)", () =>
      assertRefused(
        streams.fundLine({ accounts: { payer: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("nothing (B03)", () => assertRefused(streams.fundLine({ amount: 0n }), "ZeroAmount"));

    it("more than is free", () =>
      assertRefused(streams.fundLine({ amount: DEPOSIT - 999n }), "ExceedsFree"));

    it("a line that was never added (A40)", () =>
      assertRefused(streams.fundLine({ line: 1 }), "LineOutOfRange"));

    it("a line that is closing", async () => {
      await streams.closeLine();
      await assertRefused(streams.fundLine(), "LineClosing");
    });

    it("a line that was removed", async () => {
      await streams.closeLine();
      await streams.advance({ seconds: GRACE });
      await streams.removeLine();
      await assertRefused(streams.fundLine(), "LineRemoved");
    });

    it("a deposit beyond 64 bits (B01)", async () => {
      const account = await streams.world.account(streams.book);
      if (account === null) throw new Error("the book is not open");
      account.data.writeBigUInt64LE(2n ** 64n - 500n, 376 + LINE_DEPOSIT);
      streams.world.setAccount(streams.book, account);
      await patchBook(streams, (header) => header.writeUInt16LE(1, 292));
      await assertRefused(streams.fundLine({ amount: 500n }), "MathOverflow");
    });
  });

  describe("funds", () => {
    it("the line out of the free tokens, and says so", async () => {
      const { events } = await streams.fundLine({ amount: 500n });
      const { free, committed, deposited } = await streams.state();
      assert.deepEqual(
        { free, committed, deposited },
        { free: DEPOSIT - 1_500n, committed: 1_500n, deposited: DEPOSIT },
      );
      assert.equal((await streams.line()).deposit, 1_500n);
      assert.deepEqual(events, [
        {
          name: "LineFunded",
          data: { book: streams.book.toBase58(), line: 0, amount: 500n, total_deposit: 1_500n },
        },
      ]);
    });

    it("no back-pay for the time a line ran dry (D19)", async () => {
      await streams.advance({ seconds: 86_400n });
      await streams.fundLine({ amount: 500n });
      assert.equal((await streams.line()).accrued, 1_000n);
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 1_000n);
      await streams.advance({ seconds: 10n });
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 1_050n);
    });

    it("what was covered before stays the payee's to take (D19)", async () => {
      await streams.advance({ seconds: 100n });
      await streams.fundLine({ amount: 500n });
      await streams.advance({ seconds: 200n });
      await streams.claim(); // 300 s at 5, of a deposit of 1,500
      assert.equal(await streams.balance(streams.payeeTokens), 1_500n);
    });
  });
});
