import type { RecordedTransaction } from "./cluster/recorder";
import type { Series } from "./report/series";
import { addCosts, type Cost, type Phase } from "./summary";

interface Pending {
  /** Total of its line once it is paid, base units. */
  cumulative: bigint;
  price: bigint;
  /** When it was made: seconds of the trace, and milliseconds of this process. */
  atSeconds: number;
  atWall: number;
}

interface Line {
  pending: Pending[];
  /** Payments of `pending` that are settled: they stand in front. */
  settled: number;
}

/**
 * Follows every payment to its settlement, and every transaction to its phase, from what the
 * cluster took.
 */
export interface Tracker {
  /** Names the books once they have addresses, in the order of the payers. */
  watch(args: { books: readonly string[]; nodes: number }): void;
  /** A payment whose voucher is about to be posted. */
  paid(payment: Pending & { payer: number; node: number }): void;
  /** A transaction that ran. */
  landed(transaction: RecordedTransaction): void;
  /** From now on, transactions that are neither settles nor claims belong to this phase. */
  enter(phase: Phase): void;
  settledPayments(): number;
  /** Base units. */
  settledValue(): number;
  cost(phase: Phase): Cost;
  /** Transactions that ran and failed; their costs are in their phase all the same. */
  failedTransactions(): number;
  /** Fees of an account's transactions, lamports. */
  feesOf(feePayer: string): number;
  readonly settles: Series["settles"];
  readonly traceSeconds: number[];
  readonly wallMilliseconds: number[];
}

export function createTracker({ startSeconds }: { startSeconds: number }): Tracker {
  let books = new Map<string, Line[]>();
  let lines: Line[][] = [];
  const costs = new Map<Phase, Cost[]>();
  let phase: Phase = "set-up";
  let settledPayments = 0;
  let settledValue = 0;
  let failed = 0;
  const fees = new Map<string, number>();
  const settles: Series["settles"] = [];
  const traceSeconds: number[] = [];
  const wallMilliseconds: number[] = [];

  /** Payments that a cumulative total makes final. */
  const settle = (line: Line, cumulative: bigint, at: RecordedTransaction): number => {
    let count = 0;
    for (;;) {
      const next = line.pending[line.settled];
      if (next === undefined || next.cumulative > cumulative) break;
      line.settled += 1;
      count += 1;
      settledValue += Number(next.price);
      traceSeconds.push(at.atSeconds - next.atSeconds);
      wallMilliseconds.push(at.atWall - next.atWall);
    }
    settledPayments += count;
    return count;
  };

  const phaseOf = ({ instructions }: RecordedTransaction): Phase => {
    if (instructions.includes("settle")) return "settle";
    return instructions.includes("claim") ? "claim" : phase;
  };

  return {
    settles,
    traceSeconds,
    wallMilliseconds,
    watch(args) {
      lines = args.books.map(() =>
        Array.from({ length: args.nodes }, () => ({ pending: [], settled: 0 })),
      );
      books = new Map(args.books.map((book, index) => [book, lines[index] as Line[]]));
    },
    paid({ payer, node, ...payment }) {
      lines[payer]?.[node]?.pending.push(payment);
    },
    landed(transaction) {
      const of = phaseOf(transaction);
      const list = costs.get(of) ?? [];
      if (list.length === 0) costs.set(of, list);
      list.push(transaction.cost);
      if (transaction.failed) failed += 1;
      const { feePayer, cost } = transaction;
      fees.set(feePayer, (fees.get(feePayer) ?? 0) + cost.feesLamports);
      if (transaction.settles.length === 0) return;
      let payments = 0;
      let targets = 0;
      for (const { book, targets: raised } of transaction.settles) {
        targets += raised.length;
        for (const { line, cumulative } of raised) {
          const found = books.get(book)?.[line];
          if (found !== undefined) payments += settle(found, cumulative, transaction);
        }
      }
      settles.push({
        seconds: transaction.atSeconds - startSeconds,
        books: transaction.settles.length,
        targets,
        payments,
        costUnits: cost.costUnits,
        feesLamports: cost.feesLamports,
      });
    },
    enter(next) {
      phase = next;
    },
    settledPayments: () => settledPayments,
    settledValue: () => settledValue,
    cost: (of) => addCosts(costs.get(of) ?? []),
    failedTransactions: () => failed,
    feesOf: (feePayer) => fees.get(feePayer) ?? 0,
  };
}
