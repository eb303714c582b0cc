import { createPublicKey, verify } from "node:crypto";
import { signVoucher, type Voucher, verifyVoucher, voucherMessage } from "@pinfi/sdk";
import { Keypair, PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import fc from "fast-check";
import { verifySignature } from "../src/vouchers/signature";

const signer = Keypair.fromSeed(Buffer.alloc(32, 5));
const domain = new Uint8Array(32).fill(8);
const good = signVoucher({
  domain,
  book: Keypair.fromSeed(Buffer.alloc(32, 6)).publicKey,
  targets: { kind: "dense", start: 0, cumulative: [1n, 2n] },
  signer,
});

/** What OpenSSL alone says. */
function opensslTakes({ signer: key, signature, targets }: Voucher): boolean {
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key.toBytes()]);
  const parsed = createPublicKey({ key: der, format: "der", type: "spki" });
  return verify(null, voucherMessage({ domain, targets }), parsed, signature);
}

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const IDENTITY = bytes(`01${"00".repeat(31)}`);
const ORDER = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");

describe("keeper / signatures", () => {
  it("takes a good one", async () => {
    assert.isTrue(await verifySignature({ domain, voucher: good }));
  });

  it("refuses one for another domain, of another key, and of another length", async () => {
    const other = Keypair.fromSeed(Buffer.alloc(32, 7)).publicKey;
    const refused = [
      { domain: new Uint8Array(32), voucher: good },
      { domain, voucher: { ...good, signer: other } },
      { domain, voucher: { ...good, signature: good.signature.subarray(0, 63) } },
    ];
    for (const each of refused) assert.isFalse(await verifySignature(each));
  });

  it("refuses keys and nonces of small order, which OpenSSL alone would take", async () => {
    const signature = new Uint8Array(64);
    signature.set(IDENTITY);
    const voucher = { ...good, signer: new PublicKey(IDENTITY), signature };
    assert.isTrue(opensslTakes(voucher), "the guard is needed");
    assert.isFalse(await verifySignature({ domain, voucher }));
  });

  it("refuses the same signature with the group order added to its scalar", async () => {
    const signature = Uint8Array.from(good.signature);
    let carry = 0;
    for (let at = 0; at < 32; at += 1) {
      const sum = (signature[32 + at] ?? 0) + (ORDER[at] ?? 0) + carry;
      signature[32 + at] = sum & 0xff;
      carry = sum >> 8;
    }
    assert.isFalse(await verifySignature({ domain, voucher: { ...good, signature } }));
  });

  it("refuses keys that are no canonical point", async () => {
    const beyondPrime = new Uint8Array(32).fill(0xff);
    beyondPrime[31] = 0x7f;
    for (const first of [0xed, 0xee, 0xff]) {
      beyondPrime[0] = first;
      const voucher = { ...good, signer: new PublicKey(beyondPrime) };
      assert.isFalse(await verifySignature({ domain, voucher }));
    }
  });

  it("agrees with the SDK's own check on damaged signatures and keys", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(95), fc.nat(7), async (byte, bit) => {
        const all = Uint8Array.from([...good.signature, ...good.signer.toBytes()]);
        all[byte] = (all[byte] ?? 0) ^ (1 << bit);
        const signature = all.slice(0, 64);
        const voucher = { ...good, signature, signer: new PublicKey(all.slice(64)) };
        const expected = verifyVoucher({ domain, voucher });
        assert.equal(await verifySignature({ domain, voucher }), expected);
        assert.isFalse(expected);
      }),
      { numRuns: 200 },
    );
  });
});
