import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { refusesForgedBooks } from "./forge";
import { KEYS } from "./keys";
import { GRACE, type Scenario, startScenario } from "./scenario";

describeWorlds("streams / set_voucher_signer", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start);
  });

  describe("refuses", () => {
    refusesForgedBooks(
      () => streams,
      (odd) => streams.setVoucherSigner(odd),
    );

    it("anybody but the payer, the present signer too (A02)", async () => {
      await streams.setVoucherSigner();
      for (const { publicKey } of [KEYS.stranger, KEYS.voucherSigner]) {
        await assertRefused(streams.setVoucherSigner({ payer: publicKey }), "NotPayer");
      }
    });

    it("a second change while vouchers of the signer before the first may still be settled", async () => {
      await streams.addLine();
      await streams.setVoucherSigner();
      const signer = KEYS.stranger.publicKey;
      await streams.advance({ seconds: GRACE - 1n });
      await assertRefused(streams.setVoucherSigner({ signer }), "SignerChanging");
      await streams.advance({ seconds: 1n });
      await streams.setVoucherSigner({ signer });
    });

    it("a shorter term or lower cap for the present key once there is a line, and so perhaps a voucher", async () => {
      const expiresAt = (await streams.now()) + 1_000n;
      await streams.setVoucherSigner();
      await streams.setVoucherSigner({ expiresAt, cap: 500n }); // no line yet
      await streams.addLine();
      for (const less of [{ expiresAt: expiresAt - 1n }, { expiresAt, cap: 499n }]) {
        await assertRefused(streams.setVoucherSigner(less), "SignerTightened");
      }
      await streams.setVoucherSigner({ expiresAt, cap: 500n });
    });

    it("a payer who does not sign (A01)", () =>
      assertRefused(
        streams.setVoucherSigner({ accounts: { payer: { isSigner: false } } }),
        "AccountNotSigner",
      ));
  });

  describe("hands over", () => {
    it("the right to sign, with its term and cap, and says so", async () => {
      const { events } = await streams.setVoucherSigner({ expiresAt: 1_800_000_000n, cap: 500n });
      const { voucherSigner, voucherExpiresAt, voucherCap } = await streams.state();
      assert.deepEqual(voucherSigner, KEYS.voucherSigner.publicKey);
      assert.deepEqual(
        { voucherExpiresAt, voucherCap },
        { voucherExpiresAt: 1_800_000_000n, voucherCap: 500n },
      );
      assert.deepEqual(events, [
        {
          name: "VoucherSignerSet",
          data: {
            book: streams.book.toBase58(),
            signer: KEYS.voucherSigner.publicKey.toBase58(),
            expires_at: 1_800_000_000n,
            cap: 500n,
          },
        },
      ]);
    });

    it("a fresh cap: what the former signer spent does not count", async () => {
      await streams.setVoucherSigner({ cap: 300n });
      await streams.addLine();
      await streams.settle({ signer: KEYS.voucherSigner });
      assert.equal((await streams.state()).voucherSpent, 300n);
      await streams.setVoucherSigner({ signer: KEYS.payer.publicKey, cap: 100n });
      assert.equal((await streams.state()).voucherSpent, 0n);
      await streams.settle({ targets: { kind: "dense", start: 0, cumulative: [400n] } });
      assert.equal((await streams.state()).voucherSpent, 100n);
    });

    it("a longer term or higher cap to the present key, also in a grace period, with what it spent kept", async () => {
      await streams.addLine();
      await streams.setVoucherSigner({ cap: 300n });
      await streams.settle({ signer: KEYS.voucherSigner });
      const before = await streams.state();
      await streams.setVoucherSigner({ cap: 301n });
      const { voucherCap, voucherSpent, formerExpiresAt } = await streams.state();
      assert.deepEqual({ voucherCap, voucherSpent }, { voucherCap: 301n, voucherSpent: 300n });
      assert.equal(formerExpiresAt, before.formerExpiresAt);
    });

    it("with the former signer's terms kept for the grace period", async () => {
      await streams.setVoucherSigner({ cap: 400n });
      await streams.addLine();
      await streams.settle({ signer: KEYS.voucherSigner });
      const now = await streams.now();
      await streams.setVoucherSigner({ signer: KEYS.payer.publicKey });
      const { formerSigner, formerExpiresAt, formerCap, formerSpent } = await streams.state();
      assert.deepEqual(formerSigner, KEYS.voucherSigner.publicKey);
      assert.deepEqual(
        { formerExpiresAt, formerCap, formerSpent },
        { formerExpiresAt: now + GRACE, formerCap: 400n, formerSpent: 300n },
      );
    });

    it("with no longer a term than the former signer had anyway", async () => {
      const expiresAt = (await streams.now()) + 60n;
      await streams.setVoucherSigner({ expiresAt });
      await streams.addLine();
      await streams.setVoucherSigner({ signer: KEYS.payer.publicKey });
      assert.equal((await streams.state()).formerExpiresAt, expiresAt);
    });

    it("with nothing kept where there was no line yet, and so no voucher", async () => {
      await streams.setVoucherSigner();
      await streams.setVoucherSigner({ signer: KEYS.payer.publicKey });
      assert.isNull((await streams.state()).formerSigner);
    });
  });
});
