import { assemble, stopPrograms } from "./assemble";
import type { PassSummary } from "./events";
import { listen } from "./http/server";
import type { Metrics } from "./metrics";
import type { EngineOptions } from "./options";
import type { Signals } from "./work/task-runner";

/** A keeper that takes what is posted and does its rounds. */
export interface Keeper {
  /** Where the programs' routes are, such as `http://127.0.0.1:8080`. */
  intakeUrl: string;
  /** Where /metrics, /healthz and /readyz are. */
  operationsUrl: string;
  metrics: Metrics;
  /**
   * One pass now, of the tasks named or of all, on what the chain says now; resolves when
   * everything it sent has landed or failed, and every event has been told.
   */
  runOnce(args?: { tasks?: readonly string[] }): Promise<Record<string, PassSummary>>;
  /**
   * Takes nothing more, decides those under way, begins no transaction, and waits for those
   * under way up to `operations.drainSeconds`. The same promise however often it is called.
   */
  stop(): Promise<void>;
  /** Settles when the keeper has stopped; rejects when its loop broke. */
  stopped: Promise<void>;
}

/**
 * Starts a keeper. Rejects with StoreError, with ConfigError when the cluster does not take the
 * configured transactions, with a KeeperError that names the port it cannot listen on, or with the
 * reason of `signal` when that aborts first. When it rejects, all that it had opened is closed.
 */
export async function startEngine(options: EngineOptions): Promise<Keeper> {
  const { config, log } = options;
  const parts = await assemble(options);
  const { intakeServer, operationsServer, runner, programs } = parts;
  const stopping = new AbortController();
  const abort = new AbortController();
  const signals: Signals = { stopping: stopping.signal, abort: abort.signal };

  const servers = [...new Set([intakeServer, operationsServer])];
  const closeServers = () => Promise.all(servers.map(({ app }) => app.close()));
  let intakeUrl: string;
  let operationsUrl: string;
  try {
    intakeUrl = await listen(intakeServer, "intake", config.intake);
    operationsUrl =
      operationsServer === intakeServer
        ? intakeUrl
        : await listen(operationsServer, "operations", config.operations);
  } catch (error) {
    await Promise.all([stopPrograms(programs), closeServers()]);
    throw error;
  }
  log.info({ intakeUrl, operationsUrl, dryRun: options.dryRun ?? false }, "keeper started");

  const passes = new Set<Promise<unknown>>();
  const track = <T>(pass: Promise<T>): Promise<T> => {
    passes.add(pass);
    const done = (): void => void passes.delete(pass);
    pass.then(done, done);
    return pass;
  };
  const looping = (options.loop ?? true) ? track(runner.run(signals)) : undefined;

  const shutDown = async (): Promise<void> => {
    log.info("stopping: nothing more is taken, transactions under way are awaited");
    stopping.abort();
    const cutOff = (): void => {
      for (const server of servers) server.cutOff();
    };
    const overdue = new Promise<void>((resolve) => {
      abort.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    const limit = setTimeout(() => {
      abort.abort();
      cutOff();
    }, config.operations.drainSeconds * 1_000);
    // A node that is silent or a client that never ends its request must not keep the process alive.
    await Promise.all([stopPrograms(programs, overdue), Promise.allSettled([...passes])]);
    const late = abort.signal.aborted;
    abort.abort();
    const closed = closeServers();
    if (late) cutOff();
    await closed;
    clearTimeout(limit);
    log.info("stopped");
  };

  const over = deferred();
  let broken: unknown;
  let ending: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    if (ending === undefined) {
      ending = shutDown();
      ending.then(() => (broken === undefined ? over.resolve() : over.reject(broken)), over.reject);
    }
    return ending;
  };
  looping?.catch((error) => {
    broken = error;
    log.fatal({ error: (error as Error).message }, "the loop broke");
    void stop();
  });
  options.signal?.addEventListener("abort", () => void stop(), { once: true });
  if (options.signal?.aborted) void stop();

  return {
    intakeUrl,
    operationsUrl,
    metrics: parts.metrics,
    runOnce: async ({ tasks } = {}) => track(runner.runOnce(signals, tasks)),
    stop,
    stopped: over.promise,
  };
}

function deferred() {
  let resolve = (): void => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // Who does not wait for it must not be told by an unhandled rejection.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
