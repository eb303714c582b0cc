import type { Now } from "../chain/chain";
import { affordable } from "../tx/afford";
import { costOf } from "../tx/fee";
import type { SpendCap } from "../tx/spend";
import type { BuildContext, Draft, Item, Task } from "./task";

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
 * Plans what is due, in the order in which it is paid for (see `affordable`): first what has a
 * deadline near, out of all that the hour leaves; then the others, out of what is not kept for
 * deadlines. Only transactions with at least one item that is due on its own account are worth
 * sending; items that ride along fill what is left in the last ones. No I/O.
 */
export function createPlan<I extends Item>(args: {
  task: Task<I>;
  items: readonly I[];
  now: Now;
  build: BuildContext;
  spend: SpendCap;
}): Plan<I> {
  const { task, build, spend } = args;
  const chosen = affordable(args);
  const left = { first: spend.left(true), others: spend.left(false) };
  const first = createStage({
    task,
    build,
    wanted: chosen.first,
    // They go with whatever is the last.
    riding: chosen.others.length === 0 ? chosen.riding : [],
    room: () => left.first,
  });
  const rest = createStage({
    task,
    build,
    wanted: chosen.others,
    riding: chosen.riding,
    room: () => left.others - first.planned(),
  });
  return {
    next: () => first.next() ?? rest.next(),
    due: () => first.due() + rest.due() + chosen.refused,
    refused: () => first.refused() + rest.refused() + chosen.refused,
  };
}

/** What is paid for out of one sum, packed as it is asked for. */
function createStage<I extends Item>(args: {
  task: Task<I>;
  build: BuildContext;
  wanted: readonly I[];
  riding: readonly I[];
  /** Lamports that all its transactions may cost; asked for when one is packed. */
  room: () => bigint;
}): Plan<I> & {
  /** Lamports of all transactions packed so far. */
  planned(): bigint;
} {
  const { task, build, wanted, riding } = args;
  let packed = 0;
  let planned = 0n;
  /** Items of a transaction that was not full. */
  let carried: readonly I[] = [];
  let ready: Draft<I>[] = [];
  let due = 0;
  let refused = 0;

  const pack = (): void => {
    const fresh = wanted.slice(packed, packed + PACKED_AT_ONCE);
    packed += fresh.length;
    const part = [...carried, ...fresh];
    carried = [];
    const isLast = packed === wanted.length;
    const riders = isLast ? riding.slice(0, PACKED_AT_ONCE - fresh.length) : [];
    const isWanted = new Set(part);
    const candidates = [...part, ...riders];
    const first = (count: number): Draft<I>[] =>
      task
        .build(candidates.slice(0, count), build)
        .filter((draft) => draft.items.some((item) => isWanted.has(item)));
    const all = first(candidates.length);
    const room = args.room() - planned;
    ready = all;
    if (costsOf(all) > room) {
      ready = first(most(candidates.length, (count) => costsOf(first(count)) <= room));
      refused += itemsIn(all) - itemsIn(ready) + wanted.length - packed;
      due += refused;
      packed = wanted.length;
    } else if (!isLast && all.length > 1) {
      carried = all.pop()?.items ?? [];
    }
    due += itemsIn(ready);
    planned += costsOf(ready);
  };

  return {
    next() {
      if (ready.length === 0 && packed < wanted.length) pack();
      return ready.shift();
    },
    due: () => due,
    refused: () => refused,
    planned: () => planned,
  };
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

const costsOf = (drafts: readonly Draft[]): bigint =>
  drafts.reduce((sum, draft) => sum + costOf(draft), 0n);

const itemsIn = (drafts: readonly Draft[]): number =>
  drafts.reduce((sum, { items }) => sum + items.length, 0);
