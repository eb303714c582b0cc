import { PinFiError } from "@pinfi/sdk";
import { decodeWatermarks, type Watermarks } from "@pinfi/sdk/streams";
import { PublicKey } from "@solana/web3.js";
import { type BookProblem, isAtItsAddress } from "../books/books";
import { type Delegation, delegationsOf } from "../vouchers/delegation";
import { type AmountTable, amountTable, hasAll, raise } from "./amounts";
import type { BulkVoucher } from "./bulk-voucher";
import type { BookFacts } from "./protocol";

/** Why a book cannot be judged by: there is none, or it could not be read now. */
export interface Absent {
  problem: BookProblem;
  readAtMs: number;
}

/** What the bulk thread knows of a book: enough to judge a voucher without asking. */
export interface BookState {
  address: PublicKey;
  book: Watermarks;
  /** The keys that it listens to. */
  delegations: KeyDelegation[];
  /** Amounts recorded on chain, as last read. */
  floor: AmountTable;
  /** The same, raised to every accepted voucher. */
  best: AmountTable;
  /** 1 for lines that no voucher can raise any more. */
  shut: Uint8Array;
  /** The highest totals by which lines earn, given their deposits. */
  ceilings: AmountTable;
  readAtMs: number;
}

/** A delegation, with the bytes of its key. */
export interface KeyDelegation extends Delegation {
  bytes: Uint8Array;
}

/**
 * The book of these facts, under the same checks as `readBook`; or why it is none.
 * `vouchers`: those that are accepted and not yet recorded.
 */
export function readState(args: {
  facts: BookFacts;
  vouchers: Iterable<BulkVoucher>;
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
  const floor = amountTable(book.vouched);
  const state: BookState = {
    address,
    book,
    delegations: delegationsOf(book, unixSeconds).map((delegation) => ({
      ...delegation,
      bytes: delegation.signer.toBytes(),
    })),
    floor,
    best: floor,
    shut: book.shut,
    ceilings: amountTable(book.ceilings),
    readAtMs,
  };
  promise(state, args.vouchers);
  return state;
}

/**
 * Counts what is accepted into `best`, afresh. Vouchers of a former key are left out: they may run out
 * unsettled, and must not stand in for one of the present key.
 */
export function promise(state: BookState, vouchers: Iterable<BulkVoucher>): void {
  state.best = Uint32Array.from(state.floor);
  const present = state.delegations.find(({ former }) => !former)?.bytes;
  for (const { domain, amounts, packed } of vouchers) {
    const fits = amounts.start + amounts.count <= state.book.nextLine;
    const counts = present !== undefined && equal(packed.signer, present);
    if (fits && counts && equal(domain, state.book.voucherDomain)) raise(state.best, amounts);
  }
}

/** The delegation under which the book takes vouchers of that key now; undefined: it takes none. */
export function delegationNow(
  { delegations }: BookState,
  signer: Uint8Array,
  unixSeconds: bigint,
): KeyDelegation | undefined {
  const delegation = delegations.find(({ bytes }) => equal(bytes, signer));
  return delegation !== undefined && unixSeconds < delegation.expiresAt ? delegation : undefined;
}

/** The chain has everything that the voucher says. */
export function isRecorded(
  { amounts, domain }: BulkVoucher,
  state: BookState | Absent | undefined,
): boolean {
  if (state === undefined || "problem" in state) return false;
  const { book, floor, shut } = state;
  if (amounts.start + amounts.count > book.nextLine) return false;
  return equal(book.voucherDomain, domain) && hasAll(floor, amounts, shut);
}

export const equal = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
