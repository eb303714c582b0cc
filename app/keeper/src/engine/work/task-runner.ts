import type { Logger } from "pino";
import type { Chain, Now } from "../chain/chain";
import { emptySummary, type PassSummary } from "../events";
import type { Health } from "../health";
import { createSlots } from "../limited";
import { turn } from "../retry";
import type { Quarantined, Store } from "../store/store";
import type { SpendCap } from "../tx/spend";
import { createDelivery, type DeliveryOptions } from "./delivery";
import { createPlan, type Plan } from "./plan";
import { createQuarantine } from "./quarantine";
import type { BuildContext, Draft, Item, Task } from "./task";

export interface TaskRunnerOptions extends DeliveryOptions {
  chain: Chain;
  store: Store;
  /** What the store remembers of work that failed, of all tasks. */
  remembered: readonly Quarantined[];
  build: BuildContext;
  health: Health;
  spend: SpendCap;
  log: Logger;
}

/** When to end. */
export interface Signals {
  /** Begin nothing new. */
  stopping: AbortSignal;
  /** Wait for nothing any more. */
  abort: AbortSignal;
}

/** What one pass of a task has found and is going to send. */
export interface Pass<I extends Item> {
  now: Now;
  signals: Signals;
  plan: Plan<I>;
  summary: PassSummary;
}

/** One task's passes. They may overlap: a pass does not wait for the transactions of the one before. */
export interface TaskRunner<I extends Item> {
  readonly task: Task<I>;
  /**
   * Looks for work and plans it. From then on this pass decides what the task sends next: what
   * earlier ones have planned and not begun is found again. What is under way is left out.
   */
  find(args: { now: Now; signals: Signals; fresh: boolean }): Promise<Pass<I>>;
  /** Sends what was planned. Resolves when everything that this pass sent has landed or failed. */
  send(pass: Pass<I>): Promise<PassSummary>;
  /** Whether a transaction is under way. */
  isSending(): boolean;
}

export function createTaskRunner<I extends Item>(
  args: TaskRunnerOptions & { task: Task<I> },
): TaskRunner<I> {
  const { task, health, metrics, log } = args;
  const { deliver } = createDelivery(args);
  const quarantine = createQuarantine({ ...args, task: task.name });
  const slots = createSlots(task.inFlight);
  /** Keys of the items in transactions under way. */
  const underWay = new Set<string>();
  /** For each search under way, the keys that were under way at any time since it began. */
  const searches = new Set<Set<string>>();
  let latest: Pass<I> | undefined;

  /** What is under way while the chain is read may be read as not yet done. */
  const search = async (context: { now: Now; signals: Signals; fresh: boolean }) => {
    const touched = new Set(underWay);
    searches.add(touched);
    try {
      const { chain } = args;
      const { now, fresh, signals } = context;
      const found = await task.find({ chain, now, fresh, log, signal: signals.abort });
      const items = found.items.filter(({ key }) => !touched.has(key));
      return { items, skipped: found.skipped };
    } finally {
      searches.delete(touched);
    }
  };

  const sendOne = async (pass: Pass<I>, draft: Draft<I>): Promise<void> => {
    const keys = draft.items.map(({ key }) => key);
    for (const key of keys) {
      underWay.add(key);
      for (const touched of searches) touched.add(key);
    }
    const { now, summary, signals } = pass;
    try {
      await deliver({ task, quarantine, build: args.build, now, summary, ...signals }, draft);
    } finally {
      for (const key of keys) underWay.delete(key);
      health.progressed(task.name);
    }
  };

  const account = ({ plan, summary }: Pass<I>): void => {
    summary.due = plan.due();
    const refused = plan.refused();
    summary.refused += refused;
    if (refused > 0) {
      metrics.items.inc({ task: task.name, outcome: "refused" }, refused);
      log.warn({ task: task.name, items: refused }, "refused: limits of the hour's fees");
    }
    metrics.quarantined.set({ task: task.name }, quarantine.size());
  };

  return {
    task,
    isSending: () => underWay.size > 0,
    async find(context) {
      const { items, skipped } = await search(context);
      const summary = emptySummary();
      for (const { key, reason } of skipped) {
        metrics.skipped.inc({ task: task.name, reason });
        log.debug({ task: task.name, item: key, reason }, "skipped");
      }
      const free = items.filter(({ key }) => !quarantine.holds(key));
      summary.skipped = skipped.length + items.length - free.length;
      const { now, signals } = context;
      const plan = createPlan({ ...args, task, items: free, now });
      latest = { now, signals, plan, summary };
      return latest;
    },
    async send(pass) {
      const sending: Promise<void>[] = [];
      for (;;) {
        const free = await slots.take();
        // Between two transactions everything else in the process has its turn.
        await turn();
        const goesOn = pass === latest && !pass.signals.stopping.aborted;
        const draft = goesOn ? pass.plan.next() : undefined;
        if (draft === undefined) {
          free();
          break;
        }
        sending.push(sendOne(pass, draft).finally(free));
      }
      const ended = await Promise.allSettled(sending);
      account(pass);
      for (const each of ended) if (each.status === "rejected") throw each.reason;
      return pass.summary;
    },
  };
}
