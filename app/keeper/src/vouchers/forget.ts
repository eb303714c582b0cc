import { type BookView, floorOf } from "../chain/books";
import type { Store } from "../store/store";
import type { TaskContext } from "../task";
import { isAt, mandatesOf } from "./mandate";
import type { Shelf, Shelved } from "./shelf";

/**
 * Vouchers of another signer, of an earlier life of the book, or of a book that is not there, are
 * kept this long after their arrival: a node that lags must not make the keeper delete good ones.
 * What the chain has recorded needs no such care, as its watermarks only rise.
 */
const KEPT_OUTDATED_MS = 3_600_000;

/**
 * Deletes what the chain has recorded for good: at the finalized level, so that a fork that takes
 * a settlement back finds the voucher still here. Vouchers of a key that the book listens to no
 * more, of another domain, or of a closed book go later.
 */
export async function forgetSettled(args: {
  context: TaskContext;
  shelf: Shelf;
  store: Store;
  addresses: readonly string[];
  books: readonly (BookView | string)[];
  /** Unix milliseconds of this host. */
  nowMs: number;
}): Promise<void> {
  const { context, shelf, store, nowMs } = args;
  const { unixSeconds } = context.now;
  const candidates = args.addresses.filter((address, index) =>
    shelf
      .ofBook(address)
      .some(
        (shelved) => overIds({ shelved, book: args.books[index], unixSeconds, nowMs }).length > 0,
      ),
  );
  if (candidates.length === 0) return;
  const finalized = await context.books.finalized({
    addresses: candidates,
    signal: context.signal,
  });
  for (const [index, address] of candidates.entries()) {
    for (const shelved of shelf.ofBook(address)) {
      const ids = overIds({ shelved, book: finalized[index], unixSeconds, nowMs });
      if (ids.length === 0) continue;
      await store.change({ insert: [], remove: ids });
      shelved.cover.drop(ids);
      if (shelved.cover.kept.size === 0) shelf.remove(shelved);
    }
  }
}

/** Vouchers that can never bring anything again, as that reading of the book says. */
function overIds(args: {
  shelved: Shelved;
  book: BookView | string | undefined;
  unixSeconds: bigint;
  nowMs: number;
}): string[] {
  const { shelved, book, unixSeconds, nowMs } = args;
  if (book === undefined) return [];
  if (typeof book === "object") {
    if (mandatesOf(book, unixSeconds).some(({ place }) => isAt(place, shelved))) {
      return shelved.cover.covered(floorOf(book, unixSeconds));
    }
  }
  return [...shelved.cover.kept.values()]
    .filter(({ receivedAtMs }) => nowMs - receivedAtMs > KEPT_OUTDATED_MS)
    .map(({ id }) => id);
}
