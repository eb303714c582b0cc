import type { Now } from "../chain/chain";
import { ConfigError, FundsError } from "../errors";
import { type PassSummary, reportFailure } from "../events";
import type { AnyTask } from "../program";
import { pause } from "../retry";
import type { Priority } from "../tx/priority";
import type { Item } from "./task";
import {
  createTaskRunner,
  type Pass,
  type Signals,
  type TaskRunner,
  type TaskRunnerOptions,
} from "./task-runner";

/** Longest pause of a loop: what stops it, and what watches it, need not wait longer. */
const LONGEST_PAUSE_MS = 1_000;

export interface RunnerOptions extends TaskRunnerOptions {
  tasks: readonly AnyTask[];
  priority: Priority;
  minBalanceLamports: number;
  /** Brings gauges up to date after each pass. */
  measure: () => void;
}

export interface Runner {
  /**
   * One pass now, of the tasks named or of all, one task after the other, so that each sees what
   * those before it did. Resolves when all it sent has landed or failed.
   */
  runOnce(signals: Signals, names?: readonly string[]): Promise<Record<string, PassSummary>>;
  /** Passes of all tasks beside each other, each at its own pace, until `stopping`. */
  run(signals: Signals): Promise<void>;
}

export function createRunner(options: RunnerOptions): Runner {
  const { chain, health, metrics } = options;
  const runners = options.tasks.map((task) => createTaskRunner({ ...options, task }));
  let looking: Promise<Now | undefined> | undefined;

  const failed = (task: string, thrown: unknown): void => reportFailure(options, task, thrown);

  /** The cluster's clock, if it answers and the payer can pay: else nothing is sent. */
  const look = async ({ abort }: Signals): Promise<Now | undefined> => {
    try {
      const [now, balance] = await Promise.all([
        chain.now({ signal: abort }),
        chain.balance({ address: options.build.payer, signal: abort }),
        options.priority.refresh(abort),
      ]);
      health.sawChain({ slot: now.slot, balance });
      metrics.slot.set(Number(now.slot));
      metrics.balanceLamports.set(Number(balance));
      if (balance < BigInt(options.minBalanceLamports) && !options.dryRun) {
        throw new FundsError(`the payer has less than ${options.minBalanceLamports} lamports`);
      }
      return now;
    } catch (error) {
      if (!abort.aborted) failed("look", error);
      return undefined;
    }
  };

  /** Tasks that begin a pass at the same time look together. */
  const lookTogether = (signals: Signals): Promise<Now | undefined> => {
    looking ??= look(signals).finally(() => {
      looking = undefined;
    });
    return looking;
  };

  /** One task's trouble is not the others'. */
  const guarded = async <T>(
    name: string,
    { abort }: Signals,
    run: () => Promise<T>,
  ): Promise<T | undefined> => {
    try {
      return await run();
    } catch (error) {
      if (!abort.aborted) failed(name, error);
      return undefined;
    }
  };

  const finished = (): void => {
    options.measure();
    metrics.iterations.inc();
    metrics.lastIteration.set(options.hostClock() / 1_000);
  };

  const find = async (
    runner: TaskRunner<Item>,
    signals: Signals,
  ): Promise<Pass<Item> | undefined> => {
    const now = await lookTogether(signals);
    if (now === undefined || signals.stopping.aborted) return undefined;
    return guarded(runner.task.name, signals, () => runner.find({ now, signals, fresh: false }));
  };

  /** Looks for work at the task's pace, however long what it sends is under way. */
  const loop = async (runner: TaskRunner<Item>, signals: Signals): Promise<void> => {
    const { name, everyMs } = runner.task;
    const sending = new Set<Promise<unknown>>();
    const send = (pass: Pass<Item>): void => {
      const sent = guarded(name, signals, () => runner.send(pass)).finally(() => {
        sending.delete(sent);
        finished();
      });
      sending.add(sent);
    };
    while (!signals.stopping.aborted) {
      // Not the host's clock: that may be set back.
      const nextAtMs = performance.now() + everyMs;
      const pass = await find(runner, signals);
      if (pass === undefined) finished();
      else send(pass);
      for (let leftMs = 1; leftMs > 0 && !signals.stopping.aborted; ) {
        // While transactions are under way, only their ends are progress.
        if (!runner.isSending()) health.progressed(name);
        leftMs = nextAtMs - performance.now();
        const wait = Math.min(Math.max(leftMs, 1), LONGEST_PAUSE_MS);
        await pause(wait, signals.stopping).catch(() => undefined);
      }
    }
    await Promise.all(sending);
  };

  return {
    async runOnce(signals, names) {
      const unknown = names?.find((name) => !options.tasks.some((task) => task.name === name));
      if (unknown !== undefined) throw new ConfigError(`there is no task "${unknown}" here`);
      const summaries: Record<string, PassSummary> = {};
      const now = await look(signals);
      for (const runner of runners) {
        const { name } = runner.task;
        if (now === undefined || signals.stopping.aborted) break;
        if (names?.includes(name) === false) continue;
        const summary = await guarded(name, signals, async () =>
          runner.send(await runner.find({ now, signals, fresh: true })),
        );
        if (summary !== undefined) summaries[name] = summary;
        health.progressed(name);
      }
      finished();
      return summaries;
    },
    async run(signals) {
      await Promise.all(runners.map((runner) => loop(runner, signals)));
    },
  };
}
