import { BOOK_HEADER_LENGTH, LINE_LENGTH } from "@pinfi/sdk/streams";
import type { SpendScope } from "../../../engine/tx/limits";
import type { StreamsConfig } from "../config";
import type { BookView } from "./books";

/** What the cost of a book's work counts for: that book, and all books of its payer. */
export type ScopesOf = (book: Pick<BookView, "address" | "header">) => readonly SpendScope[];

/** The same for addresses in base58. */
export function scopesFor(
  { bookPercent, payerPercent }: StreamsConfig["limits"],
  { book, payer }: { book: string; payer: string },
): SpendScope[] {
  return [
    { name: `book ${book}`, percent: bookPercent },
    { name: `payer ${payer}`, percent: payerPercent },
  ];
}

/** Kept with each book that was read: spelling two addresses for each item takes time. */
export function createScopes(limits: StreamsConfig["limits"]): ScopesOf {
  const known = new WeakMap<Parameters<ScopesOf>[0], readonly SpendScope[]>();
  return (book) => {
    const found = known.get(book);
    if (found !== undefined) return found;
    const { address, header } = book;
    const scopes = scopesFor(limits, {
      book: address.toBase58(),
      payer: header.payer.toBase58(),
    });
    known.set(book, scopes);
    return scopes;
  };
}

/** The book's account as a transaction loads it. */
export const loadedBook = ({ address, capacity }: Pick<BookView, "address" | "capacity">) => ({
  address: address.toBase58(),
  bytes: BOOK_HEADER_LENGTH + LINE_LENGTH * capacity,
});
