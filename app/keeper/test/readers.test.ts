import { OPEN } from "@pinfi/sdk/streams";
import { Keypair } from "@solana/web3.js";
import { assert } from "chai";
import fc from "fast-check";
import { isShut, readBook } from "../src/programs/streams/books/books";
import { readState } from "../src/programs/streams/bulk/book-state";
import { delegationsOf } from "../src/programs/streams/vouchers/delegation";
import { createWorld } from "./support/world";

const LINES = 5;

describe("keeper / the two readers of books", function () {
  this.timeout(60_000);
  const world = createWorld();
  const open = world.openBook({ lines: LINES, payeeAccounts: false });
  world.closeLine(open, 1);
  world.closeLine(open, 3);
  world.localnet.advance({ seconds: 900n });
  world.closeLine(open, 4);
  const real = world.localnet.account(open.address) ?? assert.fail("the book is not open");
  const { unixTimestamp: unixSeconds } = world.localnet.clock();
  const stranger = Keypair.generate().publicKey;

  /** What vouchers are judged by, as the ordinary path reads it. */
  const ordinary = (address: typeof stranger, { owner, data }: typeof real) => {
    const read = readBook({ account: { address, owner, data, lamports: 1n }, readAtMs: 0 });
    if (typeof read === "string") return read;
    const { header } = read;
    // The program writes both at once: an end that was never set is no removed line's.
    fc.pre(read.lines().every(({ removed, closingAt }) => !removed || closingAt !== OPEN));
    return {
      domain: Buffer.from(header.voucherDomain).toString("hex"),
      delegations: delegationsOf(header, unixSeconds),
      lines: read.lines().map((line) => [String(line.vouched), isShut(line, unixSeconds)]),
    };
  };
  /** The same, as the bulk thread does. */
  const bulk = (address: typeof stranger, { owner, data }: typeof real) => {
    const facts = { address: address.toBase58(), owner: owner.toBytes(), data };
    const read = readState({ facts, vouchers: [], unixSeconds, readAtMs: 0 });
    if (typeof read === "string") return read;
    const { book, delegations, shut } = read;
    return {
      domain: Buffer.from(book.voucherDomain).toString("hex"),
      delegations: delegations.map(({ bytes, ...delegation }) => {
        assert.deepEqual(bytes, delegation.signer.toBytes());
        return delegation;
      }),
      lines: Array.from(shut, (flag, line) => [
        String(vouchedIn(Buffer.from(book.vouched), line)),
        flag === 1,
      ]),
    };
  };

  const vouchedIn = (amounts: Buffer, line: number): bigint => amounts.readBigUInt64LE(8 * line);

  const anyAccount = fc.record({
    /** Bytes that are something else, by place. */
    changes: fc.array(fc.tuple(fc.nat(real.data.length - 1), fc.nat(255)), { maxLength: 4 }),
    length: fc.oneof(
      { weight: 6, arbitrary: fc.constant(real.data.length) },
      { weight: 1, arbitrary: fc.nat(real.data.length) },
    ),
    owner: fc.constantFrom(real.owner, real.owner, real.owner, real.owner, stranger),
    address: fc.constantFrom(open.address, open.address, open.address, open.address, stranger),
  });

  it("agree on any account, whether it is a book and what of it counts (A39)", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(anyAccount, ({ changes, length, owner, address }) => {
        const data = Buffer.from(real.data.subarray(0, length));
        for (const [place, byte] of changes) if (place < length) data[place] = byte;
        const account = { ...real, owner, data };
        const read = ordinary(address, account);
        seen.add(typeof read === "string" ? read : "book");
        assert.deepEqual(bulk(address, account), read);
      }),
      { numRuns: 3_000, seed: 1 },
    );
    const empty = { ...real, data: Buffer.alloc(0) };
    assert.equal(ordinary(open.address, empty), "UnknownBook");
    assert.equal(bulk(open.address, empty), "UnknownBook");
    assert.includeMembers([...seen], ["book", "NotABook"]);
  });
});
