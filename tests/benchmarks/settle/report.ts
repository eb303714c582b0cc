import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { aligned } from "../aligned";
import type { Segment, Timed } from "./run";

/** Where it was measured. */
export interface Machine {
  processor: string;
  cores: number;
  gigabytes: number;
  node: string;
  /** Runnable threads of the last minute, others' work included: above `cores` it was not alone. */
  load: number;
}

interface Rates {
  paymentsPerSecond: number;
  transactionsPerSecond: number;
  /** Microseconds of the thread that runs the cluster, for each transaction. */
  clusterThreadMicroseconds: number;
  /** The same of all threads of the process, the client's included. */
  allThreadsMicroseconds: number;
  /** Share of the time in which the cluster's thread wanted a processor and others had it. */
  waitedForProcessor: number;
}

interface Sums {
  seconds: number;
  transactions: number;
  /** Asserted on chain, line by line, after each segment. */
  payments: number;
  feeLamports: string;
}

/** What is committed and printed. */
export interface Report {
  command: string;
  measuredAt: string;
  machine: Machine;
  payers: number;
  targetsPerTransaction: number;
  segments: number;
  /** Over all counted segments. */
  total: { ceiling: Rates & Sums; keeper: Rates & Sums; ratio: number };
  /** The segment in which the keeper was fastest: others' work on the machine disturbs the least. */
  best: { ceiling: Rates; keeper: Rates; ratio: number };
  /** Of the base fee, with no priority fee offered. */
  lamportsPerMillionPayments: number;
  solPerMillionPayments: number;
  goals: { paymentsPerSecond: number; ratio: number; solPerMillionPayments: number };
}

export const machine = (): Machine => ({
  processor: cpus()[0]?.model.trim() ?? "unknown",
  cores: availableParallelism(),
  gigabytes: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
});

/** Draws the figures together. */
export function summarise(args: {
  segments: readonly Segment[];
  lines: number;
  payers: number;
  /** As asked for. */
  seconds: number;
  startedAt: Date;
  machine: Machine;
}): Report {
  const { segments } = args;
  const ceilings = segments.map(({ ceiling }) => ceiling);
  const keepers = segments.map(({ keeper }) => keeper);
  const speed = ({ payments, seconds }: Timed): number => payments / seconds;
  const fastest = segments.reduce((a, b) => (speed(b.keeper) > speed(a.keeper) ? b : a));
  const [ceiling, keeper] = [sum(ceilings), sum(keepers)];
  const perMillion = (Number(keeper.feeLamports) * 1e6) / keeper.payments;
  const best = { ceiling: rates(fastest.ceiling), keeper: rates(fastest.keeper) };
  return {
    command: `npm run bench:settle -- --seconds ${args.seconds} --payers ${args.payers} --write`,
    measuredAt: args.startedAt.toISOString(),
    machine: args.machine,
    payers: args.payers,
    targetsPerTransaction: args.lines,
    segments: segments.length,
    total: {
      ceiling: { ...rates(ceiling), ...sums(ceiling) },
      keeper: { ...rates(keeper), ...sums(keeper) },
      ratio: round(speed(keeper) / speed(ceiling), 3),
    },
    best: {
      ...best,
      ratio: round(best.keeper.paymentsPerSecond / best.ceiling.paymentsPerSecond, 3),
    },
    lamportsPerMillionPayments: Math.round(perMillion),
    solPerMillionPayments: round(perMillion / 1e9, 5),
    goals: { paymentsPerSecond: 500_000, ratio: 0.9, solPerMillionPayments: 0.03 },
  };
}

function sum(parts: readonly Timed[]): Timed {
  const total: Timed = {
    seconds: 0,
    transactions: 0,
    payments: 0,
    feeLamports: 0n,
    processor: { main: 0, all: 0, mainWaited: 0 },
  };
  for (const { processor, feeLamports, ...rest } of parts) {
    total.seconds += rest.seconds;
    total.transactions += rest.transactions;
    total.payments += rest.payments;
    total.feeLamports += feeLamports;
    total.processor.main += processor.main;
    total.processor.all += processor.all;
    total.processor.mainWaited += processor.mainWaited;
  }
  return total;
}

function rates({ seconds, payments, transactions, processor }: Timed): Rates {
  return {
    paymentsPerSecond: Math.round(payments / seconds),
    transactionsPerSecond: Math.round(transactions / seconds),
    clusterThreadMicroseconds: round(processor.main / 1_000 / transactions, 1),
    allThreadsMicroseconds: round(processor.all / 1_000 / transactions, 1),
    waitedForProcessor: round(processor.mainWaited / 1e9 / seconds, 3),
  };
}

const sums = ({ seconds, transactions, payments, feeLamports }: Timed): Sums => ({
  seconds: round(seconds, 2),
  transactions,
  payments,
  feeLamports: String(feeLamports),
});

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** The same for people. */
export function toMarkdown(report: Report): string {
  const { total, machine: host } = report;
  const percent = (share: number): string => `${round(100 * share, 1)} %`;
  const alone = bound(report);
  return `# Payments settled a second

\`${report.command}\` rebuilds this file; ${report.measuredAt.slice(0, 10)}, ${host.cores} cores (${host.processor}), ${host.gigabytes} GB, Node ${host.node}, load of the machine ${host.load} (others' work included).

A payment is one line of a book raised by a voucher. Ceiling: v1 transactions of ${report.targetsPerTransaction} targets, made and signed beforehand, executed back to back. Keeper: the same vouchers posted as NDJSON (packed form) over loopback HTTP, verified, written with an fsync, made into transactions, signed, executed, and found recorded on chain. Both in one process, by turns, ${number(report.payers)} payers with a key each; every signature of a transaction and of a voucher is verified by the cluster, and every voucher's by the keeper before that.

${figures(report).join("\n")}

"All" is the sum over ${report.segments} segments (keeper: ${number(total.keeper.seconds)} s), "best" the segment in which the keeper was fastest. Asserted to the unit after each segment: ${number(total.keeper.payments)} payments recorded in ${number(total.keeper.transactions)} transactions, ${number(Number(total.keeper.feeLamports))} lamports paid, none twice.

${verdicts(report, percent).join("\n")}

The ceiling needs one processor, the keeper all of them: whatever else the machine does costs the keeper twice. By processor time alone (computed, not measured), two processors of its own would bear at most ${number(alone.keeper)} payments/s, ${percent(alone.ratio)} of the ceiling.
`;
}

const number = (value: number): string => value.toLocaleString("en");

/** The rates, side by side. */
function figures({ total, best }: Report): string[] {
  const row = (name: string, of: (rates: Rates) => string): string[] => [
    name,
    ...[total.ceiling, total.keeper, best.ceiling, best.keeper].map(of),
  ];
  return aligned([
    ["", "ceiling, all", "keeper, all", "ceiling, best", "keeper, best"],
    row("payments/s", (rates) => number(rates.paymentsPerSecond)),
    row("transactions/s", (rates) => number(rates.transactionsPerSecond)),
    row("processor time of the cluster's thread, us a transaction", (rates) =>
      String(rates.clusterThreadMicroseconds),
    ),
    row("processor time of all threads, us a transaction", (rates) =>
      String(rates.allThreadsMicroseconds),
    ),
    row(
      "cluster's thread waited for a processor",
      (rates) => `${round(100 * rates.waitedForProcessor, 1)} %`,
    ),
  ]);
}

/** Goal by goal, what was reached. */
function verdicts(report: Report, percent: (share: number) => string): string[] {
  const { total, best, goals, solPerMillionPayments: sol } = report;
  const verdict = (all: boolean, inBest: boolean): string => {
    if (all && inBest) return "met";
    return inBest ? "met in the best segment only" : "missed";
  };
  const [all, top] = [total.keeper.paymentsPerSecond, best.keeper.paymentsPerSecond];
  const goal = goals.paymentsPerSecond;
  const cheap = sol <= goals.solPerMillionPayments;
  return aligned(
    [
      ["goal", "all", "best segment", ""],
      [
        `at least ${number(goal)} payments/s`,
        number(all),
        number(top),
        verdict(all >= goal, top >= goal),
      ],
      [
        `keeper at least ${percent(goals.ratio)} of the ceiling`,
        percent(total.ratio),
        percent(best.ratio),
        verdict(total.ratio >= goals.ratio, best.ratio >= goals.ratio),
      ],
      [
        `at most ${goals.solPerMillionPayments} SOL of base fees a million payments`,
        String(sol),
        String(sol),
        verdict(cheap, cheap),
      ],
    ],
    (column) => column === 1 || column === 2,
  );
}

/** What two processors could do at best: all the work shared evenly, and none but one thread's apart. */
function bound({ total, targetsPerTransaction }: Report): { keeper: number; ratio: number } {
  const { keeper, ceiling } = total;
  const longest = Math.max(keeper.clusterThreadMicroseconds, keeper.allThreadsMicroseconds / 2);
  const rate = (microseconds: number): number =>
    Math.round((targetsPerTransaction * 1e6) / microseconds);
  return { keeper: rate(longest), ratio: ceiling.clusterThreadMicroseconds / longest };
}
