import type { RecordedTransaction } from "./cluster/recorder";
import type { Series } from "./report/series";
import { addCosts, type Cost, type Phase } from "./summary";

/** Instructions that belong to a phase whenever they are sent. */
const PHASE_OF: Readonly<Record<string, Phase | undefined>> = {
  settle: "settle",
  settle_many: "settle",
  claim: "claim",
  claim_many: "claim",
};

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
  watch(args: {
    books: readonly string[];
    nodes: number;
    /** What the chain has on record of a book now: the total of each line, base units. */
    vouched(payer: number): readonly bigint[];
  }): void;
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
  let books = new Map<string, number>();
  let lines: Line[][] = [];
  let vouched: (payer: number) => readonly bigint[] = () => [];
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
    for (const name of instructions) {
      const known = PHASE_OF[name];
      if (known !== undefined) return known;
    }
    return phase;
  };

  return {
    settles,
    traceSeconds,
    wallMilliseconds,
    watch(args) {
      lines = args.books.map(() =>
        Array.from({ length: args.nodes }, () => ({ pending: [], settled: 0 })),
      );
      books = new Map(args.books.map((book, payer) => [book, payer]));
      vouched = args.vouched;
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
      if (of !== "settle" || transaction.failed) return;
      const settledBooks = [...new Set(transaction.settled)].flatMap(
        (book) => books.get(book) ?? [],
      );
      let payments = 0;
      for (const payer of settledBooks) {
        const totals = vouched(payer);
        for (const [node, line] of (lines[payer] ?? []).entries()) {
          payments += settle(line, totals[node] ?? 0n, transaction);
        }
      }
      settles.push({
        seconds: transaction.atSeconds - startSeconds,
        books: settledBooks.length,
        targets: transaction.targets,
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
