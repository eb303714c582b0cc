import { type Line, STREAMS_PROGRAM_ID, type Targets } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { parseConfig } from "../src";
import { feeOf } from "../src/engine/tx/fee";
import { createPlan } from "../src/engine/work/plan";
import type { BuildContext } from "../src/engine/work/task";
import type { BookView } from "../src/programs/streams/books/books";
import { type ClaimItem, claimDue, isWorth } from "../src/programs/streams/tasks/claim-due";
import { closeExpired } from "../src/programs/streams/tasks/close-expired";
import {
  buildSettles,
  itemsOf,
  type SettleItem,
  settleBooks,
} from "../src/programs/streams/tasks/settle-books";
import { createPendingVouchers, delegationAt } from "../src/programs/streams/vouchers/pending";
import { book, key, line, payer, pendingOf, purse } from "./support/books";

const build: BuildContext = { payer: payer.publicKey, format: "v0", priorityFee: () => 0n };
const at = (unixSeconds: bigint) => ({ slot: 1n, unixSeconds });
const { tasks } = parseConfig({
  tasks: {
    settleBooks: { minRaise: 100, maxDelaySeconds: 60 },
    closeExpired: { releaseAfterSeconds: 50 },
  },
});
// Pure functions of the tasks never touch these.
const unused = undefined as never;
const scopesOf = () => [];
const around = {
  pending: createPendingVouchers(),
  store: unused,
  books: unused,
  metrics: unused,
  scopesOf,
  keepSettledMs: 0,
};

const settling = (args: { of: BookView; group: ReturnType<typeof pendingOf>; now: bigint }) => {
  const { of, group, now } = args;
  const delegation = delegationAt({ group, book: of, unixSeconds: now });
  return itemsOf({ book: of, group, delegation, scopesOf, now: at(now) });
};

const dense = (...cumulative: bigint[]): Targets => ({ kind: "dense", start: 0, cumulative });
const settleItems = (of: BookView, ...all: Targets[]): SettleItem[] =>
  settling({ of, now: 0n, group: pendingOf(of, ...all) }).items;

describe("keeper / settle-books", () => {
  describe("chooses", () => {
    it("the vouchers that raise something, with what the whole book gains", () => {
      const lines = [line({ vouched: 40n }), line({ index: 1 })];
      const items = settleItems(book({ lines }), dense(50n, 7n), dense(10n, 9n));
      assert.deepEqual(
        items.map(({ bookEarns, bookOldestMs }) => [bookEarns, bookOldestMs]),
        [
          [19n, 1_000],
          [19n, 1_000],
        ],
      );
    });

    it("nothing that the chain has already", () => {
      assert.deepEqual(settleItems(book({ lines: [line({ vouched: 50n })] }), dense(50n)), []);
    });

    it("nothing on a line that is closed or removed", () => {
      const closed = book({ lines: [line({ closingAt: 10n })] });
      const voucher = pendingOf(closed, dense(5n));
      const when = (now: bigint) => settling({ of: closed, group: voucher, now }).items.length;
      assert.deepEqual([when(9n), when(10n)], [1, 0]);
      assert.deepEqual(settleItems(book({ lines: [line({ removed: true })] }), dense(5n)), []);
    });

    it("nothing, with the reason, past the signer's expiry or beyond its cap", () => {
      const reason = (header: Partial<BookView["header"]>) => {
        const of = book({ header });
        return settling({ of, group: pendingOf(of, dense(5n)), now: 100n }).reason;
      };
      assert.equal(reason({ voucherExpiresAt: 100n }), "SignerExpired");
      assert.equal(reason({ voucherCap: 10n, voucherSpent: 6n }), "CapExceeded");
      assert.isUndefined(reason({ voucherCap: 10n, voucherSpent: 5n, voucherExpiresAt: 101n }));
    });

    it("of vouchers that together exceed the cap those that fit, the greatest first", () => {
      const sparse = (...entries: [number, bigint][]): Targets => ({
        kind: "sparse",
        entries: entries.map(([at, cumulative]) => ({ line: at, cumulative })),
      });
      const lines = [0, 1, 2, 3].map((index) => line({ index }));
      // Alone they raise 10, 60, 70 and 30; the third one's 20 on line 0 are in the second's 60.
      const targets = [
        sparse([3, 10n]),
        sparse([0, 60n]),
        sparse([0, 20n], [1, 50n]),
        sparse([2, 30n]),
      ];
      const fitting = (left: bigint) => {
        const of = book({ lines, header: { voucherCap: 1_000n, voucherSpent: 1_000n - left } });
        const { items, reason } = settling({ of, group: pendingOf(of, ...targets), now: 0n });
        const ids = items.map(({ key: id }) => Number(id.split(" ")[1]));
        return { ids: ids.sort(), raise: items[0]?.bookEarns, reason };
      };
      const reason = "CapExceeded";
      assert.deepEqual(fitting(150n), { ids: [0, 1, 2, 3], raise: 150n, reason: undefined });
      assert.deepEqual(fitting(149n), { ids: [1, 2, 3], raise: 140n, reason });
      assert.deepEqual(fitting(110n), { ids: [1, 2], raise: 110n, reason });
      assert.deepEqual(fitting(109n), { ids: [2, 3], raise: 100n, reason });
      assert.deepEqual(fitting(99n), { ids: [0, 2], raise: 80n, reason });
      assert.deepEqual(fitting(9n), { ids: [], raise: undefined, reason });
    });
  });

  it("settles the former key's vouchers at once, within its own bounds, while it lasts", () => {
    const before = book();
    const group = pendingOf(before, dense(5n));
    const header = {
      voucherSigner: key(9),
      formerSigner: payer.publicKey,
      formerExpiresAt: 50n,
      formerCap: 10n,
      formerSpent: 5n,
    };
    const look = (now: bigint, over: Partial<BookView["header"]> = {}) =>
      settling({ of: book({ header: { ...header, ...over } }), group, now });
    const [item] = look(49n).items;
    const task = settleBooks({
      ...around,
      config: tasks.settleBooks,
      hostClock: () => 1_000,
    });
    assert.equal(task.due(item as SettleItem, at(0n)), "first");
    assert.equal(look(50n).reason, "SignerChanged");
    assert.equal(look(49n, { formerSpent: 6n }).reason, "CapExceeded");
  });

  describe("is due", () => {
    const task = (hostMs: number) =>
      settleBooks({
        ...around,
        config: tasks.settleBooks,
        hostClock: () => hostMs,
      });
    const due = (args: { raise: bigint; hostMs?: number; closingAt?: bigint; now?: bigint }) => {
      const { raise, hostMs = 1_000, closingAt = 0n, now = 0n } = args;
      const [item] = settleItems(book({ lines: [line({ closingAt })] }), dense(raise));
      return task(hostMs).due(item as SettleItem, at(now));
    };

    it("with enough newly owed", () => {
      assert.deepEqual([due({ raise: 99n }), due({ raise: 100n })], ["ride", "now"]);
    });

    it("after the longest delay", () => {
      assert.deepEqual(
        [due({ raise: 1n, hostMs: 60_999 }), due({ raise: 1n, hostMs: 61_000 })],
        ["ride", "now"],
      );
    });

    it("never while it would gain less than is worth a fee", () => {
      const [item] = settleItems(book(), dense(499n));
      const thrifty = settleBooks({
        ...around,
        config: { ...tasks.settleBooks, dust: 500n },
        hostClock: () => 10_000_000,
      });
      assert.equal(thrifty.due(item as SettleItem, at(0n)), "wait");
      const [enough] = settleItems(book(), dense(500n));
      assert.equal(thrifty.due(enough as SettleItem, at(0n)), "now");
    });

    it("before a line closes", () => {
      const closingAt = 10_000n;
      assert.equal(due({ raise: 1n, closingAt, now: 9_399n }), "ride");
      assert.equal(due({ raise: 1n, closingAt, now: 9_400n }), "first");
    });
  });

  describe("builds", () => {
    const items = (count: number) =>
      Array.from({ length: count }, (_, n) => settleItems(book({ n: 30 + n }), dense(5n))).flat();

    it("one transaction for several books, with one ed25519 instruction", () => {
      const [draft, ...others] = buildSettles(items(4), build);
      assert.deepEqual([draft?.items.length, draft?.instructions.length, others.length], [4, 5, 0]);
      assert.equal(draft && feeOf(draft), 25_000n);
    });

    it("as many transactions as are needed, each item once", () => {
      const all = items(13);
      const drafts = buildSettles(all, build);
      assert.isAbove(drafts.length, 1);
      assert.sameMembers(
        drafts.flatMap((draft) => draft.items.map((item) => item.key)),
        all.map((item) => item.key),
      );
    });

    it("drafts whose instructions blame their own item", () => {
      const [draft] = buildSettles(items(3), build);
      for (const [index, item] of (draft?.items ?? []).entries()) {
        assert.deepEqual(draft?.blame(index + 1), [item]);
        const { keys, programId } = draft?.instructions[index + 1] ?? unused;
        assert.isTrue(programId.equals(STREAMS_PROGRAM_ID));
        assert.isTrue(keys[0]?.pubkey.equals(item.settle.book));
      }
      assert.deepEqual(draft?.blame(0), []);
    });

    it("nothing while items only ride along, and lets them fill what goes anyway", () => {
      const task = settleBooks({
        ...around,
        config: tasks.settleBooks,
        hostClock: () => 1_000,
      });
      const small = settleItems(book({ n: 40 }), dense(5n));
      const large = settleItems(book({ n: 41 }), dense(500n));
      const plan = (items: SettleItem[]) =>
        createPlan({ task, items, now: at(0n), build, spend: purse(1_000_000n) });
      assert.isUndefined(plan(small).next());
      const both = plan([...small, ...large]);
      assert.equal(both.next()?.items.length, 2);
      assert.isUndefined(both.next());
      assert.deepEqual([both.due(), both.refused()], [2, 0]);
    });
  });
});

describe("keeper / claim-due", () => {
  it("waits for the threshold, to the unit, and never claims nothing", () => {
    const worth = (vouched: bigint, threshold: bigint) =>
      isWorth({ line: line({ vouched, claimed: 100n }), threshold, now: at(0n) });
    assert.deepEqual([worth(149n, 50n), worth(150n, 50n), worth(100n, 0n)], [false, true, false]);
  });

  it("counts what a rate has earned by now", () => {
    const streaming = line({ rate: 5n, accruedAt: 100n });
    const worth = (now: bigint) => isWorth({ line: streaming, threshold: 300n, now: at(now) });
    assert.deepEqual([worth(159n), worth(160n)], [false, true]);
  });

  it("puts many claims into a transaction and none twice", () => {
    const task = claimDue({
      config: tasks.claimDue,
      directory: unused,
      scopesOf,
      tokenPrograms: unused,
    });
    const of = book({ lines: Array.from({ length: 40 }, (_, index) => line({ index })) });
    const items = of.lines().map(
      (each): ClaimItem => ({
        key: String(each.index),
        scopes: [],
        book: of,
        line: each,
        threshold: 1n,
        tokenProgram: key(5),
        destination: key(100 + each.index),
      }),
    );
    const drafts = task.build(items, build);
    assert.isBelow(drafts.length, 6);
    assert.deepEqual(
      drafts.flatMap((draft) => draft.items.map((item) => item.key)),
      items.map((item) => item.key),
    );
    for (const draft of drafts) assert.equal(feeOf(draft), 5_000n);
  });
});

describe("keeper / close-expired", () => {
  const task = closeExpired({ config: tasks.closeExpired, directory: unused, scopesOf });
  const due = (over: Partial<Line>, now: bigint) =>
    task.due({ key: "", scopes: [], book: book(), line: line(over) }, at(now));

  it("waits for the end of the grace", () => {
    assert.deepEqual(
      [due({ closingAt: 100n }, 99n), due({ closingAt: 100n }, 100n)],
      ["wait", "now"],
    );
    assert.equal(due({}, 100n), "wait");
  });

  it("lets the payee be paid first, then returns the remainder all the same", () => {
    const owing = { closingAt: 100n, vouched: 10n };
    assert.deepEqual([due(owing, 149n), due(owing, 150n)], ["wait", "now"]);
    assert.equal(due({ ...owing, released: true }, 1_000n), "wait");
    assert.equal(due({ ...owing, released: true, claimed: 10n }, 100n), "now");
  });

  it("leaves a removed line alone", () => {
    assert.equal(due({ closingAt: 100n, removed: true }, 200n), "wait");
  });
});
