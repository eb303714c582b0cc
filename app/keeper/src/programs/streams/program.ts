import { MethodUnavailableError } from "../../engine/errors";
import type { Check } from "../../engine/health";
import type { AnyTask, Engine, KeeperProgram, RunningProgram } from "../../engine/program";
import { createBookCache } from "./books/book-cache";
import { createScopes } from "./books/costs";
import { createDirectory, type Directory } from "./books/directory";
import { createTokenPrograms } from "./books/tokens";
import { createBulkIntake } from "./bulk/intake";
import { STREAMS_SETTINGS, type StreamsConfig } from "./config";
import { STREAMS_ERROR_NAMES } from "./errors";
import { addIntakeRoutes } from "./http/routes";
import { describePending } from "./http/views";
import { createStreamsMetrics } from "./metrics";
import { STREAMS_TABLES, type VoucherStore } from "./store";
import { claimDue } from "./tasks/claim-due";
import { closeExpired } from "./tasks/close-expired";
import { collectFees } from "./tasks/collect-fees";
import { settleBooks, voucherFits } from "./tasks/settle-books";
import { createIntake } from "./vouchers/intake";
import { createPendingVouchers, loadPending } from "./vouchers/pending";
import { voucherTotals } from "./vouchers/stats";

/** What the keeper does for the streams program: takes vouchers, settles, claims, closes, collects. */
export const streams = {
  name: "streams",
  settings: STREAMS_SETTINGS,
  store: STREAMS_TABLES,
  errors: STREAMS_ERROR_NAMES,
  start,
} as const satisfies KeeperProgram<StreamsConfig, VoucherStore>;

async function start(engine: Engine<StreamsConfig, VoucherStore>): Promise<RunningProgram> {
  const { config, tables: store, chain, clock, log, hostClock, dryRun, format } = engine;
  const metrics = createStreamsMetrics(engine.metrics.make);
  const pending = createPendingVouchers();
  await loadPending({ pending, store });
  const scopesOf = createScopes(config.limits);
  const books = createBookCache({ chain, log, clock: hostClock });
  const directory = createDirectory({
    chain,
    books,
    store,
    log,
    failed: (error) => engine.failed("list-books", error),
    everyMs: config.cluster.discoverEveryMs,
    hostClock,
  });
  const intake = createIntake({
    ...config.intake,
    pending,
    store,
    books,
    clock,
    metrics,
    engineMetrics: engine.metrics,
    log,
    fits: voucherFits(format),
    hostClock,
  });
  const bulk = createBulkIntake({
    ...engine,
    home: dryRun || !config.tasks.settleBooks.enabled ? undefined : store.bulk,
    intake,
    books,
    metrics,
    engineMetrics: engine.metrics,
  });
  const totals = () => describePending({ pending, nowMs: hostClock() });

  const { settleBooks: settling, claimDue: claiming } = config.tasks;
  const { closeExpired: closing, collectFees: collecting } = config.tasks;
  const tokenPrograms = createTokenPrograms({ chain });
  const keepSettledMs = config.store.keepSettledSeconds * 1_000;
  const working = { directory, scopesOf };
  const settle = { config: settling, pending, store, books, scopesOf, metrics, keepSettledMs };
  const tasks = [
    settling.enabled && settleBooks({ ...settle, hostClock }),
    claiming.enabled && claimDue({ ...working, config: claiming, tokenPrograms }),
    closing.enabled && closeExpired({ ...working, config: closing }),
    collecting.enabled && collectFees({ ...working, config: collecting }),
  ];

  return {
    tasks: tasks.filter((task) => task !== false) as unknown as AnyTask[],
    addRoutes: (app) =>
      addIntakeRoutes(app, {
        config: config.intake,
        intake,
        bulk,
        books,
        pending,
        clock,
        stats: async () => ({
          ...(await voucherTotals(metrics)),
          waiting: intake.waiting(),
          bulk: bulk.state(),
          unsettled: totals(),
        }),
      }),
    checks: { books: () => listed(directory) },
    measure() {
      const { vouchers, oldestSeconds } = totals();
      metrics.unsettledVouchers.set(vouchers);
      metrics.oldestVoucherSeconds.set(oldestSeconds);
    },
    close: intake.close,
    stop: bulk.stop,
  };
}

/** Without the list, books that no voucher has named are not served. */
function listed(directory: Directory): Check {
  const problem = directory.problem();
  if (problem === undefined) return { ok: true, detail: "listed" };
  const why =
    problem instanceof MethodUnavailableError
      ? `the node does not serve ${problem.method} (${problem.reason})`
      : problem.code;
  return { ok: false, detail: `not listed: ${why}; those that are known are served` };
}
