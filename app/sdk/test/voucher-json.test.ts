import { expect } from "chai";
import { VoucherError } from "../src";
import * as sdk from "../src/streams";
import { key, keypair } from "./builders";

const domain = new Uint8Array(32).fill(9);
const sign = (targets: sdk.Targets) =>
  sdk.signVoucher({ domain, book: key(50), targets, signer: keypair(51) });
const dense = sign({ kind: "dense", start: 2, cumulative: [0n, 2n ** 64n - 1n] });
const sparse = sign({ kind: "sparse", entries: [{ line: 9, cumulative: 5n }] });

describe("sdk / voucher JSON", () => {
  for (const voucher of [dense, sparse]) {
    it(`brings a ${voucher.targets.kind} voucher over whole`, () => {
      const text = JSON.stringify(sdk.voucherToJson(voucher));
      const back = sdk.voucherFromJson(JSON.parse(text));
      expect(back).to.deep.equal(voucher);
      expect(sdk.verifyVoucher({ domain, voucher: back })).to.equal(true);
    });
  }

  const good = sdk.voucherToJson(dense);
  const refuses: [string, unknown, string][] = [
    ["no object", 5, "voucher must be an object"],
    ["null", null, "voucher must be an object"],
    ["an array", [], "voucher must be an object"],
    [
      "an unknown field",
      { ...good, x: 1 },
      "voucher must be an object of book, signer, signature, targets; it has x",
    ],
    ["no book", { ...good, book: undefined }, "book must be a public key in base58"],
    ["a short book", { ...good, book: "abc" }, "book must be a public key in base58"],
    [
      "a signer of other letters",
      { ...good, signer: "0OIl" },
      "signer must be a public key in base58",
    ],
    [
      "a short signature",
      { ...good, signature: good.signature.slice(4) },
      "signature must be 64 bytes in base64",
    ],
    [
      "a signature with blanks",
      { ...good, signature: ` ${good.signature}` },
      "signature must be 64 bytes in base64",
    ],
    ["no targets", { ...good, targets: undefined }, "targets must be an object"],
    [
      "an unknown kind",
      { ...good, targets: { kind: "x" } },
      'targets.kind must be "dense" or "sparse"',
    ],
    [
      "a dense one with entries",
      { ...good, targets: { ...good.targets, entries: [] } },
      "targets must be an object of kind, start, cumulative; it has entries",
    ],
    [
      "totals that are no array",
      { ...good, targets: { kind: "dense", start: 0, cumulative: 5 } },
      "targets.cumulative must be an array",
    ],
    [
      "totals as numbers",
      { ...good, targets: { kind: "dense", start: 0, cumulative: [5] } },
      "targets.cumulative[0] must be a whole number of base units as a string of decimal digits",
    ],
    [
      "negative totals",
      { ...good, targets: { kind: "dense", start: 0, cumulative: ["-5"] } },
      "targets.cumulative[0] must be a whole number of base units as a string of decimal digits",
    ],
    [
      "totals beyond 64 bits",
      { ...good, targets: { kind: "dense", start: 0, cumulative: ["18446744073709551616"] } },
      "targets.cumulative[0] is 18446744073709551616, out of range: give a bigint from 0 to 18446744073709551615 (u64)",
    ],
    [
      "no first line",
      { ...good, targets: { kind: "dense", cumulative: ["5"] } },
      "targets.start is missing: give a whole number from 0 to 65535 (u16)",
    ],
    [
      "no total",
      { ...good, targets: { kind: "dense", start: 0, cumulative: [] } },
      "targets.cumulative is empty: give a target",
    ],
    [
      "a line beyond 65,535",
      { ...good, targets: { kind: "sparse", entries: [{ line: 65_536, cumulative: "5" }] } },
      "targets.entries[0].line is 65536, out of range: give a whole number from 0 to 65535 (u16)",
    ],
  ];
  for (const [what, json, message] of refuses) {
    it(`refuses ${what}`, () => {
      expect(() => sdk.voucherFromJson(json))
        .to.throw(VoucherError)
        .that.includes({ code: "VOUCHER_JSON", message });
    });
  }
});
