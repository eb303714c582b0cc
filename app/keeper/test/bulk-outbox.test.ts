import {
  BOOK_HEADER_LENGTH,
  LINE_LENGTH,
  type Line,
  packVoucher,
  type Voucher,
  voucherCeiling,
} from "@pinfi/sdk/streams";
import { Keypair } from "@solana/web3.js";
import { assert } from "chai";
import fc from "fast-check";
import { createTemplateSigner } from "../src/engine/tx/template-signer";
import { isShut } from "../src/programs/streams/books/books";
import { createAcceptedVouchers } from "../src/programs/streams/bulk/accepted-vouchers";
import { amountsOf, amountTable, sumUp, weigh } from "../src/programs/streams/bulk/amounts";
import type { BulkVoucher } from "../src/programs/streams/bulk/bulk-voucher";
import { signerOf } from "../src/programs/streams/bulk/crypto";
import { createKnownBooks } from "../src/programs/streams/bulk/known-books";
import { createOutbox } from "../src/programs/streams/bulk/outbox";
import { SETTLE_SIGNING } from "../src/programs/streams/signing";
import { coverageOf, earningsOf } from "../src/programs/streams/vouchers/coverage";
import { book as bookOf, line } from "./support/books";
import { createWorld, type OpenBook } from "./support/world";

/** More than half of what a v0 transaction takes. */
const LINES = 60;
const CROWD = 256;
/** Bytes of a dense voucher's targets before its amounts. */
const TARGETS_HEADER = 7;
/** Of the recorded amount in a line: behind its payee and its deposit. */
const VOUCHED_OFFSET = 40;

/** Amounts as u64. */
function littleEndian(amounts: readonly bigint[]): Buffer {
  const bytes = Buffer.alloc(8 * amounts.length);
  for (const [index, amount] of amounts.entries()) bytes.writeBigUInt64LE(amount, 8 * index);
  return bytes;
}

describe("keeper / bulk outbox", function () {
  this.timeout(60_000);
  const world = createWorld();
  const payer = Keypair.generate();
  const threadKey = {
    seed: payer.secretKey.slice(0, 32),
    payer: payer.publicKey.toBytes(),
  };

  /** An outbox over some books, on a clock of the test's own. */
  const over = (...books: OpenBook[]) => {
    const clock = { ms: 1_000 };
    const hostClock = () => clock.ms;
    const accepted = createAcceptedVouchers([], 1_232);
    const knownBooks = createKnownBooks({ accepted, ask: async () => undefined, hostClock });
    const read = () => {
      const facts = books.map(({ address }) => {
        const { owner, data } = world.localnet.account(address) ?? assert.fail();
        return { address: address.toBase58(), owner: owner.toBytes(), data };
      });
      const { unixTimestamp } = world.localnet.clock();
      knownBooks.learn(knownBooks.view(facts, unixTimestamp), unixTimestamp);
    };
    read();
    const [putOff, recorded]: [BulkVoucher[], BulkVoucher[]] = [[], []];
    const outbox = createOutbox({
      options: { format: "v0", priorityFeeLamports: 0n },
      signer: createTemplateSigner({ key: threadKey, policy: SETTLE_SIGNING, signerOf }),
      knownBooks,
      putOff: (vouchers) => putOff.push(vouchers),
      recorded: (vouchers) => recorded.push(vouchers),
      hostClock,
    });
    outbox.freshen(new Uint8Array(32));
    const accept = (open: OpenBook, amount: bigint): BulkVoucher => {
      const cumulative = new Array<bigint>(LINES).fill(amount);
      const voucher: Voucher = world.voucher(open, { kind: "dense", start: 0, cumulative });
      const { voucherDomain: domain } = world.book(open.address);
      const book = open.address.toBase58();
      return accepted.take({ book, bytes: packVoucher(voucher), domain, receivedAtMs: clock.ms });
    };
    return { outbox, accept, read, putOff, recorded, clock };
  };
  const openOne = (id: number, args: { depositPerLine?: bigint } = {}): OpenBook =>
    world.openBook({ id, lines: LINES, payeeAccounts: false, ...args });
  const nameOf = ({ address }: OpenBook): string => address.toBase58();

  it("asks for fees once for each book, what has a deadline first, and sends in that order (W01)", () => {
    const [one, two, closing] = [1, 2, 3].map((id) => openOne(id)) as [
      OpenBook,
      OpenBook,
      OpenBook,
    ];
    world.closeLine(closing, 5);
    world.localnet.advance({ seconds: 301n });
    const { outbox, accept } = over(one, two, closing);
    const vouchers = [one, one, two, closing].map((open, index) => accept(open, BigInt(index + 1)));
    outbox.add(vouchers);
    const wants = outbox.wants();
    assert.deepEqual(
      wants.map(({ book, transactions, pressing }) => [book, transactions, pressing]),
      [
        [nameOf(closing), 1, true],
        [nameOf(one), 2, false],
        [nameOf(two), 1, false],
      ],
    );
    assert.equal(wants[1]?.payer, one.payer.publicKey.toBase58());
    assert.deepEqual(outbox.wants(), []);
    assert.isUndefined(outbox.next());
    for (const { book } of wants) outbox.allow(book, 5);
    const batch = outbox.next() ?? assert.fail("nothing is sent");
    // The books in turn: the second of the first one comes last.
    assert.deepEqual(batch.vouchers, [vouchers[3], vouchers[0], vouchers[2], vouchers[1]]);
    assert.equal(outbox.waiting(), 0);
  });

  it("waits with a book whose limits are reached, and takes no more of it than a crowd (W01)", () => {
    const [greedy, other] = [4, 5].map((id) => openOne(id)) as [OpenBook, OpenBook];
    const { outbox, accept, clock } = over(greedy, other);
    const first = accept(greedy, 1n);
    outbox.add(new Array(CROWD - 1).fill(first));
    outbox.wants();
    outbox.allow(nameOf(greedy), 0);
    assert.equal(outbox.waiting(), 0, "it holds up no feed of other books");
    assert.isFalse(outbox.isCrowded(nameOf(greedy)));
    outbox.add([first]);
    assert.isTrue(outbox.isCrowded(nameOf(greedy)));
    outbox.add([accept(other, 1n)]);
    assert.deepEqual(
      outbox.wants().map(({ book }) => book),
      [nameOf(other)],
    );
    clock.ms += 4_999;
    assert.deepEqual(outbox.wants(), []);
    clock.ms += 1;
    assert.equal(outbox.wants()[0]?.book, nameOf(greedy));
    outbox.allow(nameOf(greedy), 1);
    assert.isFalse(outbox.isCrowded(nameOf(greedy)));
  });

  it("puts off what nothing covers any more, and what no key of the book has signed (W01, W02)", () => {
    const [empty, changed] = [openOne(6, { depositPerLine: 0n }), openOne(7)];
    const { outbox, accept, read, putOff } = over(empty, changed);
    const vouchers = [accept(empty, 1n), accept(changed, 1n)];
    const signer = Keypair.generate().publicKey;
    world.setVoucherSigner(changed, { signer });
    read();
    outbox.add(vouchers);
    assert.deepEqual(
      outbox.wants().map(({ book }) => book),
      [nameOf(changed)],
      "good for its grace",
    );
    assert.deepEqual(putOff, [vouchers[0]]);
    world.localnet.advance({ seconds: 900n });
    read();
    outbox.allow(nameOf(changed), 1);
    assert.isUndefined(outbox.next());
    assert.deepEqual(putOff, vouchers);
  });

  it("makes no transaction for what the chain has recorded already", () => {
    const open = openOne(8);
    const { outbox, accept, read, putOff, recorded } = over(open);
    const vouchers = accept(open, 5n);
    const data = Buffer.from((world.localnet.account(open.address) ?? assert.fail()).data);
    for (let nth = 0; nth < LINES; nth++) {
      data.writeBigUInt64LE(6n, BOOK_HEADER_LENGTH + nth * LINE_LENGTH + VOUCHED_OFFSET);
    }
    const account = world.localnet.account(open.address) ?? assert.fail();
    world.localnet.setAccount(open.address, { ...account, data });
    read();
    outbox.add([vouchers]);
    assert.deepEqual(outbox.wants(), []);
    assert.deepEqual([recorded, putOff], [[vouchers], []]);
  });

  it("asks for twice the last lot while a book is busy, and forgets it a minute after (W01)", () => {
    const open = openOne(9);
    const { outbox, accept, clock } = over(open);
    const ask = (amount: bigint) => {
      outbox.add([accept(open, amount)]);
      const [want] = outbox.wants();
      return [want?.transactions, want?.upTo];
    };
    assert.deepEqual(ask(1n), [1, 0]);
    outbox.allow(nameOf(open), 3);
    assert.equal(outbox.next()?.vouchers.length, 1);
    for (const amount of [2n, 3n]) {
      assert.deepEqual(ask(amount), [undefined, undefined], "fees are booked");
      assert.equal(outbox.next()?.vouchers.length, 1);
    }
    assert.deepEqual(ask(4n), [1, 6]);
    outbox.allow(nameOf(open), 1);
    outbox.next();
    clock.ms += 60_001;
    outbox.wants();
    assert.deepEqual(ask(5n), [1, 0]);
  });

  it("weighs a voucher as the ordinary path does, whatever the lines (W01)", () => {
    const amount = fc.oneof(fc.bigInt(0n, 20n), fc.bigInt(2n ** 32n - 3n, 2n ** 32n + 3n));
    const anyLine = fc.record({
      deposit: amount,
      vouched: amount,
      rate: fc.bigInt(0n, 3n),
      accrued: fc.bigInt(0n, 20n),
      closingAt: fc.constantFrom(0n, 9n, 10n, 11n),
      cumulative: amount,
    });
    fc.assert(
      fc.property(fc.array(anyLine, { minLength: 1, maxLength: 6 }), (all) => {
        const unixSeconds = 10n;
        const lines = all.map(({ cumulative: _, ...each }, index) => line({ ...each, index }));
        const book = bookOf({ lines });
        const cumulative = all.map((each) => each.cumulative);
        const targets = { kind: "dense" as const, start: 0, cumulative };
        const table = (of: (each: Line) => bigint) => amountTable(littleEndian(lines.map(of)));
        const view = {
          floor: table(({ vouched }) => vouched),
          ceilings: table((each) => voucherCeiling({ line: each, now: unixSeconds })),
          shut: Uint8Array.from(lines.map((each) => Number(isShut(each, unixSeconds)))),
        };
        const header = new Uint8Array(TARGETS_HEADER);
        const bytes = Buffer.concat([header, littleEndian(cumulative)]);
        const amounts = amountsOf(bytes, 0, lines.length);
        const { earns } = weigh(amounts, view.floor, view);
        const earn = earningsOf(book, unixSeconds);
        const expected = lines.reduce(
          (sum, { index, vouched }) => sum + earn(index, vouched, cumulative[index] ?? 0n),
          0n,
        );
        assert.equal(BigInt(earns), expected);
        assert.deepEqual(sumUp(amounts, view), coverageOf({ book, targets, unixSeconds }));
      }),
    );
  });
});
