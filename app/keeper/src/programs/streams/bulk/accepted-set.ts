import { readPacked } from "@pinfi/sdk";
import { PublicKey } from "@solana/web3.js";
import { type Held, hold } from "./accepted";
import { createSlab } from "./memory";
import type { Row } from "./rows";

/** The vouchers that the bulk thread has accepted and not yet seen recorded for good. */
export interface Holdings {
  /** Of a book, whatever their phase. */
  of(book: string): ReadonlySet<Held>;
  books(): Iterable<string>;
  all(): Iterable<Held>;
  /** A voucher with a slot of its own; not stored yet. */
  take(voucher: Omit<Parameters<typeof hold>[0], "slot">): Held;
  /** The voucher is over, or was never stored: its slot goes to the next one. */
  release(held: Held): void;
  /** Slots that hold nothing any more, for `Disk.remove`; asked once they are not called free twice. */
  emptied(): number[];
  /** How many there are, but for those that are settled and only kept for safety. */
  unsettled(): number;
}

const NONE: ReadonlySet<Held> = new Set();

/** Takes over what the table holds. `mostBytes`: of a voucher to come. */
export function createHoldings(rows: readonly Row[], mostBytes: number): Holdings {
  const bySlot = new Map<number, Held>();
  const byBook = new Map<string, Set<Held>>();
  const free: number[] = [];
  /** Free slots whose row is still in the table. */
  let stale: number[] = [];
  let next = 0;
  const slab = createSlab(
    rows.reduce((most, row) => Math.max(most, row.voucher.length), mostBytes),
  );

  const add = (voucher: Parameters<typeof hold>[0]): Held => {
    const held = hold({ ...voucher, bytes: slab.put(voucher.slot, voucher.bytes) });
    bySlot.set(held.slot, held);
    const ofBook = byBook.get(held.book) ?? new Set();
    byBook.set(held.book, ofBook.add(held));
    return held;
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
    release(held) {
      held.phase = "over";
      bySlot.delete(held.slot);
      free.push(held.slot);
      stale.push(held.slot);
      const ofBook = byBook.get(held.book);
      ofBook?.delete(held);
      if (ofBook?.size === 0) byBook.delete(held.book);
    },
    emptied() {
      const slots = stale.filter((slot) => !bySlot.has(slot));
      stale = [];
      return slots;
    },
    unsettled: () => [...bySlot.values()].filter(({ phase }) => phase !== "settled").length,
  };
}
