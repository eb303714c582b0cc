import { createBookCache } from "../programs/streams/books/book-cache";
import { createDirectory, type Directory } from "../programs/streams/books/directory";
import { createTokenPrograms } from "../programs/streams/books/tokens";
import { createBulkIntake } from "../programs/streams/bulk/intake";
import { addIntakeRoutes } from "../programs/streams/http/routes";
import { describeShelf } from "../programs/streams/http/views";
import { claimDue } from "../programs/streams/tasks/claim-due";
import { closeExpired } from "../programs/streams/tasks/close-expired";
import { collectFees } from "../programs/streams/tasks/collect-fees";
import { settleBooks, voucherFits } from "../programs/streams/tasks/settle-books";
import { createIntake } from "../programs/streams/vouchers/intake";
import { createShelf, fillShelf } from "../programs/streams/vouchers/pending";
import { voucherTotals } from "../programs/streams/vouchers/stats";
import { createChainClock } from "./chain/clock";
import type { Config } from "./config/schema";
import { reportFailure } from "./events";
import { createHealth } from "./health";
import { addOperationsRoutes } from "./http/operations-routes";
import { createServer } from "./http/server";
import { createMetrics } from "./metrics";
import type { KeeperOptions } from "./options";
import { assertTaken } from "./tx/format";
import { feeLimits } from "./tx/limits";
import { createPriority } from "./tx/priority";
import { createSender } from "./tx/send";
import { payerSigner } from "./tx/signer";
import { openSpendCap } from "./tx/spend";
import { type AnyTask, createRunner } from "./work/runner";

/** A reading of the cluster's clock serves vouchers for this long. */
const CLOCK_AGE_MS = 1_000;

/**
 * Everything wired, nothing running yet but the bulk thread, where an earlier run left it something.
 * What may fail at the start stands before it; `startKeeper` closes what is returned.
 */
export async function assemble(options: KeeperOptions) {
  const { config, chain, store, log, events = {}, dryRun = false } = options;
  const hostClock = options.hostClock ?? Date.now;
  const metrics = createMetrics({ processMetrics: options.processMetrics ?? false });
  const signer = payerSigner(options.payer);
  const { signal } = options;
  await assertTaken({ chain, signer, format: config.transactions.version, log, signal });
  signal?.throwIfAborted();
  const shelf = createShelf();
  await fillShelf({ shelf, store });
  const spend = await openSpendCap({
    store,
    limits: feeLimits(config.limits),
    hostClock,
  });
  const remembered = await store.quarantine();
  const { minBalanceLamports } = config.payer;
  const { version: format, ...sending } = config.transactions;
  const priority = createPriority({ config: config.transactions, chain, log, hostClock });
  const books = createBookCache({ chain, log, clock: hostClock });
  const clock = createChainClock({ chain, maxAgeMs: CLOCK_AGE_MS, hostClock });
  const directory = createDirectory({
    chain,
    books,
    store,
    log,
    failed: (error) => reportFailure({ metrics, events, log }, "list-books", error),
    everyMs: config.cluster.discoverEveryMs,
    hostClock,
  });
  const health = createHealth({
    ...config.operations,
    chain,
    store,
    unlisted: directory.problem,
    minBalanceLamports,
    hostClock,
  });

  const measure = (): void => {
    const held = describeShelf({ shelf, nowMs: hostClock() });
    metrics.heldVouchers.set(held.vouchers);
    metrics.oldestVoucherSeconds.set(held.oldestSeconds);
    metrics.priorityPrice.set(Number(priority.price()));
    metrics.hourlyFeeLamports.set(Number(spend.spent()));
    for (const [index, state] of (chain.nodes?.() ?? []).entries()) {
      const labels = { node: String(index + 1), host: state.host };
      metrics.nodeInUse.set(labels, Number(state.inUse));
      metrics.nodeBehind.set(labels, Number(state.behind));
      metrics.nodeFailures.set(labels, state.failures);
    }
  };

  const intake = createIntake({
    ...config.intake,
    shelf,
    store,
    books,
    clock,
    metrics,
    log,
    fits: voucherFits(format),
    hostClock,
  });

  const bulk = createBulkIntake({
    config,
    chain,
    home: dryRun || !config.tasks.settleBooks.enabled ? undefined : store.bulk,
    payer: options.payer,
    spend,
    intake,
    books,
    metrics,
    events,
    log,
    hostClock,
  });

  const runner = createRunner({
    tasks: tasksOf({ options, hostClock, parts: { shelf, directory } }),
    chain,
    books,
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
    sender: createSender({ ...sending, chain, signer, spend, format, log }),
  });

  const { connectionLimit } = config.intake;
  const intakeServer = createServer({ log, metrics, connectionLimit });
  addIntakeRoutes(intakeServer.app, {
    config: config.intake,
    intake,
    bulk,
    books,
    shelf,
    clock,
    stats: async () => ({
      ...(await voucherTotals(metrics)),
      waiting: intake.waiting(),
      bulk: bulk.state(),
      held: describeShelf({ shelf, nowMs: hostClock() }),
    }),
  });
  const operationsServer = isShared(config)
    ? intakeServer
    : createServer({ log, metrics, connectionLimit });
  addOperationsRoutes(operationsServer.app, { health, metrics, measure });

  return { metrics, intake, bulk, runner, intakeServer, operationsServer };
}

/** Port 0 asks for any free one, and so for two. */
const isShared = ({ intake, operations }: Config): boolean =>
  intake.port !== 0 && intake.port === operations.port;

function tasksOf(args: {
  options: KeeperOptions;
  hostClock: () => number;
  parts: {
    shelf: ReturnType<typeof createShelf>;
    directory: Directory;
  };
}): AnyTask[] {
  const { hostClock } = args;
  const { chain, store, config } = args.options;
  const tasks = config.tasks;
  const tokenPrograms = createTokenPrograms({ chain });
  const { shelf, directory } = args.parts;
  const all: (AnyTask | false)[] = [
    tasks.settleBooks.enabled &&
      (settleBooks({
        config: tasks.settleBooks,
        shelf,
        store,
        keepSettledMs: config.store.keepSettledSeconds * 1_000,
        hostClock,
      }) as AnyTask),
    tasks.claimDue.enabled &&
      (claimDue({ config: tasks.claimDue, directory, tokenPrograms }) as AnyTask),
    tasks.closeExpired.enabled &&
      (closeExpired({ config: tasks.closeExpired, directory }) as AnyTask),
    tasks.collectFees.enabled && (collectFees({ config: tasks.collectFees, directory }) as AnyTask),
  ];
  return all.filter((task): task is AnyTask => task !== false);
}
