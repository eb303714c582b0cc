import type { BadRow } from "./trace/request";

/** Stages of a run, in order. */
export const PHASES = ["set-up", "settle", "claim", "wind-down"] as const;
export type Phase = (typeof PHASES)[number];

/** What a set of transactions cost. */
export interface Cost {
  transactions: number;
  /** Executed by programs. */
  computeUnits: number;
  /** What a block is charged: execution, signatures, write locks, data and loaded accounts. */
  costUnits: number;
  feesLamports: number;
}

/** Percentiles of a measurement; `null` where nothing was measured. */
export interface Percentiles {
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** One equation that has to hold to the unit. */
export interface Check {
  name: string;
  expected: number;
  found: number;
}

/**
 * The result of a run. Amounts are whole base units (a millionth of a token) below 2^53.
 * `deposited = claimed + refunded + vault`: fees are inside `claimed`.
 */
export interface Summary {
  /** Requests that cost something. */
  payments: number;
  /** Of these, settled on chain. */
  settled: number;
  /** Gross, fees inside. */
  claimed: number;
  refunded: number;
  deposited: number;
  /** Left in the vaults when the books are done, before they are closed. */
  vault: number;
  transactions: number;
  costUnits: number;
  feesLamports: number;
  /** Wall time from the start of the cluster to the last check. */
  seconds: number;

  conserved: boolean;
  checks: Check[];
  /** Sum of all prices. */
  value: number;
  fees: { total: number; burned: number; treasury: number };
  paidToNodes: number;
  supply: { minted: number; now: number };

  trace: {
    source: string;
    requests: number;
    /** Requests of price 0: counted, not paid. */
    free: number;
    contextTokens: number;
    generatedTokens: number;
    /** First and last request, ISO 8601. */
    from: string;
    to: string;
    seconds: number;
    outOfOrder: number;
    /** Malformed rows; `rows` holds at most the first 1,000. */
    badRows: { count: number; rows: BadRow[] };
  };
  options: {
    payers: number;
    nodes: number;
    seed: string;
    settleEverySeconds: number;
    contextPrice: number;
    generatedPrice: number;
    feeBps: number;
    burnBps: number;
  };

  phases: Record<Phase, Cost & { seconds: number }>;
  /** Transactions that ran and failed; what they cost is in `phases`. */
  failedTransactions: number;
  settlement: {
    /** Lines named in vouchers that landed, changed or not. */
    targets: number;
    targetsPerTransaction: Percentiles | null;
    paymentsPerTransaction: Percentiles | null;
    /** Means over all payments, settle transactions only; `null` without payments. */
    costUnitsPerPayment: number | null;
    lamportsPerPayment: number | null;
    lamportsPerMillionPayments: number | null;
  };
  /** From signing a voucher until its settlement landed. */
  latency: {
    /** By the clock of the trace. */
    traceSeconds: Percentiles | null;
    /** By the clock of this machine. */
    wallMilliseconds: Percentiles | null;
  };
  /** Vouchers taken by the keeper over HTTP. */
  vouchers: { posted: number; bytes: number };
  /** Payments signed, posted, settled per second of wall time in the replay. */
  paymentsPerSecond: number | null;
}

/** Percentiles by the nearest rank; `null` of nothing. */
export function percentiles(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number =>
    sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

/** Sum of costs. */
export function addCosts(costs: readonly Cost[]): Cost {
  const sum: Cost = { transactions: 0, computeUnits: 0, costUnits: 0, feesLamports: 0 };
  for (const cost of costs) {
    sum.transactions += cost.transactions;
    sum.computeUnits += cost.computeUnits;
    sum.costUnits += cost.costUnits;
    sum.feesLamports += cost.feesLamports;
  }
  return sum;
}

/** Whole number with thousands separators. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** Base units as tokens with all six decimals, so that nothing is rounded away. */
export function tokens(units: number): string {
  const digits = Math.abs(units).toString().padStart(7, "0");
  const whole = Number(digits.slice(0, -6)).toLocaleString("en");
  return `${units < 0 ? "-" : ""}${whole}.${digits.slice(-6)}`;
}

/** A figure with three significant digits, or all of a large whole number. */
export function figure(value: number): string {
  if (value >= 100) return count(value);
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumFractionDigits: 6 });
}

/** The summary as lines for a terminal of 80 columns. */
export function summaryTable(summary: Summary): string {
  const { trace, settlement, latency, options } = summary;
  const line = (name: string, value: string): string => `  ${name.padEnd(37)}${value}`;
  const spread = (values: Percentiles | null, unit: string): string =>
    values === null
      ? "-"
      : `p50 ${figure(values.p50)}, p99 ${figure(values.p99)}, max ${figure(values.max)} ${unit}`.trimEnd();
  const each = (value: number | null, unit: string): string =>
    value === null ? "-" : `${figure(value)} ${unit}`;
  const phases = PHASES.map((phase) => {
    const cost = summary.phases[phase];
    const cells = [cost.transactions, cost.computeUnits, cost.costUnits, cost.feesLamports];
    return `  ${phase.padEnd(12)}${cells.map((cell) => count(cell).padStart(14)).join("")}${cost.seconds.toFixed(1).padStart(8)}`;
  });
  return [
    "",
    line(
      "trace",
      `${trace.source}: ${count(trace.requests)} requests in ${count(trace.seconds)} s`,
    ),
    line("free requests / malformed rows", `${count(trace.free)} / ${count(trace.badRows.count)}`),
    line("payers x nodes", `${count(options.payers)} x ${count(options.nodes)}`),
    line("payments settled", `${count(summary.settled)} of ${count(summary.payments)}`),
    "",
    line("deposited", tokens(summary.deposited)),
    line("= claimed by nodes, fees inside", tokens(summary.claimed)),
    line("+ refunded to payers", tokens(summary.refunded)),
    line("+ left in vaults", tokens(summary.vault)),
    line(
      "fees: burned / treasury",
      `${tokens(summary.fees.burned)} / ${tokens(summary.fees.treasury)}`,
    ),
    "",
    `  ${"phase".padEnd(12)}${["transactions", "compute units", "cost units", "lamports"].map((name) => name.padStart(14)).join("")}${"s".padStart(8)}`,
    ...phases,
    "",
    line("targets per settle transaction", spread(settlement.targetsPerTransaction, "")),
    line("payments per settle transaction", spread(settlement.paymentsPerTransaction, "")),
    line("cost units to settle a payment", each(settlement.costUnitsPerPayment, "units")),
    line("lamports to settle a payment", each(settlement.lamportsPerPayment, "lamports")),
    line("voucher to settlement, trace clock", spread(latency.traceSeconds, "s")),
    line("voucher to settlement, this machine", spread(latency.wallMilliseconds, "ms")),
    line("payments per second", each(summary.paymentsPerSecond, "/s")),
    "",
    ...summary.checks.map(
      (check) =>
        `  ${check.expected === check.found ? "ok   " : "WRONG"} ${check.name}: ${count(check.expected)}${check.expected === check.found ? "" : ` expected, ${count(check.found)} found`}`,
    ),
    "",
    line(
      summary.conserved ? "conserved to the unit" : "NOT CONSERVED",
      `in ${summary.seconds.toFixed(1)} s`,
    ),
  ].join("\n");
}
