import { voucherFromJson } from "@pinfi/sdk";
import { PublicKey } from "@solana/web3.js";
import type { BookView } from "../books/books";
import type { VoucherStore } from "../store";
import { type Cover, createCover } from "./best-vouchers";
import { type Mandate, mandateOf } from "./delegation";

/**
 * The vouchers held for one book under one signer and one domain.
 *
 * A payer may change the signer, and a book may be closed and opened anew: vouchers from before
 * are worth nothing then. They are kept apart instead of deleted at once, because a node that
 * lags would otherwise make the keeper throw away good ones.
 */
export interface Shelved extends Place {
  cover: Cover;
}

/** Whose vouchers stand together. */
export interface Place {
  /** Base58 address. */
  book: string;
  /** Base58. */
  signer: string;
  /** Hex. */
  domain: string;
}

/** Where a key's vouchers for the book as it is now stand. */
export const placeOf = ({ address, header }: BookView, signer: PublicKey): Place => ({
  book: address.toBase58(),
  signer: signer.toBase58(),
  domain: Buffer.from(header.voucherDomain).toString("hex"),
});

/** The mandate under which the book takes the vouchers of that place; undefined: it takes none. */
export function mandateAt(args: {
  shelved: Shelved;
  book: BookView;
  unixSeconds: bigint;
}): Mandate | undefined {
  const { book, shelved } = args;
  if (Buffer.from(book.header.voucherDomain).toString("hex") !== shelved.domain) return undefined;
  const signer = new PublicKey(shelved.signer);
  return mandateOf({ header: book.header, signer, unixSeconds: args.unixSeconds });
}

/** All vouchers the keeper holds, in memory as in the store. */
export interface Shelf {
  /** The place for vouchers of that book, signer and domain; made when missing. */
  place(where: Place): Shelved;
  /** The same, if there is one. */
  find(where: Place): Shelved | undefined;
  /** Those of a book, under every signer and domain. */
  ofBook(address: string): Shelved[];
  /** Addresses of books for which at least one voucher is held. */
  books(): string[];
  all(): Iterable<Shelved>;
  remove(shelved: Shelved): void;
}

const nameOf = ({ domain, signer }: Place): string => `${domain} ${signer}`;

export function createShelf(): Shelf {
  const books = new Map<string, Map<string, Shelved>>();

  return {
    place(where) {
      const ofBook = books.get(where.book) ?? new Map<string, Shelved>();
      books.set(where.book, ofBook);
      const name = nameOf(where);
      const shelved = ofBook.get(name) ?? { ...where, cover: createCover() };
      ofBook.set(name, shelved);
      return shelved;
    },
    find: (where) => books.get(where.book)?.get(nameOf(where)),
    ofBook: (address) => [...(books.get(address)?.values() ?? [])],
    books: () =>
      [...books]
        .filter(([, ofBook]) => [...ofBook.values()].some(({ cover }) => cover.kept.size > 0))
        .map(([address]) => address),
    *all() {
      for (const ofBook of books.values()) yield* ofBook.values();
    },
    remove(shelved) {
      const ofBook = books.get(shelved.book);
      ofBook?.delete(nameOf(shelved));
      if (ofBook?.size === 0) books.delete(shelved.book);
    },
  };
}

/** Puts the stored vouchers on the shelf, and deletes from the store those that others cover. */
export async function fillShelf({
  shelf,
  store,
}: {
  shelf: Shelf;
  store: VoucherStore;
}): Promise<void> {
  const superfluous: string[] = [];
  for (const stored of await store.vouchers()) {
    const { signature: id, book, domain, receivedAtMs } = stored;
    const voucher = voucherFromJson(JSON.parse(stored.voucher));
    const { cover } = shelf.place({ book, domain, signer: voucher.signer.toBase58() });
    const change = cover.offer({ id, voucher, receivedAtMs }, () => 0n);
    superfluous.push(...(change === undefined ? [id] : change.dropped));
  }
  if (superfluous.length > 0) await store.change({ insert: [], remove: superfluous });
}
