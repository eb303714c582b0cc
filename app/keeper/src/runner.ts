import type { Logger } from "pino";
import type { BookCache } from "./chain/book-cache";
import type { Chain, Now } from "./chain/chain";
import { createDelivery, type Delivery, type DeliveryOptions } from "./delivery";
import { asKeeperError, ConfigError, FundsError } from "./errors";
import { emptySummary, type PassSummary } from "./events";
import type { Health } from "./health";
import { eachLimited } from "./limited";
import { createQuarantine, type Quarantine, type Quarantined } from "./quarantine";
import { pause } from "./retry";
import type { Store } from "./store/store";
import { type BuildContext, byAge, type Draft, type Item, type Task } from "./task";
import { feeOf } from "./tx/fee";
import type { Priority } from "./tx/priority";

/** Longest pause of the loop: what stops it, and what watches it, need not wait longer. */
const LONGEST_PAUSE_MS = 1_000;

/** Any task: the runner never looks into items. */
export type AnyTask = Task<Item>;

export interface RunnerOptions extends DeliveryOptions {
  tasks: readonly AnyTask[];
  chain: Chain;
  books: BookCache;
  store: Store;
  /** What the store remembers of work that failed. */
  remembered: readonly Quarantined[];
  build: BuildContext;
  priority: Priority;
  health: Health;
  /** Transactions under way at once. */
  inFlight: number;
  minBalanceLamports: number;
  /** Lamports that the hourly cap still leaves. */
  room: () => bigint;
  /** Brings gauges up to date after each pass. */
  measure: () => void;
  log: Logger;
}

export interface Runner {
  /** One pass now, of the tasks named or of all. Resolves when all it sent has landed or failed. */
  runOnce(signals: Signals, names?: readonly string[]): Promise<Record<string, PassSummary>>;
  /** Passes, each task at its own pace, until `stopping`. */
  run(signals: Signals): Promise<void>;
}

export interface Signals {
  /** Begin nothing new. */
  stopping: AbortSignal;
  /** Wait for nothing any more. */
  abort: AbortSignal;
}

export function createRunner(options: RunnerOptions): Runner {
  const { chain, health, metrics, log } = options;
  const { deliver } = createDelivery(options);
  const quarantines = new Map(
    options.tasks.map(({ name }) => [name, createQuarantine({ ...options, task: name })]),
  );
  const dueAtMs = new Map<string, number>();

  /** Read once for all tasks of a pass; if it fails nothing is sent. */
  const look = async (abort: AbortSignal): Promise<{ now: Now; funded: boolean }> => {
    const [now, balance] = await Promise.all([
      chain.now({ signal: abort }),
      chain.balance({ address: options.build.payer, signal: abort }),
      options.priority.refresh(abort),
    ]);
    health.sawChain({ slot: now.slot, balance });
    metrics.slot.set(Number(now.slot));
    metrics.balanceLamports.set(Number(balance));
    return { now, funded: balance >= BigInt(options.minBalanceLamports) };
  };

  const runTask = async (
    task: AnyTask,
    pass: { now: Now; signals: Signals; fresh: boolean },
  ): Promise<PassSummary> => {
    const summary = emptySummary();
    const quarantine = quarantines.get(task.name) as Quarantine;
    const { now, signals } = pass;
    const found = await task.find({
      chain,
      books: options.books,
      now,
      fresh: pass.fresh,
      log,
      signal: signals.abort,
    });
    for (const { key, reason } of found.skipped) {
      summary.skipped += 1;
      metrics.skipped.inc({ task: task.name, reason });
      log.debug({ task: task.name, item: key, reason }, "skipped");
    }
    const free = found.items.filter(({ key }) => !quarantine.holds(key));
    summary.skipped += found.items.length - free.length;
    const room = options.room();
    const { drafts, refused } = planWithin({ task, items: free, now, build: options.build, room });
    summary.refused = refused;
    summary.due = itemsIn(drafts) + refused;
    if (refused > 0) {
      metrics.items.inc({ task: task.name, outcome: "refused" }, refused);
      log.warn({ task: task.name, room, items: refused }, "refused: the hourly fee cap");
    }
    const delivery: Delivery<Item> = {
      task,
      quarantine,
      build: options.build,
      now,
      summary,
      ...signals,
    };
    await eachLimited({
      items: drafts,
      limit: options.inFlight,
      work: async (draft) => {
        await deliver(delivery, draft);
        health.progressed();
      },
    });
    metrics.quarantined.set({ task: task.name }, quarantine.size());
    return summary;
  };

  const failed = (task: string, thrown: unknown): void => {
    const { failure, code, message } = asKeeperError(thrown);
    metrics.failures.inc({ task, failure, code });
    log.error({ task, failure, code, message }, "pass failed");
    options.events.onFailure?.({ task, failure, code, message, items: [], signature: undefined });
  };

  const pass = async (args: {
    tasks: readonly AnyTask[];
    signals: Signals;
    fresh: boolean;
  }): Promise<Record<string, PassSummary>> => {
    const { tasks, signals, fresh } = args;
    const summaries: Record<string, PassSummary> = {};
    try {
      const { now, funded } = await look(signals.abort);
      if (!funded && !options.dryRun) {
        throw new FundsError(`the payer has less than ${options.minBalanceLamports} lamports`);
      }
      for (const task of tasks) {
        if (signals.stopping.aborted) break;
        try {
          summaries[task.name] = await runTask(task, { now, signals, fresh });
        } catch (error) {
          // One task's trouble is not the others'.
          if (!signals.abort.aborted) failed(task.name, error);
        }
      }
    } catch (error) {
      if (!signals.abort.aborted) failed("look", error);
    }
    options.measure();
    metrics.iterations.inc();
    metrics.lastIteration.set(options.hostClock() / 1_000);
    health.progressed();
    return summaries;
  };

  return {
    runOnce(signals, names) {
      const unknown = names?.find((name) => !options.tasks.some((task) => task.name === name));
      if (unknown !== undefined) throw new ConfigError(`there is no task "${unknown}" here`);
      const tasks = options.tasks.filter(({ name }) => names?.includes(name) ?? true);
      return pass({ tasks, signals, fresh: true });
    },
    async run(signals) {
      while (!signals.stopping.aborted) {
        const atMs = options.hostClock();
        const due = options.tasks.filter(({ name }) => (dueAtMs.get(name) ?? 0) <= atMs);
        for (const { name, everyMs } of due) dueAtMs.set(name, atMs + everyMs);
        if (due.length > 0) await pass({ tasks: due, signals, fresh: false });
        else health.progressed();
        const next = Math.min(...options.tasks.map(({ name }) => dueAtMs.get(name) ?? 0));
        const wait = Math.min(Math.max(next - options.hostClock(), 1), LONGEST_PAUSE_MS);
        await pause(wait, signals.stopping).catch(() => undefined);
      }
    },
  };
}

/**
 * Drafts that are worth sending: those with at least one item that is due on its own account.
 * Items that only ride along are put last, so that they fill what is left in a transaction. Pure.
 */
export function plan<I extends Item>(args: {
  task: Task<I>;
  items: readonly I[];
  now: Now;
  build: BuildContext;
}): Draft<I>[] {
  const { task, items, now } = args;
  const judged = items.map((item) => ({ item, due: task.due(item, now) }));
  const pressing = new Set(judged.filter(({ due }) => due === "now").map(({ item }) => item));
  if (pressing.size === 0) return [];
  const riding = judged.filter(({ due }) => due === "ride").map(({ item }) => item);
  return task
    .build([...pressing, ...riding], args.build)
    .filter((draft) => draft.items.some((item) => pressing.has(item)));
}

/**
 * The drafts of as many items, those that have waited longest, as `room` lamports pay for, and how
 * many more were due. Pure.
 */
export function planWithin<I extends Item>(
  args: Parameters<typeof plan<I>>[0] & { room: bigint },
): { drafts: Draft<I>[]; refused: number } {
  const items = [...args.items].sort(byAge);
  const first = (count: number): Draft<I>[] => plan({ ...args, items: items.slice(0, count) });
  const all = first(items.length);
  if (feesOf(all) <= args.room) return { drafts: all, refused: 0 };
  let [enough, tooMany] = [0, items.length];
  while (enough + 1 < tooMany) {
    const middle = Math.floor((enough + tooMany) / 2);
    if (feesOf(first(middle)) <= args.room) enough = middle;
    else tooMany = middle;
  }
  const drafts = first(enough);
  return { drafts, refused: itemsIn(all) - itemsIn(drafts) };
}

const feesOf = (drafts: readonly Draft[]): bigint =>
  drafts.reduce((sum, draft) => sum + feeOf(draft), 0n);

const itemsIn = (drafts: readonly Draft[]): number =>
  drafts.reduce((sum, { items }) => sum + items.length, 0);
