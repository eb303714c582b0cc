import { type Book, decodeBook, settleOf } from "@pinfi/sdk";
import { PublicKey } from "@solana/web3.js";
import { isShut } from "../chain/books";
import type { Held } from "./held";
import type { BookFacts } from "./protocol";
import { raise, type Words, wordsFor } from "./words";

/** What the bulk thread knows of a book: enough to judge a voucher without asking. */
export interface BookState {
  address: PublicKey;
  book: Book;
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

/** The book of these facts. `held`: vouchers that are accepted and not yet recorded. */
export function readState(args: {
  facts: BookFacts;
  held: Iterable<Held>;
  unixSeconds: bigint;
  readAtMs: number;
}): BookState {
  const { facts, unixSeconds, readAtMs } = args;
  const owner = new PublicKey(facts.owner);
  const book = decodeBook({ owner, data: Buffer.from(facts.data) });
  const floor = wordsFor(book.nextLine);
  const amounts = new DataView(floor.buffer);
  const shut = new Uint8Array(book.nextLine);
  let busy = 0;
  for (const line of book.lines) {
    amounts.setBigUint64(8 * line.index, line.vouched, true);
    if (isShut(line, unixSeconds)) shut[line.index] = 1;
    if (line.rate !== 0n || line.closingAt !== 0n) busy += 1;
  }
  const state: BookState = {
    address: new PublicKey(facts.address),
    book,
    floor,
    best: floor,
    shut,
    shape: `${book.capacity} ${book.nextLine} ${busy} ${book.voucherCap}`,
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

/** Upper bound of compute units of a dense settle of these lines. */
export function unitsOf(state: BookState, start: number, count: number): number {
  const { address, book } = state;
  const targets = { kind: "dense", start, cumulative: new Array<bigint>(count).fill(0n) } as const;
  const voucher = {
    book: address,
    signer: book.voucherSigner,
    signature: new Uint8Array(64),
    targets,
  };
  const { units } = settleOf({ address, book, voucher });
  if (units === undefined) throw new Error("settleOf gives the units");
  return units;
}

export const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
