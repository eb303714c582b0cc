import * as sdk from "@pinfi/sdk/streams";
import { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { patchBook, refusesForgedBooks } from "./forge";
import { KEYS } from "./keys";
import { DEPOSIT, type Scenario, startScenario } from "./scenario";

const NEXT_LINE = 292; // offset in the book's header

describeWorlds("streams / add_line", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start);
  });

  describe("refuses", () => {
    refusesForgedBooks(
      () => streams,
      (odd) => streams.addLine(odd),
    );

    it("anybody but the payer (A02)", () =>
      assertRefused(streams.addLine({ payer: KEYS.stranger.publicKey }), "NotPayer"));

    it("a payer who does not sign (A01)", () =>
      assertRefused(
        streams.addLine({ accounts: { payer: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("an index that is not the next, so that a resend adds nothing", async () => {
      await streams.addLine({ line: 0 });
      await assertRefused(streams.addLine({ line: 0 }), "WrongLineIndex");
      await assertRefused(streams.addLine({ line: 2 }), "WrongLineIndex");
      // More room than one instruction can make: the index is looked at first.
      await assertRefused(streams.addLine({ line: 1_000 }), "WrongLineIndex");
      await streams.addLine({ line: 1 });
    });

    it("more than is free", async () => {
      await assertRefused(streams.addLine({ deposit: DEPOSIT + 1n }), "ExceedsFree");
      await streams.addLine({ deposit: DEPOSIT });
    });

    it("as payee the default key, the book itself, its vault, and the vault's owner", async () => {
      const { book, vault, vaultOwner } = streams;
      const near = PublicKey.unique().toBytes();
      near[0] = vaultOwner.toBytes()[0] ?? 0;
      for (const payee of [PublicKey.default, book, vault, vaultOwner]) {
        // Past the SDK, which refuses most of them by itself.
        const honest = sdk.addLine({
          payer: KEYS.payer.publicKey,
          book,
          line: 0,
          payee: new PublicKey(near),
          deposit: 1_000n,
          rate: 0n,
          controlled: false,
        });
        const data = Buffer.from(honest.data);
        payee.toBuffer().copy(data, 8 + 2);
        await assertRefused(streams.send([{ ...honest, data }]), "InvalidPayee");
      }
      // One that only begins like the vault's owner, and the owner of another book's vault.
      await streams.addLine({ payee: new PublicKey(near) });
      await streams.addLine({ payee: sdk.authorityAddress({ book: vault }) });
    });

    it("a controlled line in a book without a controller", () =>
      assertRefused(streams.addLine({ controlled: true }), "NoController"));

    it("a line beyond the 65,535th", async () => {
      await patchBook(streams, (header) => header.writeUInt16LE(65_535, NEXT_LINE));
      await assertRefused(streams.addLine({ line: 65_535 }), "BookFull");
    });
  });

  describe("adds", () => {
    it("a line at the next index, funded from the free tokens, and says so", async () => {
      await streams.addLine();
      const { events } = await streams.addLine({
        payee: KEYS.otherPayee.publicKey,
        deposit: 2_000n,
        rate: 7n,
      });
      const now = await streams.now();
      const { free, committed, nextLine, lineCount, lines, deposited } = await streams.state();
      assert.deepEqual(
        { free, committed, nextLine, lineCount, deposited },
        {
          free: DEPOSIT - 3_000n,
          committed: 3_000n,
          nextLine: 2,
          lineCount: 2,
          deposited: DEPOSIT,
        },
      );
      assert.deepEqual(lines[1], {
        index: 1,
        payee: KEYS.otherPayee.publicKey,
        deposit: 2_000n,
        vouched: 0n,
        rate: 7n,
        accrued: 0n,
        accruedAt: now,
        claimed: 0n,
        closingAt: 0n,
        flags: 0,
        controlled: false,
        released: false,
        removed: false,
      });
      assert.deepEqual(events, [
        {
          name: "LineAdded",
          data: {
            book: streams.book.toBase58(),
            line: 1,
            payee: KEYS.otherPayee.publicKey.toBase58(),
            deposit: 2_000n,
            rate: 7n,
            controlled: false,
          },
        },
      ]);
    });

    it("a line without a deposit, to be funded later", async () => {
      await streams.addLine({ deposit: 0n });
      assert.equal((await streams.line()).deposit, 0n);
      assert.equal((await streams.state()).free, DEPOSIT);
    });

    it("a controlled line where the book has a controller", async () => {
      streams = await startScenario(start, { controller: KEYS.controller.publicKey });
      await streams.addLine({ controlled: true });
      assert.isTrue((await streams.line()).controlled);
    });

    it("one line's rent, paid by the payer", async () => {
      await streams.addLine();
      assert.equal(
        await streams.world.lamports(streams.book),
        await streams.world.minimumBalance(376 + 96),
      );
    });
  });
});
