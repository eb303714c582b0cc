import { signVoucher, type Targets, type Voucher } from "@pinfi/sdk/streams";
import type { Payer } from "./market";

/* Bytes of a voucher's targets on the wire: a header, then each entry. */
const DENSE = { header: 7, entry: 8 };
const SPARSE = { header: 5, entry: 10 };

/**
 * All that is owed so far, in the shorter of the two forms. Either names every line that was ever
 * used, so the newest voucher of a book says everything that the older ones said.
 */
export function wholeLedger(owed: readonly bigint[]): Targets {
  const used = owed.flatMap((cumulative, line) => (cumulative > 0n ? [{ line, cumulative }] : []));
  const start = used[0]?.line ?? 0;
  const end = (used.at(-1)?.line ?? 0) + 1;
  const dense = DENSE.header + DENSE.entry * (end - start);
  const sparse = SPARSE.header + SPARSE.entry * used.length;
  return dense <= sparse
    ? { kind: "dense", start, cumulative: owed.slice(start, end) }
    : { kind: "sparse", entries: used };
}

/** What one payer owes, and its signature under it. */
export interface Ledger {
  /** Owes `node` so much more; returns the new total of that line, base units. */
  owe(payment: { node: number; price: bigint }): bigint;
  /** The voucher for all that is owed by now. */
  sign(): Voucher;
}

export function createLedger({ payer, nodes }: { payer: Payer; nodes: number }): Ledger {
  const owed = new Array<bigint>(nodes).fill(0n);
  const { book, domain, keypair } = payer;
  return {
    owe({ node, price }) {
      const cumulative = (owed[node] as bigint) + price;
      owed[node] = cumulative;
      return cumulative;
    },
    sign: () => signVoucher({ domain, book, targets: wholeLedger(owed), signer: keypair }),
  };
}
