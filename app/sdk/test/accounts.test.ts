import { BN, BorshAccountsCoder, type Idl } from "@coral-xyz/anchor";
import { PublicKey } from "@solana/web3.js";

import { expect } from "chai";
import { DecodeError, InvalidArgument } from "../src";
import * as sdk from "../src/streams";
import { key } from "./builders";

const coder = new BorshAccountsCoder(sdk.STREAMS_IDL as Idl);
const discriminator = (name: string): number[] =>
  sdk.STREAMS_IDL.accounts?.find((account) => account.name === name)?.discriminator ?? [];

function code(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof DecodeError) return error.code;
    throw error;
  }
  return "read";
}

/** A book by the offsets of the layout, so that decoding is not held to itself. */
function bookBytes({ nextLine = 2, capacity = 3 }): Buffer {
  const data = Buffer.alloc(376 + 96 * capacity);
  data.set(discriminator("Book"));
  const at = (offset: number) => 8 + offset;
  [key(1), key(2), key(3), key(4)].forEach((each, index) => {
    data.set(each.toBytes(), at(32 * index));
  });
  data.fill(5, at(128), at(160));
  data.writeBigInt64LE(2n ** 63n - 1n, at(192));
  const amounts = [2n ** 64n - 1n, 11n, 1_000n, 12n, 13n, 14n, 15n, 600n, 375n, 16n, 17n];
  amounts.forEach((amount, index) => {
    data.writeBigUInt64LE(amount, at(200 + 8 * index));
  });
  data.writeUInt32LE(900, at(288));
  [nextLine, 1, 513, 50].forEach((value, index) => {
    data.writeUInt16LE(value, at(292 + 2 * index));
  });
  data.set([254, 6, 253], at(300));
  data.set(key(6).toBytes(), at(304));
  [18n, 19n, 20n, 21n].forEach((value, index) => {
    data.writeBigUInt64LE(value, at(336 + 8 * index));
  });
  for (let index = 0; index < capacity; index++) {
    const line = 376 + 96 * index;
    data.set(key(20 + index).toBytes(), line);
    [100n, 101n, 102n, 103n].forEach((value, field) => {
      data.writeBigUInt64LE(value + BigInt(index), line + 32 + 8 * field);
    });
    data.writeBigInt64LE(1_700_000_000n, line + 64);
    data.writeBigUInt64LE(7n, line + 72);
    data.writeBigInt64LE(index === 1 ? 1_700_000_900n : 0n, line + 80);
    data.writeUInt32LE(index === 1 ? 0b011 : 0, line + 88);
  }
  return data;
}

describe("sdk / Config and MintPolicy", () => {
  it("read what Anchor writes", async () => {
    const authority = key(1);
    const config = { authority, nominated: PublicKey.default, bump: 255 };
    const data = await coder.encode("Config", config);
    expect(sdk.decodeConfig(data)).to.deep.equal({ ...config, nominated: null });

    const policy = {
      mint: key(1),
      tokenProgram: key(2),
      treasury: key(3),
      feeBps: 50,
      burnBps: 5_000,
    };
    const written = await coder.encode("MintPolicy", {
      mint: policy.mint,
      token_program: policy.tokenProgram,
      treasury: policy.treasury,
      min_deposit: new BN(9),
      allowed_extensions: new BN(6),
      fee_bps: policy.feeBps,
      burn_bps: policy.burnBps,
      enabled: true,
      bump: 254,
    });
    expect(sdk.decodeMintPolicy({ owner: sdk.STREAMS_PROGRAM_ID, data: written })).to.deep.equal({
      ...policy,
      minDeposit: 9n,
      allowedExtensions: 6n,
      enabled: true,
      bump: 254,
    });
  });

  it("refuse other accounts", async () => {
    const data = await coder.encode("Config", {
      authority: key(1),
      nominated: key(2),
      bump: 1,
    });
    expect(code(() => sdk.decodeConfig({ owner: key(9), data }))).to.equal("WRONG_OWNER");
    expect(code(() => sdk.decodeMintPolicy(data))).to.equal("WRONG_DISCRIMINATOR");
    expect(code(() => sdk.decodeConfig(new Uint8Array(0)))).to.equal("WRONG_LENGTH");
    expect(code(() => sdk.decodeConfig(data.subarray(0, data.length - 1)))).to.equal(
      "WRONG_LENGTH",
    );
    expect(code(() => sdk.decodeConfig(Buffer.concat([data, Buffer.of(0)])))).to.equal(
      "WRONG_LENGTH",
    );
  });
});

describe("sdk / Book", () => {
  it("reads the header", () => {
    const header = sdk.decodeBookHeader(bookBytes({}));
    expect(header).to.deep.equal({
      payer: key(1),
      mint: key(2),
      vault: key(3),
      voucherSigner: key(4),
      voucherDomain: new Uint8Array(32).fill(5),
      controller: null,
      voucherExpiresAt: 2n ** 63n - 1n,
      voucherCap: 2n ** 64n - 1n,
      voucherSpent: 11n,
      deposited: 1_000n,
      refunded: 12n,
      claimed: 13n,
      feesAccrued: 14n,
      feesCollected: 15n,
      free: 600n,
      committed: 375n,
      minDeposit: 16n,
      openedSlot: 17n,
      graceSeconds: 900,
      nextLine: 2,
      lineCount: 1,
      id: 513,
      feeBps: 50,
      bump: 254,
      decimals: 6,
      authorityBump: 253,
      formerSigner: key(6),
      formerExpiresAt: 18n,
      formerCap: 19n,
      formerSpent: 20n,
      lastTakenAt: 21n,
    });
  });

  it("reads the lines that were added, and not the room behind them", () => {
    const book = sdk.decodeBook(bookBytes({}));
    expect([book.lines.length, book.capacity]).to.deep.equal([2, 3]);
    expect(book.lines[1]).to.deep.equal({
      index: 1,
      payee: key(21),
      deposit: 101n,
      vouched: 102n,
      rate: 103n,
      accrued: 104n,
      accruedAt: 1_700_000_000n,
      claimed: 7n,
      closingAt: 1_700_000_900n,
      flags: 3,
      controlled: true,
      released: true,
      removed: false,
    });
    expect(sdk.decodeLine(bookBytes({}), 1)).to.deep.equal(book.lines[1]);
  });

  it("reads a part of a book's lines, as far as there are any", () => {
    const { lines } = sdk.decodeBook(bookBytes({}));
    const read = (from: number, count: number) => sdk.decodeLines(bookBytes({}), { from, count });
    expect(read(0, 2)).to.deep.equal(lines);
    expect(read(1, 1)).to.deep.equal(lines.slice(1));
    // Of three places two are taken.
    expect(read(1, 65_535)).to.deep.equal(lines.slice(1));
    expect(read(2, 1)).to.deep.equal([]);
    expect(() => sdk.decodeLines(bookBytes({}), { from: -1, count: 1 })).to.throw(InvalidArgument);
    expect(
      code(() => sdk.decodeLines(bookBytes({}).subarray(0, 320), { from: 0, count: 1 })),
    ).to.equal("WRONG_LENGTH");
  });

  it("says so where a book is of another layout, as one of 368 bytes was", () => {
    const former = bookBytes({});
    former[7] = 222;
    for (const decode of [
      sdk.decodeBook,
      sdk.decodeBookHeader,
      (data: Uint8Array) => sdk.decodeLine(data, 0),
      (data: Uint8Array) => sdk.decodeLines(data, { from: 0, count: 1 }),
      (data: Uint8Array) => sdk.decodeWatermarks(data, 0n),
    ]) {
      for (const account of [former, { owner: sdk.STREAMS_PROGRAM_ID, data: former }]) {
        expect(() => decode(account as Uint8Array)).to.throw(
          DecodeError,
          "a Book of layout 222: this SDK reads layout 2",
        );
      }
    }
    former[7] = 2;
    expect(sdk.decodeBook(former).nextLine).to.equal(2);
    former[6] = 0;
    expect(() => sdk.decodeBook(former)).to.throw(
      "not a Book: its first 8 bytes are another type's",
    );
  });

  it("reads a book inside a larger buffer", () => {
    const padded = Buffer.concat([Buffer.alloc(3), bookBytes({})]);
    expect(sdk.decodeBook(padded.subarray(3)).lines[0]?.payee.equals(key(20))).to.equal(true);
  });

  it("refuses bytes that are no book", () => {
    const data = bookBytes({});
    expect(code(() => sdk.decodeBook({ owner: key(9), data }))).to.equal("WRONG_OWNER");
    expect(code(() => sdk.decodeBook(data.fill(0, 0, 8)))).to.equal("WRONG_DISCRIMINATOR");
    expect(code(() => sdk.decodeBook(bookBytes({}).subarray(0, 300)))).to.equal("WRONG_LENGTH");
    expect(code(() => sdk.decodeBook(bookBytes({}).subarray(0, 320)))).to.equal("WRONG_LENGTH");
    expect(code(() => sdk.decodeBook(bookBytes({ nextLine: 4 })))).to.equal("WRONG_LENGTH");
    expect(code(() => sdk.decodeLine(bookBytes({}), 2))).to.equal("WRONG_VALUE");
  });
});
