import { PublicKey } from "@solana/web3.js";
import type { TaskContext } from "../../../engine/work/task";
import type { BookCache } from "../books/book-cache";
import { type BookProblem, type BookView, floorOf } from "../books/books";
import type { VoucherStore } from "../store";
import { agreed, type End, endOfKey, keptFor } from "./end";
import type { PendingGroup, PendingVouchers } from "./pending";
import type { KeptVoucher } from "./selection";

/**
 * Deletes vouchers that can bring nothing any more, as nodes agree on at the finalized level: a fork
 * that takes a settlement back, or one node that is wrong, finds the voucher still here. Where there
 * is but one node, a voucher stays for `keepSettledMs` after that node first said so, and goes if it
 * says the same then.
 */
export async function forgetSettled(args: {
  context: TaskContext;
  cache: BookCache;
  pending: PendingVouchers;
  store: VoucherStore;
  addresses: readonly string[];
  /** Undefined for those that could not be read. */
  books: readonly (BookView | BookProblem | undefined)[];
  keepSettledMs: number;
  /** Unix milliseconds of this host. */
  nowMs: number;
}): Promise<void> {
  const { context, pending, store, nowMs, keepSettledMs } = args;
  const { unixSeconds } = context.now;
  /** Vouchers about which the nodes are asked now, by the address of their book. */
  const asked = new Map<string, { group: PendingGroup; kept: KeptVoucher }[]>();
  for (const [index, address] of args.addresses.entries()) {
    const book = args.books[index];
    if (book === undefined) continue;
    for (const group of pending.ofBook(address)) {
      for (const { kept, end } of endsOf({ group, book, unixSeconds })) {
        if (end === undefined) kept.overSinceMs = undefined;
        else if (isDue({ kept, end, keepSettledMs, nowMs })) {
          const ofBook = asked.get(address) ?? [];
          ofBook.push({ group, kept });
          asked.set(address, ofBook);
        }
      }
    }
  }
  if (asked.size === 0) return;
  const { readings, needed, isCertain } = await args.cache.testify({
    addresses: [...asked.keys()],
    signal: context.signal,
  });
  for (const [index, candidates] of [...asked.values()].entries()) {
    for (const group of new Set(candidates.map((each) => each.group))) {
      const seen = readings.map(({ books, unixSeconds: at }) => {
        const book = books[index];
        // A node that could not tell of the book sees no end.
        const ends = book === undefined ? [] : endsOf({ group, book, unixSeconds: at });
        return new Map(ends.map(({ kept, end }) => [kept, end]));
      });
      const ids = candidates.flatMap(({ group: of, kept }) => {
        if (of !== group) return [];
        const end = agreed(
          seen.map((ends) => ends.get(kept)),
          needed,
        );
        kept.overSinceMs = end && (kept.overSinceMs ?? nowMs);
        if (end === undefined || kept.overSinceMs === undefined) return [];
        const isOver = nowMs - kept.overSinceMs >= keptFor({ end, isCertain, keepSettledMs });
        return isOver ? [kept.id] : [];
      });
      if (ids.length === 0) continue;
      await store.change({ insert: [], remove: ids });
      group.selection.drop(ids);
      if (group.selection.kept.size === 0) pending.remove(group);
    }
  }
}

/** Of each voucher of the place, whether it has come to an end by that reading of its book. Pure. */
function endsOf(args: {
  group: PendingGroup;
  book: BookView | BookProblem;
  unixSeconds: bigint;
}): { kept: KeptVoucher; end: End | undefined }[] {
  const { group, book, unixSeconds } = args;
  const all = [...group.selection.kept.values()];
  if (typeof book === "string") return all.map((kept) => ({ kept, end: "outdated" }));
  const end = endOfKey({
    header: book.header,
    domain: Buffer.from(group.domain, "hex"),
    signer: new PublicKey(group.signer),
    unixSeconds,
  });
  if (end !== undefined) return all.map((kept) => ({ kept, end }));
  const recorded = new Set(group.selection.superfluous(floorOf(book, unixSeconds)));
  return all.map((kept) => ({ kept, end: recorded.has(kept.id) ? "over" : undefined }));
}

/** The nodes are asked when the end is new, and when the time for which the voucher is kept is up. */
function isDue(args: {
  kept: KeptVoucher;
  end: End;
  keepSettledMs: number;
  nowMs: number;
}): boolean {
  const { overSinceMs } = args.kept;
  if (overSinceMs === undefined) return true;
  return args.nowMs - overSinceMs >= keptFor({ ...args, isCertain: false });
}
