import * as sdk from "@pinfi/sdk/streams";
import { SystemProgram } from "@solana/web3.js";
import { assert } from "chai";
import { describeWorlds } from "../harness/describe";
import { readIdl } from "../harness/programs";
import { setFrozen } from "../harness/tokens";
import { assertSaid } from "../kit/verb";
import { otherMint } from "./forge";
import { KEYS } from "./keys";
import { poolStories } from "./pool-events";
import { DEPOSIT, GRACE, startScenario } from "./scenario";

// A first call cannot tell a running total from the amount of the call: each event is looked at on
// a call that is not the first, with several lines, members, vouchers and fees behind it.
describeWorlds("streams / events on later calls (W22b)", (start) => {
  const payer = KEYS.payer.publicKey;
  const payee = KEYS.payee.publicKey;
  const stranger = KEYS.stranger.publicKey;

  /** The call by the plain form, to which an account too many leads. */
  const plainClaim = (streams: Awaited<ReturnType<typeof startScenario>>) => {
    const { book, mint } = streams;
    const claim = sdk.claim({ book, mint: mint.address, line: 0, payee });
    claim.keys.push({ pubkey: SystemProgram.programId, isSigner: false, isWritable: false });
    return streams.send([claim]);
  };
  /** Two lines at 5 and 3 per second on a book with a fee of 5 %, half of it to burn. */
  const withLines = async () => {
    const streams = await startScenario(start, { feeBps: 500 });
    await streams.addLine({ line: 0, rate: 5n });
    await streams.addLine({ line: 1, rate: 3n, payee: stranger });
    return { streams, book: streams.book.toBase58() };
  };

  const stories: Record<string, () => Promise<void>> = {
    async Initialized() {
      const streams = await startScenario(start, { stage: "deployed" });
      const done = await streams.initialize({ authority: stranger });
      assertSaid(done, "Initialized", { authority: stranger.toBase58() });
    },

    async AuthorityNominated() {
      const streams = await startScenario(start, { stage: "initialized" });
      await streams.nominateAuthority();
      const done = await streams.nominateAuthority({ nominee: payee });
      assertSaid(done, "AuthorityNominated", {
        authority: KEYS.authority.publicKey.toBase58(),
        nominee: payee.toBase58(),
      });
    },

    async AuthorityAccepted() {
      const streams = await startScenario(start, { stage: "initialized" });
      await streams.nominateAuthority();
      await streams.acceptAuthority();
      await streams.nominateAuthority({ authority: stranger, nominee: payee });
      const done = await streams.acceptAuthority({ nominee: payee });
      assertSaid(done, "AuthorityAccepted", { authority: payee.toBase58() });
    },

    async MintPolicySet() {
      const streams = await startScenario(start, { stage: "policy", feeBps: 100 });
      const done = await streams.setMintPolicy({
        treasury: streams.strangerTokens,
        minDeposit: 77n,
        allowedExtensions: 1n << 10n,
        feeBps: 250,
        burnBps: 300,
        enabled: false,
      });
      assertSaid(done, "MintPolicySet", {
        mint: streams.mint.address.toBase58(),
        treasury: streams.strangerTokens.toBase58(),
        min_deposit: 77n,
        allowed_extensions: 1n << 10n,
        fee_bps: 250,
        burn_bps: 300,
        enabled: false,
      });
    },

    async BookOpened() {
      const streams = await startScenario(start);
      const { mint } = await otherMint(streams);
      const book = sdk.bookAddress({ payer, mint: mint.address, id: 513 });
      const done = await streams.openBook({ mint: mint.address, id: 513 });
      const account = await streams.world.account(book);
      if (account === null) throw new Error("the book is not open");
      assertSaid(done, "BookOpened", {
        book: book.toBase58(),
        payer: payer.toBase58(),
        mint: mint.address.toBase58(),
        id: 513,
        voucher_domain: Buffer.from(sdk.decodeBook(account).voucherDomain).toString("hex"),
      });
    },

    async Deposited() {
      const streams = await startScenario(start, { stage: "book" });
      await streams.deposit({ amount: 600n });
      await streams.refund({ amount: 100n });
      const funder = stranger;
      const source = streams.strangerTokens;
      const done = await streams.deposit({ funder, source, amount: 400n });
      assertSaid(done, "Deposited", {
        book: streams.book.toBase58(),
        funder: funder.toBase58(),
        amount: 400n,
        total_deposited: 1_000n,
      });
    },

    async Refunded() {
      const streams = await startScenario(start);
      await streams.refund({ amount: 300n });
      await streams.deposit({ amount: 50n });
      const done = await streams.refund({ amount: 200n });
      const book = streams.book.toBase58();
      assertSaid(done, "Refunded", { book, amount: 200n, total_refunded: 500n });
    },

    async LinesReserved() {
      const { streams, book } = await withLines();
      await streams.reserveLines({ count: 4 });
      const done = await streams.reserveLines({ count: 3 });
      assertSaid(done, "LinesReserved", { book, capacity: 9 });
    },

    async LineAdded() {
      const controller = KEYS.controller.publicKey;
      const streams = await startScenario(start, { controller });
      await streams.addLine();
      const done = await streams.addLine({
        payee: stranger,
        deposit: 70n,
        rate: 9n,
        controlled: true,
      });
      assertSaid(done, "LineAdded", {
        book: streams.book.toBase58(),
        line: 1,
        payee: stranger.toBase58(),
        deposit: 70n,
        rate: 9n,
        controlled: true,
      });
    },

    async LineFunded() {
      const { streams, book } = await withLines();
      await streams.fundLine({ line: 1, amount: 500n });
      const done = await streams.fundLine({ line: 1, amount: 250n });
      assertSaid(done, "LineFunded", { book, line: 1, amount: 250n, total_deposit: 1_750n });
    },

    async RateSet() {
      const { streams, book } = await withLines();
      await streams.advance({ seconds: 60n });
      await streams.setRate({ line: 1, rate: 2n });
      await streams.settle({ targets: { kind: "dense", start: 1, cumulative: [40n] } });
      await streams.advance({ seconds: 10n });
      const done = await streams.setRate({ line: 1, rate: 7n });
      // 60 x 3 + 10 x 2; what vouchers add is none of it.
      assertSaid(done, "RateSet", { book, line: 1, rate: 7n, total_accrued: 200n });
    },

    async VoucherSignerSet() {
      const { streams, book } = await withLines();
      await streams.setVoucherSigner({ expiresAt: 2n ** 40n, cap: 5n });
      const done = await streams.setVoucherSigner({ expiresAt: 2n ** 41n, cap: 6n });
      const signer = KEYS.voucherSigner.publicKey.toBase58();
      assertSaid(done, "VoucherSignerSet", { book, signer, expires_at: 2n ** 41n, cap: 6n });
    },

    async SettledMany() {
      const { streams } = await withLines();
      const { voucher } = await streams.voucher();
      const forged = (await streams.voucher({ signer: KEYS.stranger })).voucher;
      await streams.send([sdk.settleMany({ vouchers: [forged, voucher] })]);
      const done = await streams.send([sdk.settleMany({ vouchers: [voucher, forged, forged] })]);
      assertSaid(done, "SettledMany", { skipped: 0b110n });
    },

    async Claimed() {
      const { streams, book } = await withLines();
      await streams.advance({ seconds: 60n });
      await streams.claim();
      await streams.advance({ seconds: 30n });
      const hot = await streams.claim(); // 22.5 of 450 in all, of which 15 were kept before
      const total = { amount: 150n, fee: 8n, total_claimed: 450n };
      assertSaid(hot, "Claimed", { book, line: 0, ...total });
      await streams.advance({ seconds: 10n });
      const plain = await plainClaim(streams); // 25 of 500
      const after = { amount: 50n, fee: 2n, total_claimed: 500n };
      assertSaid(plain, "Claimed", { book, line: 0, ...after });
    },

    async ClaimedMany() {
      const { streams, book } = await withLines();
      await streams.advance({ seconds: 60n });
      await streams.claim(); // 300
      await streams.advance({ seconds: 20n });
      const claims = [
        { line: 0, payee },
        { line: 7, payee },
        { line: 1, payee: stranger },
      ];
      await streams.claimMany({ claims }); // 100 and 240
      await streams.advance({ seconds: 40n });
      const done = await streams.claimMany({ claims }); // 200 and 120
      assertSaid(done, "ClaimedMany", {
        book,
        amount: 320n,
        fees: 16n,
        skipped: 0b010,
        total_claimed: 960n,
      });
    },

    async LineClosing() {
      const { streams, book } = await withLines();
      await streams.closeLine({ line: 1 });
      const now = await streams.now();
      const first = await streams.closeLine({ line: 0 });
      assertSaid(first, "LineClosing", { book, line: 0, closing_at: now + GRACE });
      await streams.advance({ seconds: 10n });
      const sooner = await streams.closeLine({ line: 0, authority: payee });
      assertSaid(sooner, "LineClosing", { book, line: 0, closing_at: now + 10n });
    },

    async LineReleased() {
      const { streams, book } = await withLines();
      await streams.advance({ seconds: 60n });
      await streams.closeLine({ line: 1, authority: stranger });
      const released = await streams.removeLine({ line: 1 });
      assertSaid(released, "LineReleased", { book, line: 1, amount: 820n, removed: false });
      await streams.claim({ line: 1, payee: stranger });
      const removed = await streams.removeLine({ line: 1 });
      assertSaid(removed, "LineReleased", { book, line: 1, amount: 0n, removed: true });
    },

    async FeesCollected() {
      const { streams, book } = await withLines();
      await streams.advance({ seconds: 60n });
      await streams.claim(); // a fee of 15
      const odd = await streams.collectFees();
      const first = { burned: 7n, to_treasury: 8n, to_escrow: 0n, total_collected: 15n };
      assertSaid(odd, "FeesCollected", { book, ...first });
      await streams.claim({ line: 1, payee: stranger }); // a fee of 9
      const done = await streams.collectFees();
      const total = { burned: 5n, to_treasury: 4n, to_escrow: 0n, total_collected: 24n };
      assertSaid(done, "FeesCollected", { book, ...total });
    },

    async EscrowCollected() {
      const { streams } = await withLines();
      const escrow = await streams.tokensOf(sdk.policyAddress({ mint: streams.mint.address }));
      const wait = async (seconds: bigint) => {
        await streams.advance({ seconds });
        await streams.claim();
        await setFrozen(streams.world, streams.treasury);
        await streams.collectFees({ escrow });
        await setFrozen(streams.world, streams.treasury, false);
      };
      await wait(60n); // a fee of 15, 8 of it for the treasury
      await streams.collectEscrow();
      await wait(40n); // a fee of 10, 5 of it
      const done = await streams.collectEscrow();
      const mint = streams.mint.address.toBase58();
      assertSaid(done, "EscrowCollected", { mint, to_treasury: 5n });
    },

    async BookClosed() {
      const { streams, book } = await withLines();
      await streams.deposit({ amount: 1_000n });
      await streams.refund({ amount: 700n });
      await streams.advance({ seconds: 60n });
      for (const [line, owner] of [
        [0, payee],
        [1, stranger],
      ] as const) {
        await streams.claim({ line, payee: owner });
        await streams.closeLine({ line, authority: owner });
        await streams.removeLine({ line });
      }
      await streams.collectFees();
      await streams.refund({ amount: 20n });
      await streams.advance({ slots: 1n });
      const done = await streams.closeBook();
      assertSaid(done, "BookClosed", {
        book,
        payer: payer.toBase58(),
        amount: DEPOSIT + 1_000n - 720n - 480n,
        total_deposited: DEPOSIT + 1_000n,
        total_claimed: 480n,
      });
    },

    ...poolStories(start),
  };

  it("has every event of the program", () => {
    const { events = [] } = readIdl("streams");
    assert.sameMembers(
      Object.keys(stories),
      events.map(({ name }) => name),
    );
  });

  for (const [name, story] of Object.entries(stories)) it(name, story);
});
