import { PublicKey } from "@solana/web3.js";
import type { Testimony } from "../../../engine/chain/chain";
import { agreed, type End, endOfKey, keptFor } from "../vouchers/end";
import type { Held } from "./accepted";
import type { Holdings } from "./accepted-set";
import { reaches } from "./amounts";
import type { Absent, BookState } from "./book-state";
import { equal, isRecorded } from "./book-state";
import type { Disk } from "./disk";
import type { BookStates, Library } from "./known-books";

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

/** Sees to vouchers after their transaction: forgets what is recorded, sends the rest again. */
export interface Sweep {
  /** So many more have landed. */
  landed(count: number): void;
  /** Its transaction was refused. */
  refused(held: Held): void;
  /** No transaction is worth its fee as its book is known now. */
  putOff(held: Held): void;
  /** Takes up what an earlier run left. */
  resume(): Promise<void>;
  /** Resolves when no check is under way any more. */
  stop(): Promise<void>;
}

/** Books as each node has them at the finalized level. See `Testimony`. */
export interface Testified extends Pick<Testimony, "needed" | "isCertain"> {
  readings: { unixSeconds: bigint; states: BookStates }[];
}

export interface SweepOptions {
  holdings: Holdings;
  library: Library;
  disk: Disk;
  /** What nodes say of these books at the finalized level. */
  testify: (books: string[]) => Promise<Testified>;
  keepSettledMs: number;
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

  const delay = (held: Held, pause: number): void => {
    held.phase = "stored";
    held.notBeforeMs = hostClock() + pause;
  };

  /** Whether the nodes are to be asked about it now. */
  const isDue = (held: Held, now: number): boolean => {
    if (held.phase === "landed") return true;
    if (held.phase === "settled") {
      return now - (held.overSinceMs ?? 0) >= options.keepSettledMs;
    }
    return held.notBeforeMs > 0 && held.notBeforeMs <= now;
  };

  const check = async (): Promise<void> => {
    const now = hostClock();
    const candidates = new Map<string, Held[]>();
    for (const held of holdings.all()) {
      if (!isDue(held, now)) continue;
      const ofBook = candidates.get(held.book);
      if (ofBook === undefined) candidates.set(held.book, [held]);
      else ofBook.push(held);
    }
    if (candidates.size === 0) return;
    const { readings, needed, isCertain } = await options.testify([...candidates.keys()]);
    const again: Held[] = [];
    for (const [book, ofBook] of candidates) {
      for (const held of ofBook) {
        if (held.phase === "over") continue;
        const ends = readings.map(({ states, unixSeconds }) =>
          endOf(held, states.get(book), unixSeconds),
        );
        const end = agreed(ends, needed);
        held.overSinceMs = end && (held.overSinceMs ?? now);
        if (end === undefined || held.overSinceMs === undefined) {
          if (held.phase === "landed") totals.unrecorded += 1;
          held.phase = "stored";
          held.notBeforeMs = 0;
          again.push(held);
          continue;
        }
        if (end === "over" && held.phase !== "settled") totals.checked += 1;
        const keptMs = keptFor({ end, isCertain, keepSettledMs: options.keepSettledMs });
        if (now - held.overSinceMs >= keptMs) holdings.release(held);
        else if (end === "over") held.phase = "settled";
        else delay(held, REFUSED_MS);
      }
      for (const held of superfluous(holdings.of(book))) holdings.release(held);
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
    refused(held) {
      delay(held, Math.min(REFUSED_MS * 2 ** held.refusals, LONGEST_MS));
      held.refusals += 1;
    },
    putOff: (held) => delay(held, REFUSED_MS),
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

function endOf(
  held: Held,
  state: BookState | Absent | undefined,
  unixSeconds: bigint,
): End | undefined {
  if (state === undefined || "problem" in state) return "outdated";
  if (isRecorded(held, state)) return "over";
  const signer = new PublicKey(held.packed.signer);
  return endOfKey({ header: state.book, domain: held.domain, signer, unixSeconds });
}

/**
 * Of a book's vouchers that are kept though settled, those of which a later one says as much: it
 * would do for them, should they turn out not to be settled. So one of each span of lines stays.
 */
function superfluous(ofBook: Iterable<Held>): Held[] {
  const latest: Held[] = [];
  const found: Held[] = [];
  for (const held of [...ofBook].sort((a, b) => b.receivedAtMs - a.receivedAtMs)) {
    const isReached = latest.some(
      (later) => equal(later.domain, held.domain) && reaches(later.amounts, held.amounts),
    );
    if (!isReached) latest.push(held);
    else if (held.phase === "settled") found.push(held);
  }
  return found;
}
