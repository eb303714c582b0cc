import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { mintTo } from "../harness/tokens";
import { refusesForgedAuthorities, refusesForgedBooks, refusesForgedVaults } from "./forge";
import { KEYS } from "./keys";
import { DEPOSIT, type Scenario, startScenario } from "./scenario";

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

    it("a book with a line", async () => {
      await streams.addLine({ deposit: 0n });
      await assertRefused(streams.reap(), "BookNotSpent");
    });

    it("a book with free tokens", async () => {
      await streams.deposit({ amount: 10n });
      await assertRefused(streams.reap(), "BookNotSpent");
      await streams.refund({ amount: 10n });
      await streams.reap();
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
