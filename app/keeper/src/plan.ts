import type { Now } from "./chain/chain";
import type { BuildContext, Draft, Due, Item, Task } from "./task";
import { feeOf } from "./tx/fee";

/**
 * Items packed into transactions in one go. A packer compares each item with all transactions that
 * it has open: the bound keeps planning in proportion to the number of items, and the event loop free.
 */
const PACKED_AT_ONCE = 64;

/** The transactions of one pass, packed as they are asked for. */
export interface Plan<I extends Item> {
  /** The next transaction; undefined when there is no more work, or no more room. */
  next(): Draft<I> | undefined;
  /** Items packed so far, with those that ride along, and those refused. */
  due(): number;
  /** Items that were due, and for which there was no room. */
  refused(): number;
}

/**
 * Plans what is due: first what has a deadline near, the nearest first, then what has waited
 * longest, as long as `room` lamports pay for it. Only transactions with at least one item that is
 * due on its own account are worth sending; items that ride along fill what is left in the last
 * ones. No I/O.
 */
export function createPlan<I extends Item>(args: {
  task: Task<I>;
  items: readonly I[];
  now: Now;
  build: BuildContext;
  room: bigint;
}): Plan<I> {
  const { task, build } = args;
  const { pressing, riding } = ranked(args);
  let room = args.room;
  let packed = 0;
  /** Items of a transaction that was not full. */
  let carried: readonly I[] = [];
  let ready: Draft<I>[] = [];
  let due = 0;
  let refused = 0;

  const pack = (): void => {
    const fresh = pressing.slice(packed, packed + PACKED_AT_ONCE);
    packed += fresh.length;
    const part = [...carried, ...fresh];
    carried = [];
    const isLast = packed === pressing.length;
    const riders = isLast ? riding.slice(0, PACKED_AT_ONCE - fresh.length) : [];
    const isPressing = new Set(part);
    const candidates = [...part, ...riders];
    const first = (count: number): Draft<I>[] =>
      task
        .build(candidates.slice(0, count), build)
        .filter((draft) => draft.items.some((item) => isPressing.has(item)));
    const all = first(candidates.length);
    ready = all;
    if (feesOf(all) > room) {
      ready = first(most(candidates.length, (count) => feesOf(first(count)) <= room));
      refused += itemsIn(all) - itemsIn(ready) + pressing.length - packed;
      due += refused;
      packed = pressing.length;
    } else if (!isLast && all.length > 1) {
      carried = all.pop()?.items ?? [];
    }
    due += itemsIn(ready);
    room -= feesOf(ready);
  };

  return {
    next() {
      if (ready.length === 0 && packed < pressing.length) pack();
      return ready.shift();
    },
    due: () => due,
    refused: () => refused,
  };
}

/** Items that are worth a transaction of their own, in the order of sending, and those that ride along. */
function ranked<I extends Item>(args: { task: Task<I>; items: readonly I[]; now: Now }) {
  const { task, now } = args;
  const of: Record<Due, I[]> = { first: [], now: [], ride: [], wait: [] };
  for (const item of args.items) of[task.due(item, now)].push(item);
  const pressing = [...of.first.sort(byDeadline), ...of.now.sort(byAge)];
  return { pressing, riding: of.ride.sort(byAge) };
}

const byAge = (a: Item, b: Item): number =>
  (a.receivedAtMs ?? Number.MAX_SAFE_INTEGER) - (b.receivedAtMs ?? Number.MAX_SAFE_INTEGER);

function byDeadline(a: Item, b: Item): number {
  if (a.deadline === b.deadline) return byAge(a, b);
  if (a.deadline === undefined || b.deadline === undefined)
    return a.deadline === undefined ? 1 : -1;
  return a.deadline < b.deadline ? -1 : 1;
}

/** The largest count below `limit` that is good; every smaller one is good then, 0 always. */
function most(limit: number, isGood: (count: number) => boolean): number {
  let [good, bad] = [0, limit];
  while (good + 1 < bad) {
    const middle = Math.floor((good + bad) / 2);
    if (isGood(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

const feesOf = (drafts: readonly Draft[]): bigint =>
  drafts.reduce((sum, draft) => sum + feeOf(draft), 0n);

const itemsIn = (drafts: readonly Draft[]): number =>
  drafts.reduce((sum, { items }) => sum + items.length, 0);
