import type { Options } from "./options";
import type { Balances, BookTotals } from "./proof";
import { addCosts, type Check, PHASES, type Phase, percentiles, type Summary } from "./summary";
import type { Trace } from "./trace/request";
import type { Tracker } from "./tracker";
import type { Workload } from "./workload";

/** Malformed rows that the summary repeats. */
const LISTED_ROWS = 1_000;

const MICROS = 1_000_000;
const PAYMENTS_IN_A_MILLION = 1_000_000;

function traceFacts({ trace, workload }: { trace: Trace; workload: Workload }): Summary["trace"] {
  const first = trace.requests[0]?.atMicros ?? 0;
  const last = trace.requests.at(-1)?.atMicros ?? first;
  const iso = (micros: number): string => new Date(Math.floor(micros / 1_000)).toISOString();
  return {
    source: trace.source,
    requests: trace.requests.length,
    free: workload.freeRequests,
    contextTokens: workload.contextTokens,
    generatedTokens: workload.generatedTokens,
    from: iso(first),
    to: iso(last),
    seconds: (last - first) / MICROS,
    outOfOrder: trace.outOfOrder,
    badRows: { count: trace.badRows.length, rows: trace.badRows.slice(0, LISTED_ROWS) },
  };
}

function settlementFacts({
  tracker,
  payments,
}: {
  tracker: Tracker;
  payments: number;
}): Summary["settlement"] {
  const { settles } = tracker;
  const cost = tracker.cost("settle");
  const each = (total: number): number | null => (payments === 0 ? null : total / payments);
  const lamports = each(cost.feesLamports);
  return {
    targets: settles.reduce((sum, settle) => sum + settle.targets, 0),
    targetsPerTransaction: percentiles(settles.map((settle) => settle.targets)),
    paymentsPerTransaction: percentiles(settles.map((settle) => settle.payments)),
    costUnitsPerPayment: each(cost.costUnits),
    lamportsPerPayment: lamports,
    lamportsPerMillionPayments:
      lamports === null ? null : Math.round(lamports * PAYMENTS_IN_A_MILLION),
  };
}

/** Puts together what a run brought. */
export function summarize({
  options,
  trace,
  workload,
  tracker,
  totals,
  balances,
  checks: equations,
  phaseSeconds,
  seconds,
  posted,
}: {
  options: Options;
  trace: Trace;
  workload: Workload;
  tracker: Tracker;
  /** Of the books when they were done, before they were closed. */
  totals: BookTotals;
  /** Of the token accounts, at the end. */
  balances: Balances;
  checks: Check[];
  phaseSeconds: Record<Phase, number>;
  seconds: number;
  posted: { vouchers: number; bytes: number };
}): Summary {
  const payments = workload.payments.length;
  const settled = tracker.settledPayments();
  const checks = [{ name: "payments settled", expected: payments, found: settled }, ...equations];
  const all = addCosts(PHASES.map(tracker.cost));
  const { payers, nodes, seed, contextPrice, generatedPrice, feeBps, burnBps } = options;
  return {
    payments,
    settled,
    claimed: Number(totals.claimed),
    refunded: Number(totals.refunded),
    deposited: Number(totals.deposited),
    vault: Number(totals.vault),
    transactions: all.transactions,
    costUnits: all.costUnits,
    feesLamports: all.feesLamports,
    seconds,
    conserved: checks.every((check) => check.expected === check.found),
    checks,
    value: Number(workload.value),
    fees: {
      total: Number(totals.feesAccrued),
      burned: Number(balances.minted - balances.supply),
      treasury: Number(balances.treasury),
    },
    paidToNodes: Number(balances.nodes.reduce((sum, units) => sum + units, 0n)),
    supply: { minted: Number(balances.minted), now: Number(balances.supply) },
    trace: traceFacts({ trace, workload }),
    options: {
      payers,
      nodes,
      seed,
      settleEverySeconds: options.settleEvery,
      contextPrice,
      generatedPrice,
      feeBps,
      burnBps,
    },
    phases: Object.fromEntries(
      PHASES.map((phase) => [phase, { ...tracker.cost(phase), seconds: phaseSeconds[phase] }]),
    ) as Summary["phases"],
    failedTransactions: tracker.failedTransactions(),
    settlement: settlementFacts({ tracker, payments }),
    latency: {
      traceSeconds: percentiles(tracker.traceSeconds),
      wallMilliseconds: percentiles(tracker.wallMilliseconds),
    },
    vouchers: { posted: posted.vouchers, bytes: posted.bytes },
    paymentsPerSecond: payments === 0 ? null : payments / phaseSeconds.settle,
  };
}
