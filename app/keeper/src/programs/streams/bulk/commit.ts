import { createGroupCommit, type GroupCommit } from "../../../engine/group-commit";
import type { AcceptedVouchers } from "./accepted-vouchers";
import { reaches } from "./amounts";
import { promise } from "./book-state";
import type { BulkVoucher } from "./bulk-voucher";
import type { Disk } from "./disk";
import type { KnownBooks } from "./known-books";

/**
 * Group commit: everything that was accepted meanwhile goes to the disk with one fsync. `add` resolves
 * once these, and all that came before them, are on the disk; it rejects when that failed, and then
 * they are forgotten.
 */
export type Commit = GroupCommit<readonly BulkVoucher[], void>;

export function createCommit(args: {
  disk: Disk;
  accepted: AcceptedVouchers;
  knownBooks: KnownBooks;
  /** Called with what is on the disk now. */
  stored: (vouchers: readonly BulkVoucher[]) => void;
}): Commit {
  const { disk, accepted, knownBooks } = args;

  /** What was promised in memory does not hold: the same vouchers must be taken when they return. */
  const takeBack = (vouchers: readonly BulkVoucher[]): void => {
    for (const each of vouchers) accepted.release(each);
    for (const book of new Set(vouchers.map((each) => each.book))) {
      const state = knownBooks.get(book);
      if (state !== undefined && !("problem" in state)) promise(state, accepted.of(book));
    }
  };

  return createGroupCommit<readonly BulkVoucher[], void>({
    atOnce: Number.POSITIVE_INFINITY,
    async run(groups) {
      const vouchers = groups.flat();
      const rows = vouchers.map(({ slot, domain, receivedAtMs, bytes: voucher }) => ({
        slot,
        domain,
        receivedAtMs,
        voucher,
      }));
      try {
        if (rows.length > 0) await disk.put(rows);
      } catch (error) {
        takeBack(vouchers);
        throw error;
      }
      for (const each of vouchers) replaceOlder(each, accepted);
      args.stored(vouchers.filter(({ phase }) => phase === "stored"));
      return groups.map(() => undefined);
    },
  });
}

/** A voucher that is not under way yet need not be settled when a newer one says as much. */
function replaceOlder(newer: BulkVoucher, accepted: AcceptedVouchers): void {
  if (newer.phase !== "stored") return;
  for (const older of accepted.of(newer.book)) {
    const isIdle = older.phase === "stored" || older.phase === "settled";
    if (older === newer || !isIdle) continue;
    if (older.receivedAtMs > newer.receivedAtMs || !reaches(newer.amounts, older.amounts)) continue;
    if (Buffer.compare(older.domain, newer.domain) === 0) accepted.release(older);
  }
}
