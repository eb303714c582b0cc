import type { KeeperError } from "../../../engine/errors";
import { scopesFor } from "../books/costs";
import type { BulkOptions } from "./options";
import type { Want } from "./protocol";

const TASK = "settle-bulk";
/** Most of what a book's limits leave that is booked beyond what waits. */
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
    "config" | "chain" | "payer" | "spend" | "engineMetrics" | "log" | "hostClock"
  > & { feeLamports: bigint },
): (wants: readonly Want[], signal: AbortSignal) => Promise<Grant[]> {
  const { chain, spend, log, feeLamports, payer: address } = args;
  /** Since the start: with the time it names a booking. */
  let booked = 0;

  return async (wants, signal) => {
    const grants = wants.map((want): Grant => ({ book: want.book, transactions: 0 }));
    try {
      const balance = await chain.balance({ address, signal });
      let free = (balance - BigInt(args.config.payer.minBalanceLamports)) / 2n;
      const bookings = wants.map(async ({ pressing, transactions, upTo, book, payer }, index) => {
        const scopes = scopesFor(args.config.limits, { book, payer });
        const left = smaller(spend.left(pressing, scopes), free);
        // More than waits only out of a small part: what is booked and not used is lost to others.
        const spare = smaller(left / PART_OF_LEFT / feeLamports, BigInt(upTo));
        const count = smaller(left / feeLamports, larger(BigInt(transactions), spare));
        if (count <= 0n) return;
        const lamports = count * feeLamports;
        free -= lamports;
        booked += 1;
        const signature = `bulk ${args.hostClock()} ${booked}`;
        const shares = [{ scopes, lamports }];
        if (!(await spend.reserve({ signature, shares, pressing }))) return;
        grants[index] = { book, transactions: Number(count) };
      });
      // Together, so that one fsync serves them all.
      await Promise.all(bookings);
    } catch (error) {
      if (signal.aborted) return grants;
      log.warn({ error: (error as KeeperError).message }, "no fees could be booked");
    }
    const refused = grants.filter(({ transactions }) => transactions === 0).length;
    if (refused > 0) {
      args.engineMetrics.items.inc({ task: TASK, outcome: "refused" }, refused);
      log.warn({ task: TASK, books: refused }, "waiting: fee limits or the balance bear no more");
    }
    return grants;
  };
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
