import type { Held } from "./accepted";
import type { Holdings } from "./accepted-set";
import { reaches } from "./amounts";
import { promise } from "./book-state";
import type { Disk } from "./disk";
import type { Library } from "./known-books";

/** Group commit: everything that was accepted meanwhile goes to the disk with one fsync. */
export interface Commit {
  /**
   * Resolves once these, and all that came before them, are on the disk. Rejects when that failed;
   * then they are held no more.
   */
  add(accepted: readonly Held[]): Promise<void>;
}

export function createCommit(args: {
  disk: Disk;
  holdings: Holdings;
  library: Library;
  /** Called with what is on the disk now. */
  stored: (held: readonly Held[]) => void;
}): Commit {
  const { disk, holdings, library } = args;
  let running = false;
  let waiting: { held: readonly Held[]; resolve(): void; reject(error: unknown): void }[] = [];

  const flush = async (): Promise<void> => {
    const group = waiting;
    waiting = [];
    const held = group.flatMap((each) => each.held);
    try {
      if (held.length > 0) {
        await disk.put(
          held.map(({ slot, domain, receivedAtMs, bytes: voucher }) => ({
            slot,
            domain,
            receivedAtMs,
            voucher,
          })),
        );
      }
    } catch (error) {
      for (const each of held) holdings.release(each);
      // What was promised in memory does not hold: the same vouchers must be taken when they return.
      for (const book of new Set(held.map((each) => each.book))) {
        const state = library.get(book);
        if (state !== undefined && !("problem" in state)) promise(state, holdings.of(book));
      }
      for (const { reject } of group) reject(error);
      return;
    }
    for (const each of held) replaceOlder(each, holdings);
    args.stored(held.filter(({ phase }) => phase === "stored"));
    for (const { resolve } of group) resolve();
  };

  /** One group at a time: what comes meanwhile makes up the next. */
  const flushAll = async (): Promise<void> => {
    while (waiting.length > 0) await flush();
    running = false;
  };

  return {
    add: (held) =>
      new Promise((resolve, reject) => {
        waiting.push({ held, resolve, reject });
        if (running) return;
        running = true;
        setImmediate(() => void flushAll());
      }),
  };
}

/** A voucher that is not under way yet need not be settled when a newer one says as much. */
function replaceOlder(newer: Held, holdings: Holdings): void {
  if (newer.phase !== "stored") return;
  for (const older of holdings.of(newer.book)) {
    const isIdle = older.phase === "stored" || older.phase === "settled";
    if (older === newer || !isIdle) continue;
    if (older.receivedAtMs > newer.receivedAtMs || !reaches(newer.amounts, older.amounts)) continue;
    if (Buffer.compare(older.domain, newer.domain) === 0) holdings.release(older);
  }
}
