import { voucherFromJson } from "@pinfi/sdk/streams";
import { PublicKey } from "@solana/web3.js";
import type { BookView } from "../books/books";
import type { VoucherStore } from "../store";
import { type Delegation, delegationOf } from "./delegation";
import { createSelection, type Selection } from "./selection";

/**
 * The pending vouchers of one book under one signer and one domain.
 *
 * A payer may change the signer, and a book may be closed and opened anew: vouchers from before
 * are worth nothing then. They are kept apart instead of deleted at once, because a node that
 * lags would otherwise make the keeper throw away good ones.
 */
export interface PendingGroup extends Place {
  selection: Selection;
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

/** The delegation under which the book takes the vouchers of that place; undefined: it takes none. */
export function delegationAt(args: {
  group: PendingGroup;
  book: BookView;
  unixSeconds: bigint;
}): Delegation | undefined {
  const { book, group } = args;
  if (Buffer.from(book.header.voucherDomain).toString("hex") !== group.domain) return undefined;
  const signer = new PublicKey(group.signer);
  return delegationOf({ header: book.header, signer, unixSeconds: args.unixSeconds });
}

/** All vouchers the keeper holds, in memory as in the store. */
export interface PendingVouchers {
  /** The place for vouchers of that book, signer and domain; made when missing. */
  place(where: Place): PendingGroup;
  /** The same, if there is one. */
  find(where: Place): PendingGroup | undefined;
  /** Those of a book, under every signer and domain. */
  ofBook(address: string): PendingGroup[];
  /** Addresses of books of which at least one voucher is pending. */
  books(): string[];
  all(): Iterable<PendingGroup>;
  remove(group: PendingGroup): void;
}

const nameOf = ({ domain, signer }: Place): string => `${domain} ${signer}`;

export function createPendingVouchers(): PendingVouchers {
  const books = new Map<string, Map<string, PendingGroup>>();

  return {
    place(where) {
      const ofBook = books.get(where.book) ?? new Map<string, PendingGroup>();
      books.set(where.book, ofBook);
      const name = nameOf(where);
      const group = ofBook.get(name) ?? { ...where, selection: createSelection() };
      ofBook.set(name, group);
      return group;
    },
    find: (where) => books.get(where.book)?.get(nameOf(where)),
    ofBook: (address) => [...(books.get(address)?.values() ?? [])],
    books: () =>
      [...books]
        .filter(([, ofBook]) =>
          [...ofBook.values()].some(({ selection }) => selection.kept.size > 0),
        )
        .map(([address]) => address),
    *all() {
      for (const ofBook of books.values()) yield* ofBook.values();
    },
    remove(group) {
      const ofBook = books.get(group.book);
      ofBook?.delete(nameOf(group));
      if (ofBook?.size === 0) books.delete(group.book);
    },
  };
}

/** Takes the stored vouchers up, and deletes from the store those that others make superfluous. */
export async function loadPending({
  pending,
  store,
}: {
  pending: PendingVouchers;
  store: VoucherStore;
}): Promise<void> {
  const superfluous: string[] = [];
  for (const stored of await store.vouchers()) {
    const { signature: id, book, domain, receivedAtMs } = stored;
    const voucher = voucherFromJson(JSON.parse(stored.voucher));
    const { selection } = pending.place({ book, domain, signer: voucher.signer.toBase58() });
    const change = selection.offer({ id, voucher, receivedAtMs }, () => 0n);
    superfluous.push(...(change === undefined ? [id] : change.dropped));
  }
  if (superfluous.length > 0) await store.change({ insert: [], remove: superfluous });
}
