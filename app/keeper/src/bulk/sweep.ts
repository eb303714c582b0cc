import type { BookState } from "./book-state";
import { equal } from "./book-state";
import type { Disk } from "./disk";
import type { Held } from "./held";
import type { Holdings } from "./holdings";
import type { Absent, Library } from "./library";
import { isCovered } from "./words";

/**
 * The chain's records are compared with what has landed after so many vouchers, and this often:
 * reading a large book costs as much as settling on it.
 */
const CHECK_LANDED = 16_384;
const CHECK_MS = 10_000;
/** How often it is looked whether nothing is left to do but to check. */
const LOOK_MS = 100;
/** Pause before a cluster that did not answer is asked again for what an earlier run left. */
const READ_AGAIN_MS = 3_000;
/** Pause after the first refusal of a transaction, doubled by each further one up to an hour. */
const REFUSED_MS = 30_000;
const LONGEST_MS = 3_600_000;
/** Vouchers of an earlier life of a book, or of no book, are kept this long: nodes may lag. */
const KEPT_OUTDATED_MS = 3_600_000;

/** Sees to vouchers after their transaction: forgets what is recorded, sends the rest again. */
export interface Sweep {
  /** So many more have landed. */
  landed(count: number): void;
  /** Its transaction was refused. */
  refused(held: Held): void;
  /** No transaction can be made for it as its book is known now. */
  putOff(held: Held): void;
  /** Takes up what an earlier run left. */
  resume(): Promise<void>;
  /** Resolves when no check is under way any more. */
  stop(): Promise<void>;
}

export interface SweepOptions {
  holdings: Holdings;
  library: Library;
  disk: Disk;
  /** Reads these books at the finalized level into the library. */
  finalized: (books: string[]) => Promise<void>;
  /** Sends these once more. */
  again: (held: readonly Held[]) => void;
  /** Nothing is waiting to be sent, nothing under way. */
  idle: () => boolean;
  /** Totals since the start: compared and found recorded; landed and yet not recorded. */
  tell: (totals: { checked: number; unrecorded: number }) => void;
  hostClock: () => number;
}

export function createSweep(options: SweepOptions): Sweep {
  const { holdings, library, disk, hostClock } = options;
  const totals = { checked: 0, unrecorded: 0 };
  let checkedAtMs = hostClock();
  let landed = 0;
  let running: Promise<void> | undefined;

  const delay = (held: Held): void => {
    held.phase = "stored";
    const pause = Math.min(REFUSED_MS * 2 ** held.refusals, LONGEST_MS);
    held.refusals += 1;
    held.notBeforeMs = hostClock() + pause;
  };

  const check = async (): Promise<void> => {
    const now = hostClock();
    const candidates = new Map<string, Held[]>();
    for (const held of holdings.all()) {
      const overdue = held.notBeforeMs > 0 && held.notBeforeMs <= now;
      if (held.phase !== "landed" && !overdue) continue;
      const ofBook = candidates.get(held.book);
      if (ofBook === undefined) candidates.set(held.book, [held]);
      else ofBook.push(held);
    }
    if (candidates.size === 0) return;
    await options.finalized([...candidates.keys()]);
    const again: Held[] = [];
    for (const [book, ofBook] of candidates) {
      const state = library.get(book);
      for (const held of ofBook) {
        if (held.phase === "over") continue;
        if (isRecorded(held, state)) {
          totals.checked += 1;
          holdings.release(held);
        } else if (isOutdated(held, state) && now - held.receivedAtMs > KEPT_OUTDATED_MS) {
          holdings.release(held);
        } else {
          if (held.phase === "landed") totals.unrecorded += 1;
          held.phase = "stored";
          held.notBeforeMs = 0;
          again.push(held);
        }
      }
    }
    if (again.length > 0) options.again(again);
  };

  const tidy = async (): Promise<void> => {
    const slots = holdings.emptied();
    if (slots.length > 0) await disk.remove(slots);
  };

  const round = async (): Promise<void> => {
    const idle = options.idle();
    const early = hostClock() - checkedAtMs < CHECK_MS && landed < CHECK_LANDED;
    if (!idle && early) return;
    landed = 0;
    const before = totals.checked + totals.unrecorded;
    try {
      await check();
      // Rows are written over by later vouchers; only a quiet time is spent on deleting them.
      if (options.idle()) await tidy();
    } catch {
      // The cluster or the disk does not answer now; everything stays held until they do.
      return;
    } finally {
      checkedAtMs = hostClock();
    }
    if (totals.checked + totals.unrecorded !== before) options.tell(totals);
  };

  const timer = setInterval(() => {
    running ??= round().finally(() => {
      running = undefined;
    });
  }, LOOK_MS);

  return {
    landed(count) {
      landed += count;
    },
    refused: delay,
    putOff: delay,
    async resume() {
      const held = [...holdings.all()];
      if (held.length === 0) return;
      for (;;) {
        try {
          await library.read(holdings.books());
          break;
        } catch {
          // The cluster cannot be read yet: the vouchers are safe, and wait.
          await new Promise((resolve) => setTimeout(resolve, READ_AGAIN_MS));
        }
      }
      const open = held.filter(({ phase }) => phase === "stored");
      for (const each of open) {
        if (!isRecorded(each, library.get(each.book))) continue;
        each.phase = "landed";
      }
      options.again(open.filter(({ phase }) => phase === "stored"));
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

/** The chain has everything that the voucher says. */
function isRecorded({ amounts, domain }: Held, state: BookState | Absent | undefined): boolean {
  if (state === undefined || "problem" in state) return false;
  const { book, floor, shut } = state;
  if (amounts.start + amounts.count > book.nextLine) return false;
  return equal(book.voucherDomain, domain) && isCovered(amounts, floor, shut);
}

function isOutdated({ domain }: Held, state: BookState | Absent | undefined): boolean {
  if (state === undefined || "problem" in state) return true;
  return !equal(state.book.voucherDomain, domain);
}
