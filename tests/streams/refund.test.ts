import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { createLooseTokenAccount } from "../harness/tokens";
import {
  otherMint,
  patchBook,
  refusesForgedAuthorities,
  refusesForgedBooks,
  refusesForgedVaults,
} from "./forge";
import { KEYS } from "./keys";
import { DEPOSIT, PAYER_TOKENS, type Scenario, startScenario } from "./scenario";

const FREE = 256; // offset in the book's header

describeWorlds("streams / refund", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start);
  });

  describe("refuses", () => {
    refusesForgedBooks(
      () => streams,
      (odd) => streams.refund(odd),
    );
    refusesForgedVaults(
      () => streams,
      (odd) => streams.refund(odd),
    );
    refusesForgedAuthorities(
      () => streams,
      (odd) => streams.refund(odd),
    );

    it("anybody but the payer (A02)", () =>
      assertRefused(
        streams.refund({ payer: KEYS.stranger.publicKey, destination: streams.strangerTokens }),
        "NotPayer",
      ));

    it("a payer who does not sign (A01)", () =>
      assertRefused(
        streams.refund({ accounts: { payer: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("a token account of somebody else (A28)", () =>
      assertRefused(streams.refund({ destination: streams.strangerTokens }), "NotPayerAccount"));

    it("a token account of another mint (A30)", async () => {
      const { tokens } = await otherMint(streams);
      await assertRefused(streams.refund({ destination: tokens }), "ConstraintTokenMint");
    });

    it("the vault as its own destination (A10)", () =>
      assertRefused(
        streams.refund({ destination: streams.vault }),
        "ConstraintDuplicateMutableAccount",
      ));

    it("nothing (B03)", () => assertRefused(streams.refund({ amount: 0n }), "ZeroAmount"));

    it("one unit more than is free", () =>
      assertRefused(streams.refund({ amount: DEPOSIT + 1n }), "ExceedsFree"));

    it("what is promised to a line", async () => {
      await streams.addLine({ deposit: 1_000n });
      await assertRefused(streams.refund({ amount: DEPOSIT - 999n }), "ExceedsFree");
      await streams.refund({ amount: DEPOSIT - 1_000n });
    });

    it("a book whose sums do not add up", async () => {
      await patchBook(streams, (header) => header.writeBigUInt64LE(DEPOSIT + 1n, FREE));
      await assertRefused(streams.refund(), "BrokenInvariant");
    });
  });

  describe("returns", () => {
    it("free tokens to the payer, and says so", async () => {
      await streams.refund({ amount: 300n });
      const { events } = await streams.refund({ amount: 700n });
      const { free, refunded } = await streams.state();
      assert.deepEqual({ free, refunded }, { free: DEPOSIT - 1_000n, refunded: 1_000n });
      assert.equal(await streams.balance(streams.payerTokens), PAYER_TOKENS - DEPOSIT + 1_000n);
      assert.equal(await streams.balance(streams.vault), DEPOSIT - 1_000n);
      assert.deepEqual(events, [
        {
          name: "Refunded",
          data: { book: streams.book.toBase58(), amount: 700n, total_refunded: 1_000n },
        },
      ]);
    });

    it("to any token account of the payer's", async () => {
      const { world, mint } = streams;
      const destination = await createLooseTokenAccount({
        world,
        mint,
        owner: KEYS.payer.publicKey,
        keypair: KEYS.loose,
      });
      await streams.refund({ destination, amount: DEPOSIT });
      assert.equal(await streams.balance(destination), DEPOSIT);
    });
  });
});
