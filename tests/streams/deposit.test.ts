import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { mintTo } from "../harness/tokens";
import { otherMint, patchBook, refusesForgedBooks, refusesForgedVaults } from "./forge";
import { KEYS } from "./keys";
import { PAYER_TOKENS, type Scenario, startScenario } from "./scenario";

const DEPOSITED = 216; // offsets in the book's header
const REFUNDED = 224;

describeWorlds("streams / deposit", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start, { stage: "book" });
  });

  describe("refuses", () => {
    refusesForgedBooks(
      () => streams,
      (odd) => streams.deposit(odd),
    );
    refusesForgedVaults(
      () => streams,
      (odd) => streams.deposit(odd),
    );

    it("nothing (B03)", () => assertRefused(streams.deposit({ amount: 0n }), "ZeroAmount"));

    it("one unit less than the book's minimum", async () => {
      await assertRefused(streams.deposit({ amount: 9n }), "BelowMinimum");
      await streams.deposit({ amount: 10n });
    });

    it("more than the funder has", () =>
      assertRefused(streams.deposit({ amount: PAYER_TOKENS + 1n }), "InsufficientFunds"));

    it("tokens of somebody else (A02)", () =>
      assertRefused(streams.deposit({ source: streams.strangerTokens }), "OwnerMismatch"));

    it("a funder who does not sign (A01)", () =>
      assertRefused(
        streams.deposit({ accounts: { funder: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("tokens of another mint (A30)", async () => {
      const { tokens } = await otherMint(streams);
      await assertRefused(streams.deposit({ source: tokens }), "ConstraintTokenMint");
    });

    it("the vault as its own source (A10)", () =>
      assertRefused(
        streams.deposit({ source: streams.vault }),
        "ConstraintDuplicateMutableAccount",
      ));

    it("a total beyond 64 bits, however often the money went round (B01)", async () => {
      await patchBook(streams, (header) => {
        header.writeBigUInt64LE(2n ** 64n - 100n, DEPOSITED);
        header.writeBigUInt64LE(2n ** 64n - 100n, REFUNDED);
      });
      await assertRefused(streams.deposit({ amount: 100n }), "MathOverflow");
      await streams.deposit({ amount: 99n });
    });
  });

  describe("credits", () => {
    it("what arrived, to the free tokens, and says so", async () => {
      const { events } = await streams.deposit({ amount: 600n });
      await streams.deposit({ amount: 400n });
      const { free, deposited, committed } = await streams.state();
      assert.deepEqual(
        { free, deposited, committed },
        { free: 1_000n, deposited: 1_000n, committed: 0n },
      );
      assert.equal(await streams.balance(streams.vault), 1_000n);
      assert.equal(await streams.balance(streams.payerTokens), PAYER_TOKENS - 1_000n);
      assert.deepEqual(events, [
        {
          name: "Deposited",
          data: {
            book: streams.book.toBase58(),
            funder: KEYS.payer.publicKey.toBase58(),
            amount: 600n,
            total_deposited: 600n,
          },
        },
      ]);
    });

    it("a stranger's gift, which binds nobody and moves no deadline (D21)", async () => {
      await streams.deposit();
      await streams.addLine({ rate: 5n });
      await streams.closeLine();
      const before = await streams.line();
      await streams.deposit({
        funder: KEYS.stranger.publicKey,
        source: streams.strangerTokens,
        amount: 10n,
      });
      assert.deepEqual(await streams.line(), before);
      assert.deepEqual((await streams.state()).payer, KEYS.payer.publicKey);
    });

    it("nothing of what is sent straight to the vault (A31)", async () => {
      const { world, mint, vault } = streams;
      await mintTo({ world, mint, to: vault, amount: 5_000n });
      await streams.deposit({ amount: 10n });
      const { free, deposited } = await streams.state();
      assert.deepEqual({ free, deposited }, { free: 10n, deposited: 10n });
      await assertRefused(streams.refund({ amount: 11n }), "ExceedsFree");
    });
  });
});
