import { ed25519 } from "@noble/curves/ed25519";
import { PublicKey } from "@solana/web3.js";
import { expect } from "chai";
import { InvalidArgument, VoucherError } from "../src";
import * as sdk from "../src/streams";
import { key, keypair } from "./builders";

const domain = new Uint8Array(32).fill(9);
const book = key(50);
const signer = keypair(51);
const dense: sdk.Targets = { kind: "dense", start: 258, cumulative: [1n, 2n ** 64n - 1n] };
const sparse: sdk.Targets = { kind: "sparse", entries: [{ line: 513, cumulative: 5n }] };
const sign = (targets: sdk.Targets) => sdk.signVoucher({ domain, book, targets, signer });

/** The order of the group; a scalar and the same plus this are one to a lax verifier. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
}

describe("sdk / voucher message", () => {
  it("is the domain, then the targets in Borsh", () => {
    const hex = (targets: sdk.Targets) =>
      Buffer.from(sdk.voucherMessage({ domain, targets }).subarray(32)).toString("hex");
    expect(hex(dense)).to.equal(`00${"0201"}${"02000000"}${"0100000000000000"}${"f".repeat(16)}`);
    expect(hex(sparse)).to.equal(`01${"01000000"}${"0102"}${"0500000000000000"}`);
    expect(sdk.voucherMessage({ domain, targets: dense }).subarray(0, 32)).to.deep.equal(domain);
  });

  it("lists targets one by one", () => {
    expect(sdk.listTargets(dense)).to.deep.equal([
      { line: 258, cumulative: 1n },
      { line: 259, cumulative: 2n ** 64n - 1n },
    ]);
    expect(sdk.listTargets(sparse)).to.deep.equal(sparse.entries);
    expect([sdk.targetCount(dense), sdk.targetCount(sparse)]).to.deep.equal([2, 1]);
  });
});

describe("sdk / voucher signature", () => {
  it("verifies", () => {
    expect(sdk.verifyVoucher({ domain, voucher: sign(dense) })).to.equal(true);
    expect(sdk.verifyVoucher({ domain, voucher: sign(sparse) })).to.equal(true);
  });

  it("does not verify for another domain, signer, targets, or a flipped bit", () => {
    const voucher = sign(dense);
    const holds = (change: Partial<sdk.Voucher>, inDomain = domain) =>
      sdk.verifyVoucher({ domain: inDomain, voucher: { ...voucher, ...change } });
    expect(holds({}, new Uint8Array(32).fill(8))).to.equal(false);
    expect(holds({ signer: key(52) })).to.equal(false);
    expect(holds({ targets: sparse })).to.equal(false);
    for (const byte of [0, 31, 32, 63]) {
      const signature = voucher.signature.slice();
      signature[byte] = (signature[byte] as number) ^ 1;
      expect(holds({ signature }), `byte ${byte}`).to.equal(false);
    }
    expect(holds({ signature: voucher.signature.subarray(1) })).to.equal(false);
    expect(holds({ signature: new Uint8Array(64) })).to.equal(false);
  });

  it("does not verify with a scalar beyond the order of the group", () => {
    const voucher = sign(dense);
    const scalar = littleEndian(voucher.signature.subarray(32)) + ORDER;
    const signature = voucher.signature.slice();
    for (let index = 0; index < 32; index++) {
      signature[32 + index] = Number((scalar >> BigInt(8 * index)) & 0xffn);
    }
    expect(sdk.verifyVoucher({ domain, voucher: { ...voucher, signature } })).to.equal(false);
  });

  it("does not verify for a key of small order, which signs any message", () => {
    const identity = ed25519.Point.ZERO.toBytes();
    const signature = new Uint8Array(64);
    signature.set(identity);
    const message = sdk.voucherMessage({ domain, targets: dense });
    expect(ed25519.verify(signature, message, identity, { zip215: true })).to.equal(true);
    const voucher = { book, targets: dense, signer: new PublicKey(identity), signature };
    expect(sdk.verifyVoucher({ domain, voucher })).to.equal(false);
  });

  it("refuses to sign without a secret key", () => {
    const attempt = () =>
      sdk.signVoucher({ domain, book, targets: dense, signer: { publicKey: key(1) } as never });
    expect(attempt).to.throw(InvalidArgument, "signer has no secret key: give a Keypair");
  });
});

describe("sdk / settle instructions", () => {
  const other = keypair(53);
  const settles = [
    { book, domain, voucher: sign(dense) },
    {
      book: key(54),
      domain: new Uint8Array(32).fill(7),
      voucher: sdk.signVoucher({
        domain: new Uint8Array(32).fill(7),
        book: key(54),
        targets: sparse,
        signer: other,
      }),
    },
  ];
  const [proof, ...rest] = sdk.settleInstructions({ settles, firstIndex: 3 });

  it("begin with one canonical ed25519 instruction for all", () => {
    const data = proof?.data as Buffer;
    expect(data.length).to.equal(2 + 110 * 2);
    expect([...data.subarray(0, 2)]).to.deep.equal([2, 0]);
    expect(proof?.keys).to.deep.equal([]);
    settles.forEach(({ voucher }, entry) => {
      const at = 2 + 14 * entry;
      const offsets = [0, 2, 4, 6, 8, 10, 12].map((offset) => data.readUInt16LE(at + offset));
      const base = 2 + 14 * 2 + 96 * entry;
      const messageSize = rest[entry]?.data.length as number;
      expect(offsets).to.deep.equal([
        base + 32,
        0xffff,
        base,
        0xffff,
        8,
        messageSize - 10,
        4 + entry,
      ]);
      expect(data.subarray(base, base + 32).equals(voucher.signer.toBuffer())).to.equal(true);
      expect(data.subarray(base + 32, base + 96).equals(voucher.signature)).to.equal(true);
    });
  });

  it("carry the signed message between discriminator and proof", () => {
    rest.forEach(({ data }, entry) => {
      const settle = settles[entry] as sdk.Settle;
      const message = sdk.voucherMessage({
        domain: settle.domain,
        targets: settle.voucher.targets,
      });
      expect(data.subarray(8, -2).equals(message)).to.equal(true);
      expect([...data.subarray(-2)]).to.deep.equal([3, entry]);
    });
  });

  it("refuse a voucher for another book, none, and more than 255", () => {
    const wrong = [{ ...settles[0], book: key(60) } as sdk.Settle];
    expect(() => sdk.settleInstructions({ settles: wrong, firstIndex: 0 }))
      .to.throw(VoucherError)
      .with.property("code", "VOUCHER_BOOK");
    for (const many of [[], new Array(256).fill(settles[0])]) {
      expect(() => sdk.settleInstructions({ settles: many, firstIndex: 0 }))
        .to.throw(InvalidArgument)
        .with.property("argument", "settles");
    }
    expect(() => sdk.settleInstructions({ settles, firstIndex: 256 })).to.throw("firstIndex");
  });
});
