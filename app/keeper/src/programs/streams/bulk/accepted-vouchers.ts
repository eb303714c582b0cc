import { readPacked } from "@pinfi/sdk/streams";
import { PublicKey } from "@solana/web3.js";
import { type BulkVoucher, bulkVoucher } from "./bulk-voucher";
import type { Row } from "./rows";
import { createVoucherMemory } from "./voucher-memory";

/** The vouchers that the bulk thread has accepted and not yet seen recorded for good. */
export interface AcceptedVouchers {
  /** Of a book, whatever their phase. */
  of(book: string): ReadonlySet<BulkVoucher>;
  books(): Iterable<string>;
  all(): Iterable<BulkVoucher>;
  /** A voucher with a slot of its own; not stored yet. */
  take(voucher: Omit<Parameters<typeof bulkVoucher>[0], "slot">): BulkVoucher;
  /** The voucher is over, or was never stored: its slot goes to the next one. */
  release(voucher: BulkVoucher): void;
  /** Slots that hold nothing any more, for `Disk.remove`; asked once they are not called free twice. */
  emptied(): number[];
  /** How many there are, but for those that are settled and only kept for safety. */
  unsettled(): number;
}

const NONE: ReadonlySet<BulkVoucher> = new Set();

/** Takes over what the table holds. `mostBytes`: of a voucher to come. */
export function createAcceptedVouchers(rows: readonly Row[], mostBytes: number): AcceptedVouchers {
  const bySlot = new Map<number, BulkVoucher>();
  const byBook = new Map<string, Set<BulkVoucher>>();
  const free: number[] = [];
  /** Free slots whose row is still in the table. */
  let stale: number[] = [];
  let next = 0;
  const memory = createVoucherMemory(
    rows.reduce((most, row) => Math.max(most, row.voucher.length), mostBytes),
  );

  const add = (voucher: Parameters<typeof bulkVoucher>[0]): BulkVoucher => {
    const taken = bulkVoucher({ ...voucher, bytes: memory.put(voucher.slot, voucher.bytes) });
    bySlot.set(taken.slot, taken);
    const ofBook = byBook.get(taken.book) ?? new Set();
    byBook.set(taken.book, ofBook.add(taken));
    return taken;
  };
  for (const row of rows) {
    next = Math.max(next, row.slot + 1);
    const { voucher: bytes, ...rest } = row;
    add({ ...rest, bytes, book: new PublicKey(readPacked(bytes).book).toBase58() });
  }
  for (let slot = 0; slot < next; slot++) if (!bySlot.has(slot)) free.push(slot);

  return {
    of: (book) => byBook.get(book) ?? NONE,
    books: () => byBook.keys(),
    all: () => bySlot.values(),
    take: (voucher) => add({ ...voucher, slot: free.pop() ?? next++ }),
    release(voucher) {
      voucher.phase = "over";
      bySlot.delete(voucher.slot);
      free.push(voucher.slot);
      stale.push(voucher.slot);
      const ofBook = byBook.get(voucher.book);
      ofBook?.delete(voucher);
      if (ofBook?.size === 0) byBook.delete(voucher.book);
    },
    emptied() {
      const slots = stale.filter((slot) => !bySlot.has(slot));
      stale = [];
      return slots;
    },
    unsettled: () => [...bySlot.values()].filter(({ phase }) => phase !== "settled").length,
  };
}
