import type { Logger } from "pino";
import type { BookCache } from "./chain/book-cache";
import type { Chain, Now } from "./chain/chain";
import { createDelivery, type Delivery, type DeliveryOptions } from "./delivery";
import { asKeeperError, ConfigError, FundsError } from "./errors";
import { emptySummary, type PassSummary } from "./events";
import type { Health } from "./health";
import { eachLimited } from "./limited";
import { createQuarantine, type Quarantine } from "./quarantine";
import { pause } from "./retry";
import type { BuildContext, Draft, Item, Task } from "./task";
import type { Priority } from "./tx/priority";

/** Longest pause of the loop: what stops it, and what watches it, need not wait longer. */
const LONGEST_PAUSE_MS = 1_000;

/** Any task: the runner never looks into items. */
export type AnyTask = Task<Item>;

export interface RunnerOptions extends DeliveryOptions {
  tasks: readonly AnyTask[];
  chain: Chain;
  books: BookCache;
  build: BuildContext;
  priority: Priority;
  health: Health;
  /** Transactions under way at once. */
  inFlight: number;
  minBalanceLamports: number;
  /** Brings gauges up to date after each pass. */
  measure: () => void;
  log: Logger;
}

export interface Runner {
  /** One pass now, of the tasks named or of all. Resolves when all it sent has landed or failed. */
  runOnce(signals: Signals, names?: readonly string[]): Promise<Record<string, PassSummary>>;
  /** Passes, each task at its own pace, until `stopping`. */
  run(signals: Signals): Promise<void>;
  quarantines(): Readonly<Record<string, ReturnType<Quarantine["entries"]>>>;
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
    options.tasks.map(({ name }) => [name, createQuarantine({ hostClock: options.hostClock })]),
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
    const drafts = plan({ task, items: free, now, build: options.build });
    summary.due = drafts.reduce((sum, { items }) => sum + items.length, 0);
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
    metrics.quarantined.set({ task: task.name }, quarantine.entries().length);
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
    quarantines: () =>
      Object.fromEntries([...quarantines].map(([task, held]) => [task, held.entries()])),
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
