import { type BookView, floorOf } from "../chain/books";
import type { Store } from "../store/store";
import type { TaskContext } from "../task";
import { placeOf, type Shelf, type Shelved } from "./shelf";

/**
 * Deletes what the chain has recorded for good: at the finalized level, so that a fork that takes
 * a settlement back finds the voucher still here. Vouchers of another signer or domain go when
 * the finalized book agrees that theirs is over; those of a closed book likewise.
 */
export async function forgetSettled(args: {
  context: TaskContext;
  shelf: Shelf;
  store: Store;
  addresses: readonly string[];
  books: readonly (BookView | string)[];
}): Promise<void> {
  const { context, shelf, store } = args;
  const { unixSeconds } = context.now;
  const candidates = args.addresses.filter((address, index) =>
    shelf
      .ofBook(address)
      .some((shelved) => overIds({ shelved, book: args.books[index], unixSeconds }).length > 0),
  );
  if (candidates.length === 0) return;
  const finalized = await context.books.finalized({
    addresses: candidates,
    signal: context.signal,
  });
  for (const [index, address] of candidates.entries()) {
    for (const shelved of shelf.ofBook(address)) {
      const ids = overIds({ shelved, book: finalized[index], unixSeconds });
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
}): string[] {
  const { shelved, book, unixSeconds } = args;
  if (book === undefined) return [];
  if (typeof book === "object") {
    const { signer, domain } = placeOf(book);
    if (signer === shelved.signer && domain === shelved.domain) {
      return shelved.cover.covered(floorOf(book, unixSeconds));
    }
  }
  return [...shelved.cover.kept.keys()];
}
