import { ED25519_PROGRAM_ID, LAMPORTS_A_SIGNATURE } from "@pinfi/sdk";
import type { BookView } from "../../programs/streams/books/books";
import type { Draft, Item } from "../work/task";
import type { Scope } from "./limits";
import type { Share } from "./spend";

/** Exactly what the draft will cost: the keeper is its only signer. Lamports. */
export function feeOf(draft: Pick<Draft, "instructions" | "budget">): bigint {
  const verified = draft.instructions
    .filter(({ programId }) => programId.equals(ED25519_PROGRAM_ID))
    .reduce((sum, { data }) => sum + BigInt(data[0] ?? 0), 0n);
  return BigInt(LAMPORTS_A_SIGNATURE) * (1n + verified) + (draft.budget.priorityFeeLamports ?? 0n);
}

const scopes = new WeakMap<BookView, Scope>();

/** Whose fees an item's are. Kept with the book: spelling two addresses for each item takes time. */
export function scopeOf({ book }: Pick<Item, "book">): Scope {
  const known = scopes.get(book);
  if (known !== undefined) return known;
  const scope = { book: book.address.toBase58(), payer: book.header.payer.toBase58() };
  scopes.set(book, scope);
  return scope;
}

/**
 * What of a draft's fee each book bears: its items cost the same, and what does not divide falls on
 * the first. Pure.
 */
export function sharesOf(draft: Draft, feeLamports: bigint): Share[] {
  const shares = new Map<string, Share>();
  const each = feeLamports / BigInt(draft.items.length);
  let rest = feeLamports - each * BigInt(draft.items.length);
  for (const item of draft.items) {
    const scope = scopeOf(item);
    const share = shares.get(scope.book) ?? { ...scope, lamports: 0n };
    share.lamports += each + rest;
    rest = 0n;
    shares.set(scope.book, share);
  }
  return [...shares.values()];
}
