import type { KeeperError } from "../errors";
import type { BulkOptions } from "./options";
import type { Want } from "./protocol";

const TASK = "settle-bulk";
/** Fees are booked for more transactions than wait, up to this part of what a book's limits leave. */
const PART_OF_LEFT = 64n;

/** Transactions of a book whose fees are booked; 0: its limits, or the balance, bear none now. */
export interface Grant {
  book: string;
  transactions: number;
}

/**
 * Books the fees of transactions to come, book by book, never more than the limits and half of the
 * payer's balance bear. `feeLamports`: of one transaction. What is returned never rejects.
 */
export function createGrant(
  args: Pick<
    BulkOptions,
    "config" | "chain" | "payer" | "spend" | "metrics" | "log" | "hostClock"
  > & { feeLamports: bigint },
): (wants: readonly Want[], signal: AbortSignal) => Promise<Grant[]> {
  const { chain, spend, log, feeLamports } = args;

  const book = async (want: Want, free: bigint): Promise<bigint> => {
    const { pressing, transactions, ...scope } = want;
    const left = smaller(spend.leftOf(scope, pressing), free);
    const wanted = larger(BigInt(transactions) * feeLamports, left / PART_OF_LEFT);
    const count = smaller(left, wanted) / feeLamports;
    if (count <= 0n) return 0n;
    const signature = `bulk ${args.hostClock()} ${spend.spent()}`;
    const shares = [{ ...scope, lamports: count * feeLamports }];
    return (await spend.reserve({ signature, shares, pressing })) ? count : 0n;
  };

  return async (wants, signal) => {
    const grants = wants.map((want): Grant => ({ book: want.book, transactions: 0 }));
    try {
      const balance = await chain.balance({ address: args.payer.publicKey, signal });
      let free = (balance - BigInt(args.config.payer.minBalanceLamports)) / 2n;
      for (const [index, want] of wants.entries()) {
        const count = await book(want, free);
        free -= count * feeLamports;
        grants[index] = { book: want.book, transactions: Number(count) };
      }
    } catch (error) {
      if (signal.aborted) return grants;
      log.warn({ error: (error as KeeperError).message }, "no fees could be booked");
    }
    const refused = grants.filter(({ transactions }) => transactions === 0).length;
    if (refused > 0) {
      args.metrics.items.inc({ task: TASK, outcome: "refused" }, refused);
      log.warn({ task: TASK, books: refused }, "waiting: fee limits or the balance bear no more");
    }
    return grants;
  };
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
