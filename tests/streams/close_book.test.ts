import { SystemProgram } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { mintTo } from "../harness/tokens";
import {
  otherMint,
  refusesForgedAuthorities,
  refusesForgedBooks,
  refusesForgedVaults,
} from "./forge";
import { KEYS } from "./keys";
import { DEPOSIT, GRACE, PAYER_TOKENS, type Scenario, startScenario } from "./scenario";

describeWorlds("streams / close_book", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.advance({ slots: 1n });
  });

  describe("refuses", () => {
    refusesForgedBooks(
      () => streams,
      (odd) => streams.closeBook(odd),
    );
    refusesForgedVaults(
      () => streams,
      (odd) => streams.closeBook(odd),
    );
    refusesForgedAuthorities(
      () => streams,
      (odd) => streams.closeBook(odd),
    );

    it("anybody but the payer, who would get the rent (A15)", () =>
      assertRefused(
        streams.closeBook({ payer: KEYS.stranger.publicKey, destination: streams.strangerTokens }),
        "NotPayer",
      ));

    it("a payer who does not sign (A01)", () =>
      assertRefused(
        streams.closeBook({ accounts: { payer: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("a token account of somebody else (A28)", () =>
      assertRefused(streams.closeBook({ destination: streams.strangerTokens }), "NotPayerAccount"));

    it("a token account of another mint (A30)", async () => {
      const { tokens } = await otherMint(streams);
      await assertRefused(streams.closeBook({ destination: tokens }), "ConstraintTokenMint");
    });

    it("the vault as its own destination (A10)", () =>
      assertRefused(
        streams.closeBook({ destination: streams.vault }),
        "ConstraintDuplicateMutableAccount",
      ));

    it("a book with a line, however empty", async () => {
      await streams.addLine({ deposit: 0n });
      await assertRefused(streams.closeBook(), "BookNotEmpty");
    });

    it("a book that owes fees", async () => {
      streams = await startScenario(start, { feeBps: 500 });
      await streams.addLine({ deposit: 1_000n, rate: 1_000n });
      await streams.advance({ seconds: 1n });
      await streams.closeLine({ authority: KEYS.payee.publicKey });
      await streams.claim();
      await streams.removeLine();
      await assertRefused(streams.closeBook(), "FeesDue");
      await streams.collectFees();
      await streams.closeBook();
    });

    it("in the slot it was opened in, so that no two lives share a domain", async () => {
      streams = await startScenario(start);
      await assertRefused(streams.closeBook(), "BookTooFresh");
      await streams.advance({ slots: 1n });
      await streams.closeBook();
    });
  });

  describe("ends the book", () => {
    it("with tokens and rent back at the payer, and says so", async () => {
      const { world, book, vault } = streams;
      const payer = KEYS.payer.publicKey;
      const rent = (await world.lamports(book)) + (await world.lamports(vault));
      const before = await world.lamports(payer);
      const { events } = await streams.closeBook();
      assert.equal(await world.lamports(payer), before + rent);
      assert.equal(await streams.balance(streams.payerTokens), PAYER_TOKENS);
      assert.equal(await world.lamports(book), 0n);
      assert.equal(await world.lamports(vault), 0n);
      assert.deepEqual(events, [
        {
          name: "BookClosed",
          data: {
            book: book.toBase58(),
            payer: payer.toBase58(),
            amount: DEPOSIT,
            total_deposited: DEPOSIT,
            total_claimed: 0n,
          },
        },
      ]);
    });

    it("although dust was sent to its vault (A16)", async () => {
      const { world, mint, vault } = streams;
      await mintTo({ world, mint, to: vault, amount: 1n });
      await streams.closeBook();
      assert.equal(await streams.balance(streams.payerTokens), PAYER_TOKENS + 1n);
    });

    it("so that nothing of it can be used again (A14)", async () => {
      const { book } = streams;
      await streams.closeBook();
      await assertRefused(streams.addLine({ line: 0 }), "AccountOwnedByWrongProgram");
      // Even where somebody keeps the address alive with lamports.
      await streams.world.fund(book, 10_000_000n);
      const account = await streams.world.account(book);
      assert.deepEqual(account?.owner, SystemProgram.programId);
      assert.equal(account?.data.length, 0);
      await assertRefused(streams.addLine({ line: 0 }), "AccountOwnedByWrongProgram");
    });

    it("and a later one at the same address begins from nothing, with another domain (A14)", async () => {
      await streams.addLine({ rate: 5n });
      await streams.closeLine({ authority: KEYS.payee.publicKey });
      await streams.removeLine();
      const { voucherDomain } = await streams.state();
      await streams.closeBook();
      await streams.advance({ seconds: GRACE });
      await streams.openBook();
      const next = await streams.state();
      assert.notDeepEqual(next.voucherDomain, voucherDomain);
      assert.deepEqual(
        { deposited: next.deposited, nextLine: next.nextLine, capacity: next.capacity },
        { deposited: 0n, nextLine: 0, capacity: 0 },
      );
    });
  });
});
