import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { createLooseTokenAccount, mintTo } from "../harness/tokens";
import { refusesForgedAuthorities, refusesForgedBooks, refusesForgedVaults } from "./forge";
import { KEYS } from "./keys";
import { DEPOSIT, REAP_DELAY, type Scenario, startScenario } from "./scenario";

describeWorlds("streams / reap", (start) => {
  let streams: Scenario;
  // All of the deposit earned and claimed, the line gone: nothing of the payer's is left.
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine({ deposit: DEPOSIT, rate: DEPOSIT });
    await streams.advance({ seconds: 1n });
    await streams.claim();
    await streams.closeLine({ authority: KEYS.payee.publicKey });
    await streams.removeLine();
    await streams.advance({ seconds: REAP_DELAY });
  });

  describe("refuses", () => {
    refusesForgedBooks(
      () => streams,
      (odd) => streams.reap(odd),
    );
    refusesForgedVaults(
      () => streams,
      (odd) => streams.reap(odd),
    );
    refusesForgedAuthorities(
      () => streams,
      (odd) => streams.reap(odd),
    );

    it("to send the rent to anybody but the payer (A15)", () =>
      assertRefused(streams.reap({ payer: KEYS.stranger.publicKey }), "NotPayer"));

    it("to send a donation to anybody but the payer (A15)", async () => {
      await mintTo({ world: streams.world, mint: streams.mint, to: streams.vault, amount: 7n });
      await assertRefused(streams.reap({ destination: streams.strangerTokens }), "NotPayerAccount");
      await assertRefused(streams.reap({ destination: null }), "NotPayerAccount");
      await streams.reap({ destination: streams.payerTokens });
    });

    it("to send a donation to an account of the payer's that a stranger picks (W13d)", async () => {
      const { world, mint, vault } = streams;
      await mintTo({ world, mint, to: vault, amount: 7n });
      const owner = KEYS.payer.publicKey;
      const loose = await createLooseTokenAccount({ world, mint, owner, keypair: KEYS.loose });
      await assertRefused(streams.reap({ destination: loose }), "NotAssociated");
      await streams.reap({ destination: streams.payerTokens });
    });

    it("a book with a line", async () => {
      await streams.addLine({ deposit: 0n });
      await assertRefused(streams.reap(), "BookNotSpent");
    });

    it("a book with free tokens", async () => {
      await streams.deposit({ amount: 10n });
      await assertRefused(streams.reap(), "BookNotSpent");
      await streams.refund({ amount: 10n });
      await streams.advance({ seconds: REAP_DELAY });
      await streams.reap();
    });

    it("W15b a book that has been empty for less than a day: its payer may go on with it", async () => {
      // Emptied by a line's end, then by a refund: from each on the payer has the whole day.
      await streams.deposit({ amount: 10n });
      await streams.addLine({ deposit: 10n });
      await streams.closeLine({ line: 1, authority: KEYS.payee.publicKey });
      await streams.removeLine({ line: 1 });
      await assertRefused(streams.reap(), "BookNotSpent");
      await streams.refund({ amount: 10n });
      await assertRefused(streams.reap(), "BookJustEmptied");
      await streams.advance({ seconds: REAP_DELAY - 1n });
      await assertRefused(streams.reap(), "BookJustEmptied");
      await streams.deposit({ amount: 10n });
      await streams.refund({ amount: 10n });
      await streams.advance({ seconds: REAP_DELAY - 1n });
      await assertRefused(streams.reap(), "BookJustEmptied");
      await streams.advance({ seconds: 1n });
      await streams.reap();
    });

    it("W15b a book whose last line has just gone, which its payer may close at once", async () => {
      streams = await startScenario(start);
      await streams.addLine({ deposit: DEPOSIT, rate: DEPOSIT });
      await streams.advance({ seconds: 1n });
      await streams.claim();
      await streams.closeLine({ authority: KEYS.payee.publicKey });
      await streams.removeLine();
      await assertRefused(streams.reap(), "BookJustEmptied");
      await streams.closeBook();
      assert.equal(await streams.world.account(streams.book), null);
    });

    it("a book that has had no line yet", async () => {
      streams = await startScenario(start, { stage: "book" });
      await streams.advance({ slots: 1n });
      await assertRefused(streams.reap(), "BookNotSpent");
    });

    it("a book that owes fees", async () => {
      streams = await startScenario(start, { feeBps: 500 });
      await streams.addLine({ deposit: DEPOSIT, rate: DEPOSIT });
      await streams.advance({ seconds: 1n });
      await streams.claim();
      await streams.closeLine({ authority: KEYS.payee.publicKey });
      await streams.removeLine();
      await streams.advance({ seconds: REAP_DELAY });
      await assertRefused(streams.reap(), "FeesDue");
      await streams.collectFees();
      await streams.reap();
    });
  });

  it("clears the book away, whoever asks: the rent is the payer's", async () => {
    const { world, book, vault } = streams;
    const payer = KEYS.payer.publicKey;
    const rent = (await world.lamports(book)) + (await world.lamports(vault));
    const before = await world.lamports(payer);
    const { events } = await streams.reap();
    assert.equal(await world.lamports(payer), before + rent);
    assert.equal(await world.lamports(book), 0n);
    assert.equal(await world.lamports(vault), 0n);
    assert.deepEqual(events, [
      {
        name: "BookClosed",
        data: {
          book: book.toBase58(),
          payer: payer.toBase58(),
          amount: 0n,
          total_deposited: DEPOSIT,
          total_claimed: DEPOSIT,
        },
      },
    ]);
  });
});
