import { Keypair } from "@solana/web3.js";
import { assert } from "chai";
import { compileTransaction, signTransaction } from "../src";
import {
  packSettles,
  packVoucher,
  readPacked,
  settleTemplate,
  signVoucher,
  type Targets,
  unpackVoucher,
} from "../src/streams";

const [signer, payer, book] = [1, 2, 3].map((seed) => Keypair.fromSeed(Buffer.alloc(32, seed))) as [
  Keypair,
  Keypair,
  Keypair,
];
const domain = Buffer.alloc(32, 9);
const sign = (targets: Targets) => signVoucher({ domain, book: book.publicKey, targets, signer });
const DENSE: Targets = { kind: "dense", start: 7, cumulative: [1n, 2n ** 64n - 1n, 0n] };
const SPARSE: Targets = {
  kind: "sparse",
  entries: [
    { line: 65_535, cumulative: 5n },
    { line: 0, cumulative: 2n ** 63n },
  ],
};

describe("packed vouchers", () => {
  for (const targets of [DENSE, SPARSE]) {
    it(`come back as they were: ${targets.kind}`, () => {
      const voucher = sign(targets);
      const packed = packVoucher(voucher);
      assert.deepEqual(unpackVoucher(packed), voucher);
      const { kind, count, start } = readPacked(packed);
      assert.deepEqual(
        [kind, count, start],
        targets.kind === "dense" ? ["dense", 3, 7] : ["sparse", 2, 0],
      );
    });

    it(`are refused at every other length: ${targets.kind}`, () => {
      const packed = packVoucher(sign(targets));
      for (let length = 0; length <= packed.length + 1; length++) {
        if (length === packed.length) continue;
        const bytes = Buffer.concat([packed, Buffer.alloc(8)]).subarray(0, length);
        assert.throws(() => readPacked(bytes), /a packed voucher must be/);
      }
    });
  }

  it("are refused with an unknown kind, without targets and beyond the last line", () => {
    const packed = packVoucher(sign(DENSE));
    const with_ = (at: number, ...bytes: number[]) => {
      const copy = Uint8Array.from(packed);
      copy.set(bytes, at);
      return copy;
    };
    assert.throws(() => readPacked(with_(128, 2)), /must be/);
    assert.throws(() => readPacked(with_(131, 0, 0, 0, 0).subarray(0, 135)), /must be/);
    assert.throws(() => readPacked(with_(129, 0xfe, 0xff)), /no line beyond 65535/);
  });
});

describe("settle templates", () => {
  for (const format of ["v0", "v1"] as const) {
    it(`give the very bytes that compiling gives: ${format}`, () => {
      const blockhash = Keypair.fromSeed(Buffer.alloc(32, 4)).publicKey;
      const voucher = sign(DENSE);
      const settle = { book: book.publicKey, domain, voucher, capacity: 10, units: 900 };
      const [batch] = packSettles({ settles: [settle], payer: payer.publicKey, format });
      assert.isDefined(batch);
      const transaction = compileTransaction({ ...batch, blockhash: blockhash.toBase58() });
      const compiled = signTransaction({ transaction, signers: [payer] });

      const { start, count } = readPacked(packVoucher(voucher));
      const template = settleTemplate({
        format,
        payer: payer.publicKey,
        book: book.publicKey,
        domain,
        signer: signer.publicKey,
        start,
        count,
        capacity: 10,
        units: 900,
      });
      const out = new Uint8Array(template.length);
      const { signature, targets } = readPacked(packVoucher(voucher));
      template.fill({ out, blockhash: blockhash.toBytes(), signature, targets });
      const { messageAt, messageLength, signatureAt } = template;
      assert.deepEqual(
        out.subarray(messageAt, messageAt + messageLength),
        Uint8Array.from(transaction.message),
      );
      out.set(compiled.subarray(signatureAt, signatureAt + 64), signatureAt);
      assert.deepEqual(out, Uint8Array.from(compiled));
    });
  }
});
