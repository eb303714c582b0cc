import { AuthorityType, createSetAuthorityInstruction } from "@solana/spl-token";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import {
  otherBook,
  otherMint,
  refusesForgedAuthorities,
  refusesForgedBooks,
  refusesForgedVaults,
} from "./forge";
import { KEYS } from "./keys";
import { DEPOSIT, GRACE, type Scenario, startScenario } from "./scenario";

describeWorlds("streams / claim", (start) => {
  let streams: Scenario;
  // 60 s at 5 per second: 300 earned of 1,000 deposited.
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine({ deposit: 1_000n, rate: 5n });
    await streams.advance({ seconds: 60n });
  });

  describe("refuses", () => {
    refusesForgedBooks(
      () => streams,
      (odd) => streams.claim(odd),
    );
    refusesForgedVaults(
      () => streams,
      (odd) => streams.claim(odd),
    );
    refusesForgedAuthorities(
      () => streams,
      (odd) => streams.claim(odd),
    );

    it("a token account of anybody but the payee (A28)", () =>
      assertRefused(
        streams.claim({ accounts: { destination: streams.strangerTokens } }),
        "NotPayeeAccount",
      ));

    it("the payee's account once it belongs to somebody else (A28)", async () => {
      await streams.send([
        createSetAuthorityInstruction(
          streams.payeeTokens,
          KEYS.payee.publicKey,
          AuthorityType.AccountOwner,
          KEYS.stranger.publicKey,
        ),
      ]);
      await assertRefused(streams.claim(), "NotPayeeAccount");
    });

    it("a token account of another mint (A30)", async () => {
      const { tokens } = await otherMint(streams);
      const odd = { accounts: { destination: tokens } };
      await assertRefused(streams.claim(odd), "ConstraintTokenMint");
    });

    it("the vault as its own destination (A10)", () =>
      assertRefused(
        streams.claim({ accounts: { destination: streams.vault } }),
        "ConstraintDuplicateMutableAccount",
      ));

    it("a line of another book: this one has none there (A09, A40)", async () => {
      await otherBook(streams);
      await assertRefused(streams.claim({ line: 1 }), "LineOutOfRange");
    });

    it("a line on which nothing is due, and the second claim of a second (D18)", async () => {
      await streams.addLine({ deposit: 1_000n });
      await assertRefused(streams.claim({ line: 1 }), "NothingToClaim");
      await streams.claim();
      await assertRefused(streams.claim(), "NothingToClaim");
    });

    it("a line that was removed", async () => {
      await streams.closeLine();
      await streams.claim();
      await streams.advance({ seconds: GRACE });
      await streams.removeLine();
      await assertRefused(streams.claim(), "LineRemoved");
    });
  });

  describe("pays", () => {
    it("everything earned, from the vault to the payee, and says so", async () => {
      const { events } = await streams.claim();
      const { claimed, committed, free } = await streams.state();
      assert.deepEqual(
        { claimed, committed, free },
        { claimed: 300n, committed: 700n, free: DEPOSIT - 1_000n },
      );
      assert.equal((await streams.line()).claimed, 300n);
      assert.equal(await streams.balance(streams.payeeTokens), 300n);
      assert.equal(await streams.balance(streams.vault), DEPOSIT - 300n);
      assert.deepEqual(events, [
        {
          name: "Claimed",
          data: {
            book: streams.book.toBase58(),
            line: 0,
            amount: 300n,
            fee: 0n,
            total_claimed: 300n,
          },
        },
      ]);
    });

    it("up to the deposit and never beyond (D12)", async () => {
      await streams.advance({ seconds: 86_400n });
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 1_000n);
      await streams.advance({ seconds: 86_400n });
      await assertRefused(streams.claim(), "NothingToClaim");
    });

    it("in the grace period of a closing line and after it", async () => {
      await streams.closeLine();
      await streams.advance({ seconds: GRACE + 1n });
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 300n);
    });

    it("less the fee, which stays in the vault", async () => {
      streams = await startScenario(start, { feeBps: 250 });
      await streams.addLine({ deposit: 1_000n, rate: 5n });
      await streams.advance({ seconds: 60n });
      const { events } = await streams.claim(); // 2.5 % of 300 is 7.5, rounded up
      const { claimed, feesAccrued } = await streams.state();
      assert.deepEqual({ claimed, feesAccrued }, { claimed: 300n, feesAccrued: 8n });
      assert.equal(await streams.balance(streams.payeeTokens), 292n);
      assert.equal(await streams.balance(streams.vault), DEPOSIT - 292n);
      assert.equal(events[0]?.data.fee, 8n);
    });

    it("the same fee in many small claims as in one (B08)", async () => {
      streams = await startScenario(start, { feeBps: 250 });
      await streams.addLine({ deposit: 1_000n, rate: 1n });
      for (let claims = 0; claims < 12; claims++) {
        await streams.advance({ seconds: 5n });
        await streams.claim();
      }
      const { claimed, feesAccrued } = await streams.state();
      assert.deepEqual({ claimed, feesAccrued }, { claimed: 60n, feesAccrued: 2n }); // 1.5 up
      assert.equal(await streams.balance(streams.payeeTokens), 58n);
    });

    it("a fee of at least one unit where there is a fee (B08)", async () => {
      streams = await startScenario(start, { feeBps: 1 });
      await streams.addLine({ deposit: 1_000n, rate: 1n });
      await streams.advance({ seconds: 2n });
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 1n);
      assert.equal((await streams.state()).feesAccrued, 1n);
    });
  });
});
