import { decodeWatermarks, PinFiError, type Watermarks } from "@pinfi/sdk";
import { PublicKey } from "@solana/web3.js";
import { type BookProblem, isAtItsAddress } from "../chain/books";
import type { Held } from "./held";
import type { BookFacts } from "./protocol";
import { raise, type Words, wordsOf } from "./words";

/** What the bulk thread knows of a book: enough to judge a voucher without asking. */
export interface BookState {
  address: PublicKey;
  book: Watermarks;
  /** Bytes of the voucher signer's key. */
  signer: Uint8Array;
  /** Amounts recorded on chain, as last read. */
  floor: Words;
  /** The same, raised to every voucher held. */
  best: Words;
  /** 1 for lines that no voucher can raise any more. */
  shut: Uint8Array;
  /** Changes when a transaction template made for the book is no longer good. */
  shape: string;
  readAtMs: number;
}

/**
 * The book of these facts, under the same checks as `readBook`; or why it is none.
 * `held`: vouchers that are accepted and not yet recorded.
 */
export function readState(args: {
  facts: BookFacts;
  held: Iterable<Held>;
  unixSeconds: bigint;
  readAtMs: number;
}): BookState | BookProblem {
  const { facts, unixSeconds, readAtMs } = args;
  if (facts.data.length === 0) return "UnknownBook";
  const address = new PublicKey(facts.address);
  let book: Watermarks;
  try {
    const account = { owner: new PublicKey(facts.owner), data: facts.data };
    book = decodeWatermarks(account, unixSeconds);
  } catch (error) {
    if (error instanceof PinFiError) return "NotABook";
    throw error;
  }
  if (!isAtItsAddress(address, book)) return "NotABook";
  const floor = wordsOf(book.vouched);
  const state: BookState = {
    address,
    book,
    signer: book.voucherSigner.toBytes(),
    floor,
    best: floor,
    shut: book.shut,
    shape: `${book.capacity} ${book.nextLine} ${book.busy}`,
    readAtMs,
  };
  promise(state, args.held);
  return state;
}

/** Counts what is held into `best`, afresh. */
export function promise(state: BookState, held: Iterable<Held>): void {
  state.best = Uint32Array.from(state.floor);
  for (const { domain, amounts } of held) {
    const fits = amounts.start + amounts.count <= state.book.nextLine;
    if (fits && equal(domain, state.book.voucherDomain)) raise(state.best, amounts);
  }
}

export const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
