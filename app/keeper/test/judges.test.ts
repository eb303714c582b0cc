import {
  maxDenseTargets,
  packVoucher,
  readPacked,
  type Targets,
  type Voucher,
  verifyVoucher,
} from "@pinfi/sdk/streams";
import { Keypair } from "@solana/web3.js";
import { assert } from "chai";
import fc from "fast-check";
import { floorOf, readBook } from "../src/programs/streams/books/books";
import { createAcceptedVouchers } from "../src/programs/streams/bulk/accepted-vouchers";
import { raise } from "../src/programs/streams/bulk/amounts";
import { readState } from "../src/programs/streams/bulk/book-state";
import { judge as judgeInBulk, type Verdict } from "../src/programs/streams/bulk/judge";
import { voucherFits } from "../src/programs/streams/tasks/settle-books";
import { BAD_SIGNATURE, judge } from "../src/programs/streams/vouchers/admission";
import { coverageOf } from "../src/programs/streams/vouchers/coverage";
import { createSelection } from "../src/programs/streams/vouchers/selection";
import { createWorld } from "./support/world";

/** More than half of what a v0 transaction takes, so that the bulk thread decides by itself. */
const LINES = 60;
const DEPOSIT = 8n;
const MOST_TARGETS = maxDenseTargets("v0");

describe("keeper / the two judges of vouchers", function () {
  this.timeout(120_000);
  const world = createWorld();
  const former = Keypair.generate();
  const open = world.openBook({ lines: LINES, depositPerLine: DEPOSIT, payeeAccounts: false });
  for (const line of [0, 1, 2]) world.closeLine(open, line);
  world.localnet.advance({ seconds: 900n });

  const account = () => {
    const { owner, data, lamports } = world.localnet.account(open.address) ?? assert.fail();
    return { address: open.address, owner, data, lamports: BigInt(lamports) };
  };
  const { unixTimestamp: unixSeconds } = world.localnet.clock();

  /** Both paths over the same book, each with what it has accepted so far. */
  const paths = () => {
    const book = readBook({ account: account(), readAtMs: 0 });
    const { owner, data } = account();
    const accepted = createAcceptedVouchers([], 1_232);
    const known = readState({
      facts: { address: open.address.toBase58(), owner: owner.toBytes(), data },
      vouchers: [],
      unixSeconds,
      readAtMs: 0,
    });
    if (typeof book === "string" || typeof known === "string") return assert.fail("no book");
    const selection = createSelection();
    let id = 0;
    return {
      ordinary(voucher: Voucher): Verdict {
        const refusal = judge({
          voucher,
          book,
          best: selection.best,
          unixSeconds,
          fits: voucherFits("v0"),
        });
        if (refusal !== undefined) return refusal;
        if (!verifyVoucher({ domain: book.header.voucherDomain, voucher })) return BAD_SIGNATURE;
        id += 1;
        const kept = { id: String(id), voucher, receivedAtMs: id };
        const isNew = selection.offer(kept, floorOf(book, unixSeconds)) !== undefined;
        const { promised, covered } = coverageOf({ book, targets: voucher.targets, unixSeconds });
        return { taken: isNew ? "accepted" : "superseded", isCovered: promised === covered };
      },
      bulk(voucher: Voucher): Verdict {
        const bytes = packVoucher(voucher);
        const rules = { mostTargets: MOST_TARGETS, minEarns: 0 };
        const verdict = judgeInBulk({ packed: readPacked(bytes), known, unixSeconds, rules });
        if (typeof verdict === "object" && "taken" in verdict && verdict.taken === "accepted") {
          const domain = known.book.voucherDomain;
          const taken = { book: open.address.toBase58(), bytes, domain, receivedAtMs: 0 };
          raise(known.best, accepted.take(taken).amounts);
        }
        return verdict;
      },
    };
  };

  const anyVoucher = fc.record({
    start: fc.constantFrom(0, 0, 0, 0, 1, 60),
    count: fc.constantFrom(LINES, LINES, LINES, LINES - 1, LINES + 1, 3, 130),
    base: fc.bigInt(0n, DEPOSIT + 1n),
    raised: fc.array(fc.record({ line: fc.nat(LINES - 1), by: fc.bigInt(1n, 4n) }), {
      maxLength: 3,
    }),
    signer: fc.constantFrom("payer", "payer", "payer", "payer", "stranger"),
    forged: fc.constantFrom(false, false, false, true),
  });
  type Given = typeof anyVoucher extends fc.Arbitrary<infer Value> ? Value : never;

  const voucherOf = ({ start, count, base, raised, signer, forged }: Given): Voucher => {
    const cumulative = new Array<bigint>(count).fill(base);
    for (const { line, by } of raised) if (line < count) cumulative[line] = base + by;
    const targets: Targets = { kind: "dense", start, cumulative };
    const voucher = world.voucher(open, targets, signer === "payer" ? open.payer : former);
    if (!forged) return voucher;
    const signature = Uint8Array.from(voucher.signature);
    signature[3] = (signature[3] ?? 0) ^ 1;
    return { ...voucher, signature };
  };

  it("agree on every voucher that the bulk thread decides by itself, after any that came before", () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(fc.array(anyVoucher, { minLength: 1, maxLength: 8 }), (all) => {
        const { ordinary, bulk } = paths();
        for (const voucher of all.map(voucherOf)) {
          const fast = bulk(voucher);
          const name = typeof fast === "string" ? fast : "taken" in fast ? fast.taken : fast.code;
          seen.set(name, (seen.get(name) ?? 0) + 1);
          // What it leaves to the ordinary intake is judged by that alone.
          if (fast !== "rest") assert.deepEqual(fast, ordinary(voucher));
        }
      }),
      { numRuns: 150, seed: 1 },
    );
    // The walk has met every verdict that there is.
    assert.containsAllKeys(Object.fromEntries(seen), [
      "rest",
      "accepted",
      "superseded",
      "VoucherTooLarge",
      "WrongVoucherSigner",
      "LineOutOfRange",
      "BadSignature",
    ]);
  });

  it("agree on a voucher for closed lines only, and on a signer that has run out", () => {
    for (const line of Array.from({ length: LINES - 3 }, (_, index) => index + 3)) {
      world.closeLine(open, line);
    }
    world.localnet.advance({ seconds: 900n });
    const later = world.localnet.clock().unixTimestamp;
    const book = readBook({ account: account(), readAtMs: 0 });
    const { owner, data } = account();
    const facts = { address: open.address.toBase58(), owner: owner.toBytes(), data };
    const look = (at: bigint, expiresAt?: bigint) => {
      const known = readState({ facts, vouchers: [], unixSeconds: at, readAtMs: 0 });
      if (typeof book === "string" || typeof known === "string") return assert.fail("no book");
      const header = { ...book.header, ...(expiresAt && { voucherExpiresAt: expiresAt }) };
      const state = {
        ...known,
        book: { ...known.book, voucherExpiresAt: header.voucherExpiresAt },
        delegations: known.delegations.map((each) => ({
          ...each,
          expiresAt: header.voucherExpiresAt,
        })),
      };
      const voucher = voucherOf({
        start: 0,
        count: LINES,
        base: 1n,
        raised: [],
        signer: "payer",
        forged: false,
      });
      const rules = { mostTargets: MOST_TARGETS, minEarns: 0 };
      const packed = readPacked(packVoucher(voucher));
      return [
        judge({ voucher, book: { ...book, header }, best: [], unixSeconds: at, fits: () => true }),
        judgeInBulk({ packed, known: state, unixSeconds: at, rules }),
      ];
    };
    for (const [verdicts, code] of [
      [look(later), "LineClosed"],
      [look(later, later), "VoucherSignerExpired"],
    ] as const) {
      const [ordinary, bulk] = verdicts;
      assert.propertyVal(ordinary, "code", code);
      assert.deepEqual(ordinary, bulk);
    }
  });
});
