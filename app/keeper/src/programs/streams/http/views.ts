import type { Line } from "@pinfi/sdk/streams";
import type { BookView } from "../books/books";
import type { BulkState } from "../bulk/bulk";
import { delegationsOf } from "../vouchers/delegation";
import { type PendingVouchers, placeOf } from "../vouchers/pending";
import type { Selection } from "../vouchers/selection";

/** What the keeper knows of a book. Amounts are decimal strings of base units. */
export interface BookDescription {
  book: string;
  payer: string;
  mint: string;
  voucherSigner: string;
  /** Pending vouchers that the book as it stands would accept. */
  unsettledVouchers: number;
  /** Unix milliseconds of the keeper's host at which the chain was read. */
  readAtMs: number;
  /** Lines ever added, the removed ones included. */
  lineCount: number;
  /** Those asked for, without the removed ones. */
  lines: LineDescription[];
  /** Where the lines after these begin; null: there are none. */
  next: number | null;
}

export interface LineDescription {
  line: number;
  payee: string;
  deposit: string;
  /** Recorded on chain. */
  vouched: string;
  /** The best pending voucher; null: none above what is recorded. */
  best: string | null;
  claimed: string;
  /** Unix seconds; "0" while open. */
  closingAt: string;
}

/** `unixSeconds`: the cluster's clock, which says whether the former key's vouchers still count. */
export function describeBook(args: {
  book: BookView;
  pending: PendingVouchers;
  unixSeconds: bigint;
  /** First line that is told, and how many of them. */
  from: number;
  limit: number;
}): BookDescription {
  const { book, pending, from, limit } = args;
  const { header } = book;
  const selections = delegationsOf(header, args.unixSeconds).flatMap(
    ({ signer }) => pending.find(placeOf(book, signer))?.selection ?? [],
  );
  const end = Math.min(from + limit, header.nextLine);
  return {
    book: book.address.toBase58(),
    payer: header.payer.toBase58(),
    mint: header.mint.toBase58(),
    voucherSigner: header.voucherSigner.toBase58(),
    unsettledVouchers: selections.reduce((sum, { kept }) => sum + kept.size, 0),
    readAtMs: book.readAtMs,
    lineCount: header.nextLine,
    next: end < header.nextLine ? end : null,
    lines: Array.from({ length: Math.max(0, end - from) }, (_, nth) => book.line(from + nth))
      .filter((line): line is Line => line !== undefined && !line.removed)
      .map((line) => {
        const best = bestOf(selections, line.index);
        return {
          line: line.index,
          payee: line.payee.toBase58(),
          deposit: String(line.deposit),
          vouched: String(line.vouched),
          best: best > line.vouched ? String(best) : null,
          claimed: String(line.claimed),
          closingAt: String(line.closingAt),
        };
      }),
  };
}

function bestOf(selections: readonly Selection[], line: number): bigint {
  let best = 0n;
  for (const selection of selections) {
    const { cumulative } = selection.best.get(line) ?? { cumulative: 0n };
    if (cumulative > best) best = cumulative;
  }
  return best;
}

/** Totals since the keeper started, and what it holds now. */
export interface VoucherStats {
  accepted: number;
  superseded: number;
  unavailable: number;
  refused: Record<string, number>;
  /** On their way to the store. */
  waiting: number;
  /** What the bulk thread holds and has seen recorded. */
  bulk: BulkState;
  unsettled: { books: number; vouchers: number; lines: number; oldestSeconds: number };
}

/** What is pending. `oldestSeconds`: 0 when it is empty. */
export function describePending(args: {
  pending: PendingVouchers;
  nowMs: number;
}): VoucherStats["unsettled"] {
  let [vouchers, lines, oldestMs] = [0, 0, args.nowMs];
  for (const { selection } of args.pending.all()) {
    lines += selection.best.size;
    for (const { receivedAtMs, overSinceMs } of selection.kept.values()) {
      // What is settled and only kept for safety waits for nothing.
      if (overSinceMs !== undefined) continue;
      vouchers += 1;
      oldestMs = Math.min(oldestMs, receivedAtMs);
    }
  }
  const oldestSeconds = Math.max(0, (args.nowMs - oldestMs) / 1_000);
  return { books: args.pending.books().length, vouchers, lines, oldestSeconds };
}
