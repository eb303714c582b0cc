import { createChainClock } from "./chain/clock";
import type { EngineConfig } from "./config/schema";
import { reportFailure } from "./events";
import { createExplain } from "./explain";
import { createHealth } from "./health";
import { limitBytes } from "./http/limits";
import { addOperationsRoutes } from "./http/operations-routes";
import { createServer } from "./http/server";
import { createMetrics } from "./metrics";
import type { EngineOptions } from "./options";
import type { Engine, RunningProgram } from "./program";
import { assertTaken } from "./tx/format";
import { feeLimits } from "./tx/limits";
import { createPriority } from "./tx/priority";
import { createSender } from "./tx/send";
import { payerSigner } from "./tx/signer";
import { openSpendCap } from "./tx/spend";
import { signingThreads } from "./tx/template-signer";
import { createRunner } from "./work/runner";

/** A reading of the cluster's clock serves for this long. */
const CLOCK_AGE_MS = 1_000;

/**
 * Everything wired, nothing running yet but what programs begin at once. What may fail at the start
 * stands before that; `startKeeper` closes what is returned.
 */
export async function assemble(options: EngineOptions) {
  const { config, chain, store, log, events = {}, dryRun = false } = options;
  const hostClock = options.hostClock ?? Date.now;
  const metrics = createMetrics({ processMetrics: options.processMetrics ?? false });
  const signer = payerSigner(options.payer);
  const { signal } = options;
  const { version: format, ...sending } = config.transactions;
  await assertTaken({ chain, signer, format, log, signal });
  signal?.throwIfAborted();
  const spend = await openSpendCap({ store, limits: feeLimits(config.limits), hostClock });
  const remembered = await store.quarantine();
  const { minBalanceLamports } = config.payer;
  const priority = createPriority({ config: config.transactions, chain, log, hostClock });
  const explain = createExplain(options.programs.map(({ errors }) => errors));

  const programs = await startPrograms(options, {
    config,
    chain,
    clock: createChainClock({ chain, maxAgeMs: CLOCK_AGE_MS, hostClock }),
    format,
    spend,
    explain,
    payer: signer.publicKey,
    startSigningThread: signingThreads(options.payer),
    metrics,
    events,
    log,
    failed: (task, error) => reportFailure({ metrics, events, log }, task, error),
    dryRun,
    hostClock,
  });

  const health = createHealth({
    ...config.operations,
    chain,
    store,
    checks: Object.assign({}, ...programs.map(({ checks }) => checks)),
    minBalanceLamports,
    hostClock,
  });

  const measure = (): void => {
    for (const program of programs) program.measure?.();
    metrics.priorityPrice.set(Number(priority.price()));
    metrics.hourlyFeeLamports.set(Number(spend.spent()));
    for (const [index, state] of (chain.nodes?.() ?? []).entries()) {
      const labels = { node: String(index + 1), host: state.host };
      metrics.nodeInUse.set(labels, Number(state.inUse));
      metrics.nodeBehind.set(labels, Number(state.behind));
      metrics.nodeFailures.set(labels, state.failures);
    }
  };

  const runner = createRunner({
    tasks: programs.flatMap(({ tasks }) => tasks),
    chain,
    health,
    metrics,
    events,
    log,
    dryRun,
    hostClock,
    measure,
    minBalanceLamports,
    build: { payer: signer.publicKey, format, priorityFee: priority.offer },
    priority,
    store,
    remembered,
    spend,
    sender: createSender({ ...sending, chain, signer, spend, format, explain, log }),
  });

  const { connectionLimit, bodyLimitBytes: free, underWayLimitBytes: limit } = config.intake;
  const intakeServer = createServer({ log, metrics, connectionLimit });
  limitBytes(intakeServer.app, { free, limit });
  for (const { addRoutes } of programs) addRoutes?.(intakeServer.app);
  const operationsServer = isShared(config)
    ? intakeServer
    : createServer({ log, metrics, connectionLimit });
  addOperationsRoutes(operationsServer.app, { health, metrics, measure });

  return { metrics, programs, runner, intakeServer, operationsServer };
}

/** Starts them one after the other; when one cannot, those before it are stopped. */
async function startPrograms(
  { programs, store }: EngineOptions,
  engine: Omit<Engine, "tables">,
): Promise<RunningProgram[]> {
  const running: RunningProgram[] = [];
  try {
    for (const program of programs) {
      running.push(await program.start({ ...engine, tables: store.tables[program.name] }));
    }
  } catch (error) {
    await stopPrograms(running);
    throw error;
  }
  return running;
}

/** Takes nothing more, and ends what they have begun. `overdue`: from then on, waits for none to decide. */
export async function stopPrograms(
  programs: readonly RunningProgram[],
  overdue?: Promise<void>,
): Promise<void> {
  const decided = Promise.all(programs.map((program) => program.close?.()));
  await Promise.all([
    overdue === undefined ? decided : Promise.race([decided, overdue]),
    ...programs.map((program) => program.stop?.()),
  ]);
}

/** Port 0 asks for any free one, and so for two. */
const isShared = ({ intake, operations }: EngineConfig): boolean =>
  intake.port !== 0 && intake.port === operations.port;
