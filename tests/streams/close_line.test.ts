import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { refusesForgedBooks } from "./forge";
import { KEYS } from "./keys";
import { GRACE, type Scenario, startScenario } from "./scenario";

describeWorlds("streams / close_line", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start, { controller: KEYS.controller.publicKey });
    await streams.addLine({ deposit: 1_000n, rate: 5n });
    await streams.addLine({ deposit: 1_000n, rate: 5n, controlled: true });
    await streams.advance({ seconds: 60n });
  });

  describe("refuses", () => {
    refusesForgedBooks(
      () => streams,
      (odd) => streams.closeLine(odd),
    );

    it("a stranger (A02)", () =>
      assertRefused(streams.closeLine({ authority: KEYS.stranger.publicKey }), "NotLineAuthority"));

    it("the payer on a controlled line, the controller on any other (A41)", async () => {
      await assertRefused(streams.closeLine({ line: 1 }), "NotLineAuthority");
      await assertRefused(
        streams.closeLine({ authority: KEYS.controller.publicKey }),
        "NotLineAuthority",
      );
    });

    it("an authority who does not sign (A01)", () =>
      assertRefused(
        streams.closeLine({ accounts: { authority: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("a line that was never added (A40)", () =>
      assertRefused(streams.closeLine({ line: 2 }), "LineOutOfRange"));

    it("a later end than the one already set", async () => {
      await streams.closeLine();
      await streams.advance({ seconds: 100n });
      await assertRefused(streams.closeLine(), "LineClosing");
    });

    it("a line that was removed", async () => {
      await streams.closeLine();
      await streams.claim();
      await streams.advance({ seconds: GRACE });
      await streams.removeLine();
      // Nobody owns a removed line any more, so even the payer's own key is no payee's.
      await assertRefused(streams.closeLine(), "LineRemoved");
    });
  });

  describe("closes", () => {
    it("after the grace period when the payer asks; the rate stops at once", async () => {
      const now = await streams.now();
      const { events } = await streams.closeLine();
      const line = await streams.line();
      assert.equal(line.closingAt, now + GRACE);
      assert.equal(line.rate, 0n);
      assert.equal(line.accrued, 300n);
      await streams.advance({ seconds: 500n });
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 300n);
      assert.deepEqual(events, [
        {
          name: "LineClosing",
          data: { book: streams.book.toBase58(), line: 0, closing_at: now + GRACE },
        },
      ]);
    });

    it("at once when the payee asks", async () => {
      await streams.closeLine({ authority: KEYS.payee.publicKey });
      assert.equal((await streams.line()).closingAt, await streams.now());
      await streams.removeLine();
      assert.equal((await streams.state()).committed, 1_000n + 300n);
    });

    it("sooner when the payee does not want to wait", async () => {
      await streams.closeLine();
      await streams.advance({ seconds: 10n });
      await streams.closeLine({ authority: KEYS.payee.publicKey });
      assert.equal((await streams.line()).closingAt, await streams.now());
    });

    it("a controlled line at the controller's word, with the same grace", async () => {
      await streams.closeLine({ line: 1, authority: KEYS.controller.publicKey });
      assert.equal((await streams.line(1)).closingAt, (await streams.now()) + GRACE);
    });
  });
});
