import { MAX_COMPUTE_UNITS, type TransactionFormat } from "@pinfi/sdk";
import {
  maxDenseTargets,
  maxSparseTargets,
  packSettles,
  type Settle,
  targetCount,
  type Voucher,
} from "@pinfi/sdk/streams";
import type { Now } from "../../../engine/chain/chain";
import type { BuildContext, Draft, Found, Item, Task, Work } from "../../../engine/work/task";
import type { BookCache } from "../books/book-cache";
import type { BookView } from "../books/books";
import type { ScopesOf } from "../books/costs";
import type { StreamsConfig } from "../config";
import type { StreamsMetrics } from "../metrics";
import { SETTLE_SIGNING } from "../signing";
import type { VoucherStore } from "../store";
import { deadlineOf, isPressing } from "../vouchers/deadline";
import type { Delegation } from "../vouchers/delegation";
import { forgetSettled } from "../vouchers/forget";
import { delegationAt, type PendingGroup, type PendingVouchers } from "../vouchers/pending";
import { raises, within } from "../vouchers/raise";

/** One voucher to be settled, with what its whole book has waiting. */
export interface SettleItem extends Item {
  book: BookView;
  settle: Settle;
  receivedAtMs: number;
  /** Base units that the lines would earn by all of the book's vouchers. */
  bookEarns: bigint;
  /** Unix milliseconds of this host: the book's longest waiting voucher. */
  bookOldestMs: number;
  /** Cluster seconds from which it waits no longer; undefined where it has no deadline. */
  pressingFrom: bigint | undefined;
}

/** Whether one transaction of that format can carry the voucher. */
export function voucherFits(format: TransactionFormat): (voucher: Voucher) => boolean {
  const most = { dense: maxDenseTargets(format), sparse: maxSparseTargets(format) };
  return ({ targets }) => targetCount(targets) <= most[targets.kind];
}

/** Turns stored vouchers into settlements, several books in each transaction where they fit. */
export function settleBooks(args: {
  config: StreamsConfig["tasks"]["settleBooks"];
  pending: PendingVouchers;
  store: VoucherStore;
  books: BookCache;
  scopesOf: ScopesOf;
  metrics: StreamsMetrics;
  /** For which a voucher is kept after a single node has said that it is settled. */
  keepSettledMs: number;
  /** Unix milliseconds of this host. */
  hostClock: () => number;
}): Task<SettleItem> {
  const { config, pending, store, scopesOf, metrics, hostClock } = args;
  return {
    name: "settle-books",
    everyMs: config.everyMs,
    inFlight: config.inFlight,
    maxFeeLamports: config.maxFeeLamports,
    signatures: 1,
    signing: SETTLE_SIGNING,
    // Older vouchers are skipped by the program, so a rival's settlement never makes ours fail.
    settledBy: [],

    async find(context) {
      const found: Found<SettleItem> = { items: [], skipped: [] };
      const addresses = pending.books();
      const books = await args.books.refresh({ addresses, signal: context.signal });
      const { keepSettledMs } = args;
      const nowMs = hostClock();
      const { books: cache } = args;
      const reading = { context, cache, books, addresses };
      await forgetSettled({ ...reading, pending, store, keepSettledMs, nowMs });
      for (const [index, address] of addresses.entries()) {
        const book = books[index];
        if (book === undefined || typeof book === "string") {
          found.skipped.push({ key: address, reason: book ?? "BookUnread" });
          continue;
        }
        const { unixSeconds } = context.now;
        for (const group of pending.ofBook(address)) {
          const delegation = delegationAt({ group, book, unixSeconds });
          const { items, reason } = itemsOf({
            book,
            group,
            delegation,
            scopesOf,
            now: context.now,
          });
          found.items.push(...items);
          if (reason !== undefined) found.skipped.push({ key: address, reason });
        }
      }
      return found;
    },

    due(item, now) {
      if (item.bookEarns < config.dust) return "wait";
      const waited = hostClock() - item.bookOldestMs;
      if (isPressing(item, now.unixSeconds)) return "first";
      const due = item.bookEarns >= config.minRaise || waited >= config.maxDelaySeconds * 1_000;
      return due ? "now" : "ride";
    },

    build: buildSettles,

    describe: ({ items }) => ({
      accounts: perBook(items),
      receivedAtMs: items.map(({ receivedAtMs }) => receivedAtMs),
    }),

    landed({ accounts, latenciesMs }) {
      for (const ms of latenciesMs) metrics.settleLatency.observe(ms / 1_000);
      metrics.settledTargets.inc(accounts.reduce((sum, { changes }) => sum + changes, 0));
    },
  };
}

/** Drafts as the SDK packs them: one ed25519 instruction in front, then a settle for each item. */
export function buildSettles(
  items: readonly SettleItem[],
  context: BuildContext,
): Draft<SettleItem>[] {
  const { payer, format, priorityFee } = context;
  const dearest = priorityFee(MAX_COMPUTE_UNITS);
  const itemOf = new Map(items.map((item) => [item.settle, item]));
  const batches = packSettles({
    settles: items.map(({ settle }) => settle),
    payer,
    format,
    // Its place is kept; what is offered follows from the units of each transaction.
    ...(dearest > 0n && { limits: true, priorityFeeLamports: dearest }),
  });
  return batches.map(({ settles, instructions, budget }) => {
    const ordered = settles.flatMap((settle) => itemOf.get(settle) ?? []);
    return {
      items: ordered,
      instructions,
      budget:
        budget.priorityFeeLamports === undefined
          ? budget
          : { ...budget, priorityFeeLamports: priorityFee(budget.computeUnitLimit ?? 0) },
      // Instruction 0 is the ed25519 one: it blames nobody in particular.
      blame: (index) => (index === 0 ? [] : ordered.slice(index - 1, index)),
    };
  });
}

/**
 * What of one key's vouchers the chain would take now. `delegation`: what the book lets it. Where its
 * cap does not bear all of them there are items and a reason. Pure.
 */
export function itemsOf(args: {
  book: BookView;
  group: PendingGroup;
  delegation: Delegation | undefined;
  scopesOf: ScopesOf;
  now: Now;
}): {
  items: SettleItem[];
  reason?: string;
} {
  const { book, group, delegation, now } = args;
  if (group.selection.kept.size === 0) return { items: [] };
  if (delegation === undefined) return { items: [], reason: "SignerChanged" };
  if (now.unixSeconds >= delegation.expiresAt) return { items: [], reason: "SignerExpired" };
  const all = raises({ book, group, now });
  if (all.sum > 0n && all.vouchers.length === 0) return { items: [], reason: "NotCovered" };
  const { left } = delegation;
  const raising = left === undefined || all.sum <= left ? all : within({ ...all, book, now, left });
  const isCut = raising.vouchers.length < all.vouchers.length;
  const reason = isCut ? { reason: "CapExceeded" } : {};
  if (raising.vouchers.length === 0) return { items: [], ...reason };
  const scopes = args.scopesOf(book);
  const bookOldestMs = Math.min(...raising.vouchers.map(({ kept }) => kept.receivedAtMs));
  return {
    ...reason,
    items: raising.vouchers.map(({ kept: { id, voucher, receivedAtMs }, closings }) => ({
      ...deadlineOf({ delegation, closings }),
      key: `${group.book} ${id}`,
      scopes,
      book,
      settle: {
        book: book.address,
        domain: book.header.voucherDomain,
        voucher,
        capacity: book.capacity,
      },
      receivedAtMs,
      bookEarns: raising.earns,
      bookOldestMs,
    })),
  };
}

function perBook(items: readonly SettleItem[]): Work["accounts"] {
  const targets = new Map<string, number>();
  for (const { settle } of items) {
    const book = settle.book.toBase58();
    targets.set(book, (targets.get(book) ?? 0) + targetCount(settle.voucher.targets));
  }
  return [...targets].map(([address, changes]) => ({ address, changes }));
}
