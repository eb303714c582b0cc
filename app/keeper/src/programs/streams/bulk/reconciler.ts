import { PublicKey } from "@solana/web3.js";
import type { Testimony } from "../../../engine/chain/chain";
import { waitAfter } from "../../../engine/retry";
import { agreed, type End, endOfKey, keptFor } from "../vouchers/end";
import type { AcceptedVouchers } from "./accepted-vouchers";
import { reaches } from "./amounts";
import type { Absent, BookState } from "./book-state";
import { equal, isRecorded } from "./book-state";
import type { BulkVoucher } from "./bulk-voucher";
import type { Disk } from "./disk";
import type { BookStates, KnownBooks } from "./known-books";

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

/** Sees to vouchers after their transaction: forgets what is recorded, sends the rest again. */
export interface Reconciler {
  /** So many more have landed. */
  landed(count: number): void;
  /** Its transaction was refused. */
  refused(voucher: BulkVoucher): void;
  /** No transaction is worth its fee as its book is known now. */
  putOff(voucher: BulkVoucher): void;
  /** Takes up what an earlier run left. */
  resume(): Promise<void>;
  /** Resolves when no check is under way any more. */
  stop(): Promise<void>;
}

/** Books as each node has them at the finalized level. See `Testimony`. */
export interface Testified extends Pick<Testimony, "needed" | "isCertain"> {
  readings: { unixSeconds: bigint; states: BookStates }[];
}

export interface ReconcilerOptions {
  accepted: AcceptedVouchers;
  knownBooks: KnownBooks;
  disk: Disk;
  /** What nodes say of these books at the finalized level. */
  testify: (books: string[]) => Promise<Testified>;
  keepSettledMs: number;
  /** Sends these once more. */
  again: (vouchers: readonly BulkVoucher[]) => void;
  /** Nothing is waiting to be sent, nothing under way. */
  idle: () => boolean;
  /** Totals since the start: compared and found recorded; landed and yet not recorded. */
  tell: (totals: { checked: number; unrecorded: number }) => void;
  hostClock: () => number;
}

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { accepted, knownBooks, disk, hostClock } = options;
  const totals = { checked: 0, unrecorded: 0 };
  let checkedAtMs = hostClock();
  let landed = 0;
  let running: Promise<void> | undefined;

  const delay = (voucher: BulkVoucher, pause: number): void => {
    voucher.phase = "stored";
    voucher.notBeforeMs = hostClock() + pause;
  };

  /** Whether the nodes are to be asked about it now. */
  const isDue = (voucher: BulkVoucher, now: number): boolean => {
    if (voucher.phase === "landed") return true;
    if (voucher.phase === "settled") {
      return now - (voucher.overSinceMs ?? 0) >= options.keepSettledMs;
    }
    return voucher.notBeforeMs > 0 && voucher.notBeforeMs <= now;
  };

  const check = async (): Promise<void> => {
    const now = hostClock();
    const candidates = new Map<string, BulkVoucher[]>();
    for (const voucher of accepted.all()) {
      if (!isDue(voucher, now)) continue;
      const ofBook = candidates.get(voucher.book);
      if (ofBook === undefined) candidates.set(voucher.book, [voucher]);
      else ofBook.push(voucher);
    }
    if (candidates.size === 0) return;
    const { readings, needed, isCertain } = await options.testify([...candidates.keys()]);
    const again: BulkVoucher[] = [];
    for (const [book, ofBook] of candidates) {
      for (const voucher of ofBook) {
        if (voucher.phase === "over") continue;
        const ends = readings.map(({ states, unixSeconds }) =>
          endOf(voucher, states.get(book), unixSeconds),
        );
        const end = agreed(ends, needed);
        voucher.overSinceMs = end && (voucher.overSinceMs ?? now);
        if (end === undefined || voucher.overSinceMs === undefined) {
          if (voucher.phase === "landed") totals.unrecorded += 1;
          voucher.phase = "stored";
          voucher.notBeforeMs = 0;
          again.push(voucher);
          continue;
        }
        if (end === "over" && voucher.phase !== "settled") totals.checked += 1;
        const keptMs = keptFor({ end, isCertain, keepSettledMs: options.keepSettledMs });
        if (now - voucher.overSinceMs >= keptMs) accepted.release(voucher);
        else if (end === "over") voucher.phase = "settled";
        else delay(voucher, waitAfter(1));
      }
      for (const voucher of superfluous(accepted.of(book))) accepted.release(voucher);
    }
    if (again.length > 0) options.again(again);
  };

  const tidy = async (): Promise<void> => {
    const slots = accepted.emptied();
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
      // The cluster or the disk does not answer now; everything stays as it is until they do.
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
    refused(voucher) {
      voucher.refusals += 1;
      delay(voucher, waitAfter(voucher.refusals));
    },
    putOff: (voucher) => delay(voucher, waitAfter(1)),
    async resume() {
      const vouchers = [...accepted.all()];
      if (vouchers.length === 0) return;
      for (;;) {
        try {
          await knownBooks.read(accepted.books());
          break;
        } catch {
          // The cluster cannot be read yet: the vouchers are safe, and wait.
          await new Promise((resolve) => setTimeout(resolve, READ_AGAIN_MS));
        }
      }
      const open = vouchers.filter(({ phase }) => phase === "stored");
      for (const each of open) {
        if (!isRecorded(each, knownBooks.get(each.book))) continue;
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

function endOf(
  voucher: BulkVoucher,
  state: BookState | Absent | undefined,
  unixSeconds: bigint,
): End | undefined {
  if (state === undefined || "problem" in state) return "outdated";
  if (isRecorded(voucher, state)) return "over";
  const signer = new PublicKey(voucher.packed.signer);
  return endOfKey({ header: state.book, domain: voucher.domain, signer, unixSeconds });
}

/**
 * Of a book's vouchers that are kept though settled, those of which a later one says as much: it
 * would do for them, should they turn out not to be settled. So one of each span of lines stays.
 */
function superfluous(ofBook: Iterable<BulkVoucher>): BulkVoucher[] {
  const latest: BulkVoucher[] = [];
  const found: BulkVoucher[] = [];
  for (const voucher of [...ofBook].sort((a, b) => b.receivedAtMs - a.receivedAtMs)) {
    const isReached = latest.some(
      (later) => equal(later.domain, voucher.domain) && reaches(later.amounts, voucher.amounts),
    );
    if (!isReached) latest.push(voucher);
    else if (voucher.phase === "settled") found.push(voucher);
  }
  return found;
}
