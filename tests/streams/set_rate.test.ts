import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { refusesForgedBooks } from "./forge";
import { KEYS } from "./keys";
import { GRACE, type Scenario, startScenario } from "./scenario";

describeWorlds("streams / set_rate", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start, { controller: KEYS.controller.publicKey });
    await streams.addLine({ deposit: 1_000n, rate: 5n });
    await streams.addLine({ deposit: 1_000n, rate: 5n, controlled: true });
  });

  describe("refuses", () => {
    refusesForgedBooks(
      () => streams,
      (odd) => streams.setRate(odd),
    );

    it("a stranger and the payee (A02)", async () => {
      for (const { publicKey } of [KEYS.stranger, KEYS.payee]) {
        await assertRefused(streams.setRate({ authority: publicKey }), "NotLineAuthority");
      }
    });

    it("the payer on a controlled line, the controller on any other (A41)", async () => {
      await assertRefused(streams.setRate({ line: 1 }), "NotLineAuthority");
      await assertRefused(
        streams.setRate({ authority: KEYS.controller.publicKey }),
        "NotLineAuthority",
      );
    });

    it("an authority who does not sign (A01)", () =>
      assertRefused(
        streams.setRate({ accounts: { authority: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("a line that was never added (A40)", () =>
      assertRefused(streams.setRate({ line: 2 }), "LineOutOfRange"));

    it("a line that is closing", async () => {
      await streams.closeLine();
      await assertRefused(streams.setRate(), "LineClosing");
    });

    it("a line that was removed", async () => {
      await streams.closeLine({ authority: KEYS.payee.publicKey });
      await streams.advance({ seconds: GRACE });
      await streams.removeLine();
      await assertRefused(streams.setRate(), "LineRemoved");
    });
  });

  describe("sets", () => {
    it("the rate from now on; the past stays at the old one (D17)", async () => {
      await streams.advance({ seconds: 60n });
      const { events } = await streams.setRate({ rate: 2n });
      await streams.advance({ seconds: 10n });
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 320n); // 60 x 5 + 10 x 2
      assert.deepEqual(events, [
        {
          name: "RateSet",
          data: { book: streams.book.toBase58(), line: 0, rate: 2n, total_accrued: 300n },
        },
      ]);
    });

    it("zero, which pauses the line", async () => {
      await streams.advance({ seconds: 60n });
      await streams.setRate({ rate: 0n });
      await streams.advance({ seconds: 60n });
      await streams.setRate({ rate: 1n });
      await streams.advance({ seconds: 60n });
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 360n);
    });

    it("the highest rate there is, which takes the deposit and nothing more (B01)", async () => {
      await streams.setRate({ rate: 2n ** 64n - 1n });
      await streams.advance({ seconds: 1n });
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 1_000n);
    });

    it("a controlled line's rate at the controller's word", async () => {
      await streams.setRate({ line: 1, authority: KEYS.controller.publicKey, rate: 9n });
      assert.equal((await streams.line(1)).rate, 9n);
    });
  });
});
