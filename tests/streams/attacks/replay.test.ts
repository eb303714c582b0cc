import { fixedKeypair } from "@pinfi/localnet";
import * as sdk from "@pinfi/sdk/streams";
import { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeSigned } from "../../harness/describe";
import { otherBook, otherMint } from "../forge";
import { KEYS } from "../keys";
import { GRACE, type Scenario, startScenario } from "../scenario";
import { domainOf, genuine, voucherUnder } from "./vouchers";

const SLOT_HASHES = new PublicKey("SysvarS1otHashes111111111111111111111111111");

describeSigned("streams / replays of a voucher", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine();
  });
  const honest = async () => {
    await streams.send(await genuine(streams));
    assert.equal((await streams.line()).vouched, 300n);
  };
  const refusedUnder = async (domain: Uint8Array) => {
    const settle = voucherUnder(streams, domain);
    await assertRefused(streams.send(streams.settleInstructions(settle)), "VoucherDomainMismatch");
    await honest();
  };
  const domainAt = async (book: PublicKey) => {
    const account = await streams.world.account(book);
    return sdk.decodeBookHeader(account ?? assert.fail("not open")).voucherDomain;
  };

  describe("D09 refuses a voucher", () => {
    it("of another book of the same payer", async () => {
      const { book } = await otherBook(streams);
      await refusedUnder(await domainAt(book));
    });

    it("of a book of the same payer in another mint", async () => {
      const { mint } = await otherMint(streams);
      await streams.openBook({ mint: mint.address });
      const payer = KEYS.payer.publicKey;
      await refusedUnder(await domainAt(sdk.bookAddress({ payer, mint: mint.address, id: 0 })));
    });

    it("of another payer's book", async () => {
      const payer = KEYS.stranger.publicKey;
      await streams.openBook({ payer });
      const mint = streams.mint.address;
      await refusedUnder(await domainAt(sdk.bookAddress({ payer, mint, id: 0 })));
    });

    const ingredients: [what: string, odd: Partial<Parameters<typeof domainOf>[0]>][] = [
      ["of another program", { program: fixedKeypair(99).publicKey }],
      ["of another cluster", { slotHash: Buffer.alloc(32, 1) }],
      ["of another version", { tag: "pinfi:streams:voucher:2" }],
    ];
    for (const [what, odd] of ingredients) {
      it(what, async () => {
        // Opened in this slot, so the real domain can be made here and then spoiled.
        const { openedSlot: slot, voucherDomain } = await streams.state();
        const hashes = await streams.world.account(SLOT_HASHES);
        const slotHash = hashes?.data.subarray(16, 48) ?? assert.fail("no SlotHashes");
        const real = { book: streams.book, slotHash, slot };
        assert.deepEqual(Buffer.from(domainOf(real)), Buffer.from(voucherDomain));
        await refusedUnder(domainOf({ ...real, ...odd }));
      });
    }
  });

  describe("D10 pays once for a voucher settled", () => {
    const paidOnce = async () => {
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 300n);
      await assertRefused(streams.claim(), "NothingToClaim");
    };

    it("twice, in two transactions", async () => {
      const pair = await genuine(streams);
      await streams.send(pair);
      await streams.send(pair);
      await paidOnce();
    });

    it("twice, in one transaction", async () => {
      const settle = await streams.voucher();
      await streams.send(sdk.settleInstructions({ settles: [settle, settle], firstIndex: 0 }));
      await paidOnce();
    });

    it("twice, with a claim between", async () => {
      const pair = await genuine(streams);
      await streams.send(pair);
      await streams.claim();
      await streams.send(pair);
      await assertRefused(streams.claim(), "NothingToClaim");
      assert.equal(await streams.balance(streams.payeeTokens), 300n);
    });

    it("by two keepers", async () => {
      const pair = await genuine(streams);
      await streams.world.send(pair, { feePayer: KEYS.payee });
      await streams.world.send(pair, { feePayer: KEYS.stranger });
      await paidOnce();
    });
  });

  it("D11 keeps the higher total when an older voucher comes after a newer", async () => {
    const older = await genuine(streams, 80n);
    await streams.send(await genuine(streams, 100n));
    await streams.send(older);
    assert.equal((await streams.line()).vouched, 100n);
  });

  it("D13 refuses, in a book's next life, a voucher of the one before", async () => {
    const pair = await genuine(streams);
    await streams.closeLine({ authority: KEYS.payee.publicKey });
    await streams.removeLine();
    await streams.advance({ slots: 1n });
    await streams.closeBook();
    await streams.openBook();
    await streams.deposit();
    await streams.addLine();
    await assertRefused(streams.send(pair), "VoucherDomainMismatch");
    await honest();
  });

  it("D14 pays the payee who settles in the last second, and not the second after", async () => {
    const [inTime, late] = [await genuine(streams, 300n), await genuine(streams, 500n)];
    await streams.closeLine();
    await streams.advance({ seconds: GRACE - 1n });
    await streams.send(inTime);
    await streams.advance({ seconds: 1n });
    await streams.send(late);
    await streams.removeLine();
    await streams.claim();
    assert.equal(await streams.balance(streams.payeeTokens), 300n);
  });
});

describeSigned("streams / a delegated voucher key", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine();
    await streams.setVoucherSigner({ cap: 500n });
  });
  const upTo = (cumulative: bigint): sdk.Targets => ({
    kind: "dense",
    start: 0,
    cumulative: [cumulative],
  });
  const byDelegate = (cumulative: bigint) =>
    streams.settle({ signer: KEYS.voucherSigner, targets: upTo(cumulative) });

  it("D16 signs in place of the payer, whose own signature counts for the grace period only", async () => {
    await streams.advance({ seconds: GRACE - 1n });
    await streams.settle({ signer: KEYS.payer, targets: upTo(100n) });
    await streams.advance({ seconds: 1n });
    await assertRefused(
      streams.settle({ signer: KEYS.payer, targets: upTo(200n) }),
      "VoucherSignerExpired",
    );
    await byDelegate(300n);
    assert.equal((await streams.line()).vouched, 300n);
  });

  it("D16 is refused once replaced and its grace period over, vouchers signed before included", async () => {
    const settle = await streams.voucher({ signer: KEYS.voucherSigner, targets: upTo(300n) });
    await streams.advance({ seconds: GRACE });
    await streams.setVoucherSigner({ signer: KEYS.payer.publicKey });
    await streams.advance({ seconds: GRACE });
    await assertRefused(streams.send(streams.settleInstructions(settle)), "VoucherSignerExpired");
    await streams.settle({ signer: KEYS.payer, targets: upTo(300n) });
  });

  it("D16 keeps its vouchers good for the grace period, so that a change of keys robs nobody", async () => {
    await streams.advance({ seconds: GRACE });
    const settle = await streams.voucher({ signer: KEYS.voucherSigner, targets: upTo(300n) });
    await streams.setVoucherSigner({ signer: KEYS.payer.publicKey });
    await streams.advance({ seconds: GRACE - 1n });
    await streams.send(streams.settleInstructions(settle));
    assert.equal((await streams.line()).vouched, 300n);
    // Under the cap it had.
    await assertRefused(byDelegate(501n), "CapExceeded");
  });

  const tighter: [what: string, terms: { expiresAt?: bigint; cap?: bigint }][] = [
    ["an end at once", { expiresAt: 0n, cap: 500n }],
    ["a cap of nothing", { cap: 0n }],
  ];
  for (const [what, terms] of tighter) {
    it(`D16 cannot be robbed by naming the same key with ${what}`, async () => {
      const settle = await streams.voucher({ signer: KEYS.voucherSigner, targets: upTo(300n) });
      await assertRefused(streams.setVoucherSigner(terms), "SignerTightened");
      await streams.advance({ seconds: GRACE });
      await assertRefused(streams.setVoucherSigner(terms), "SignerTightened");
      await streams.send(streams.settleInstructions(settle));
      assert.equal((await streams.line()).vouched, 300n);
    });
  }

  it("D16 is refused from its last second on, until its term is extended", async () => {
    await streams.advance({ seconds: GRACE });
    const expiresAt = (await streams.now()) + 60n;
    const signer = KEYS.stranger.publicKey;
    const byStranger = (total: bigint) =>
      streams.settle({ signer: KEYS.stranger, targets: upTo(total) });
    await streams.setVoucherSigner({ signer, expiresAt });
    await streams.advance({ seconds: 59n });
    await byStranger(100n);
    await streams.advance({ seconds: 1n });
    await assertRefused(byStranger(200n), "VoucherSignerExpired");
    await streams.setVoucherSigner({ signer, expiresAt: expiresAt + 60n });
    await byStranger(200n);
  });

  it("D16 is refused above its cap, over all lines together, until the cap is raised", async () => {
    await byDelegate(500n);
    await assertRefused(byDelegate(501n), "CapExceeded");
    await streams.setVoucherSigner({ cap: 501n });
    await byDelegate(501n);
    await assertRefused(byDelegate(502n), "CapExceeded");
  });
});
