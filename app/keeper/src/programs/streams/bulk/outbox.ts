import type { TemplateSigner } from "../../../engine/tx/template-signer";
import { deadlineOf, isPressing } from "../vouchers/deadline";
import { weigh } from "./amounts";
import { type BookState, delegationNow, equal, isRecorded } from "./book-state";
import type { BulkVoucher } from "./bulk-voucher";
import type { KnownBooks } from "./known-books";
import type { ThreadOptions, Want } from "./protocol";
import { createTemplates } from "./templates";

/** Transactions handed over and not answered yet: enough to keep the cluster busy, no more. */
const UNDER_WAY = 192;
/** Transactions of one message to the keeper. */
const AT_ONCE = 32;
/** Vouchers of one book that may wait for its fee limits: more are not taken. */
const CROWD = 256;
/** After fees for a book were refused. */
const ASK_AGAIN_MS = 5_000;
/** For which it is remembered how many transactions a book has used. */
const IDLE_MS = 60_000;
const LONGEST_WIRE = 4_096;

/** Signed transactions on their way out of the thread. */
export interface Batch {
  vouchers: BulkVoucher[];
  /** Where they stand, one behind the other. */
  memory: SharedArrayBuffer;
  lengths: number[];
}

/**
 * Turns stored vouchers into signed transactions: those of a book in the order of their arrival, the
 * books in turn, those with a deadline first. Each book's transactions need fees booked for it.
 */
export interface Outbox {
  add(vouchers: readonly BulkVoucher[]): void;
  /** The next transactions, while the blockhash, the fees and the window permit. */
  next(): Batch | undefined;
  /** Its transactions are answered, and its memory goes to another. */
  answered(batch: Batch): void;
  /** Fees are booked for so many transactions of a book; 0: its limits bear none now. */
  allow(book: string, transactions: number): void;
  freshen(blockhash: Uint8Array): void;
  /** Fees to be asked for: each book is named once until it is answered. */
  wants(): Want[];
  /** Vouchers that wait for their transaction, but for those of books whose limits are reached. */
  waiting(): number;
  /** Whether too many of a book's vouchers wait for its limits already. */
  isCrowded(book: string): boolean;
}

/** The vouchers of one book that wait. */
interface Lane {
  queue: BulkVoucher[];
  /** Transactions whose fees are booked. */
  allowance: number;
  /** How many were booked the last time. */
  lot: number;
  /** Fees are asked for, and not answered yet. */
  asked: boolean;
  /** Unix milliseconds before which they are not asked for: its limits are reached. */
  askAgainAtMs: number;
  /** The same, when its last voucher came. */
  usedAtMs: number;
}

const newLane = (): Lane => ({
  queue: [],
  allowance: 0,
  lot: 0,
  asked: false,
  askAgainAtMs: 0,
  usedAtMs: 0,
});

export function createOutbox(args: {
  options: Pick<ThreadOptions, "format" | "priorityFeeLamports">;
  /** Signs what is made of a template that it was shown. */
  signer: TemplateSigner;
  knownBooks: KnownBooks;
  /** Takes a voucher that no transaction is to be made for as things stand. */
  putOff: (voucher: BulkVoucher) => void;
  /** Takes one that needs none: the chain has recorded as much. */
  recorded: (voucher: BulkVoucher) => void;
  hostClock: () => number;
}): Outbox {
  const { options, signer, knownBooks, hostClock } = args;
  const templates = createTemplates({ ...options, signer });
  /** In the order in which books have their turn. */
  const lanes = new Map<string, Lane>();
  let underWay = 0;
  let blockhash: Uint8Array | undefined;
  const spare: SharedArrayBuffer[] = [];

  const laneOf = (book: string): Lane => {
    const lane = lanes.get(book) ?? newLane();
    lanes.set(book, lane);
    return lane;
  };
  /** The first voucher of a lane that a transaction is to be made for; others are put off. */
  const headOf = (lane: Lane): { voucher: BulkVoucher; state: BookState } | undefined => {
    for (let [voucher] = lane.queue; voucher !== undefined; [voucher] = lane.queue) {
      const state = knownBooks.get(voucher.book);
      if (voucher.phase === "stored" && isWorth(voucher, state, knownBooks.unixSeconds())) {
        return { voucher, state: state as BookState };
      }
      if (voucher.phase === "stored") {
        if (isRecorded(voucher, state)) args.recorded(voucher);
        else args.putOff(voucher);
      }
      lane.queue.shift();
    }
    return undefined;
  };
  /** Whether the next of a lane has a deadline that is near. */
  const isUrgent = ({ queue: [voucher] }: Lane): boolean => {
    const state = voucher && knownBooks.get(voucher.book);
    if (voucher === undefined || state === undefined || "problem" in state) return false;
    const unixSeconds = knownBooks.unixSeconds();
    const delegation = delegationNow(state, voucher.packed.signer, unixSeconds);
    if (delegation === undefined) return false;
    const { closesAt } = state.book;
    const closings = closesAt === null ? [] : [closesAt];
    return isPressing(deadlineOf({ delegation, closings }), unixSeconds);
  };
  /** Up to `room` vouchers whose fees are booked, one of each wanted lane in turn. */
  const take = (room: number, isWanted: (lane: Lane) => boolean): BulkVoucher[] => {
    const taken: BulkVoucher[] = [];
    // A lane that gives one goes to the end, and so comes up again.
    for (const [book, lane] of lanes) {
      if (taken.length >= room) break;
      if (lane.allowance <= 0 || lane.queue.length === 0 || !isWanted(lane)) continue;
      const head = headOf(lane);
      if (head === undefined) continue;
      lane.queue.shift();
      lane.allowance -= 1;
      taken.push(head.voucher);
      lanes.delete(book);
      lanes.set(book, lane);
    }
    return taken;
  };

  return {
    add(vouchers) {
      for (const each of vouchers) {
        const lane = laneOf(each.book);
        lane.queue.push(each);
        lane.usedAtMs = hostClock();
      }
    },
    next() {
      const room = Math.min(AT_ONCE, UNDER_WAY - underWay);
      if (blockhash === undefined || room <= 0) return undefined;
      const first = take(room, isUrgent);
      const vouchers = [...first, ...take(room - first.length, () => true)];
      if (vouchers.length === 0) return undefined;
      const memory = spare.pop() ?? new SharedArrayBuffer(AT_ONCE * LONGEST_WIRE);
      const lengths: number[] = [];
      let at = 0;
      for (const each of vouchers) {
        const { template, sign } = templates.of(each, knownBooks.get(each.book) as BookState);
        const wire = new Uint8Array(memory, at, template.length);
        at += template.length;
        lengths.push(template.length);
        const { signature, targets } = each.packed;
        template.fill({ out: wire, blockhash, signature, targets });
        sign(wire);
        each.phase = "sent";
      }
      underWay += vouchers.length;
      return { vouchers, memory, lengths };
    },
    answered({ vouchers, memory }) {
      underWay -= vouchers.length;
      spare.push(memory);
    },
    allow(book, transactions) {
      const lane = laneOf(book);
      lane.asked = false;
      lane.allowance += transactions;
      lane.lot = transactions;
      lane.askAgainAtMs = transactions > 0 ? 0 : hostClock() + ASK_AGAIN_MS;
    },
    freshen(recent) {
      blockhash = recent;
    },
    wants() {
      const wants: Want[] = [];
      for (const [book, lane] of lanes) {
        const { queue, allowance, asked, askAgainAtMs } = lane;
        if (allowance > 0 || asked || (queue.length > 0 && askAgainAtMs > hostClock())) continue;
        const head = headOf(lane);
        if (head === undefined) {
          if (hostClock() - lane.usedAtMs > IDLE_MS) lanes.delete(book);
          continue;
        }
        lane.asked = true;
        const payer = head.state.book.payer.toBase58();
        // Twice the last lot: a busy book asks seldom, and an idle one leaves less unused than it used.
        const upTo = 2 * lane.lot;
        wants.push({ book, payer, transactions: queue.length, upTo, pressing: isUrgent(lane) });
      }
      return wants.sort((a, b) => Number(b.pressing) - Number(a.pressing));
    },
    waiting() {
      let sum = 0;
      for (const { queue, askAgainAtMs } of lanes.values()) {
        if (askAgainAtMs === 0) sum += queue.length;
      }
      return sum;
    },
    isCrowded(book) {
      const lane = lanes.get(book);
      return lane !== undefined && lane.askAgainAtMs > 0 && lane.queue.length >= CROWD;
    },
  };
}

/**
 * Whether the chain would take the voucher, and a line earn by it, as the book is known now. It may
 * have changed since the voucher was accepted: its key, what its deposits cover.
 */
function isWorth(
  { domain, packed, amounts }: BulkVoucher,
  state: ReturnType<KnownBooks["get"]>,
  unixSeconds: bigint,
): state is BookState {
  if (state === undefined || "problem" in state) return false;
  if (!equal(state.book.voucherDomain, domain)) return false;
  if (delegationNow(state, packed.signer, unixSeconds) === undefined) return false;
  return weigh(amounts, state.floor, state).earns > 0;
}
