import { listTargets, OPEN } from "@pinfi/sdk";
import { type BookView, floorOf } from "../chain/books";
import type { Now } from "../chain/chain";
import type { KeptVoucher } from "./cover";
import type { Shelved } from "./shelf";

/** What vouchers of one key would newly record. */
export interface Raise {
  vouchers: KeptVoucher[];
  /** Base units, all of them together. */
  sum: bigint;
  /** Unix seconds at which lines among them close. */
  closings: bigint[];
}

/** Vouchers that newly record something on an open line, and how much all of them do together. */
export function raises(args: { book: BookView; shelved: Shelved; now: Now }): Raise {
  const { cover } = args.shelved;
  const lines = args.book.lines();
  const floor = floorOf(args.book, args.now.unixSeconds);
  const ids = new Set<string>();
  const closings: bigint[] = [];
  let sum = 0n;
  for (const [index, { cumulative, id }] of cover.best) {
    const line = lines[index];
    if (line === undefined || cumulative <= floor(index)) continue;
    if (line.closingAt !== OPEN) closings.push(line.closingAt);
    ids.add(id);
    sum += cumulative - line.vouched;
  }
  return { vouchers: [...cover.kept.values()].filter(({ id }) => ids.has(id)), sum, closings };
}

/**
 * The part of a raise that a cap of `left` base units bears: the vouchers that raise most are taken
 * first, of equal ones the older, and each that still fits with those taken before. What is left out
 * stays held: the payer may raise the cap. Pure.
 */
export function within(args: Raise & { book: BookView; now: Now; left: bigint }): Raise {
  const lines = args.book.lines();
  const floor = floorOf(args.book, args.now.unixSeconds);
  const taken = new Map<number, bigint>();
  const raiseOf = ({ voucher }: KeptVoucher): bigint => {
    let raise = 0n;
    for (const { line, cumulative } of listTargets(voucher.targets)) {
      if (lines[line] === undefined) continue;
      const recorded = floor(line);
      const before = taken.get(line) ?? recorded;
      if (cumulative > before) raise += cumulative - before;
    }
    return raise;
  };
  const ranked = args.vouchers
    .map((kept) => ({ kept, alone: raiseOf(kept) }))
    .sort((a, b) => {
      if (a.alone !== b.alone) return a.alone > b.alone ? -1 : 1;
      return a.kept.receivedAtMs - b.kept.receivedAtMs;
    });
  const vouchers: KeptVoucher[] = [];
  let sum = 0n;
  for (const { kept } of ranked) {
    const raise = raiseOf(kept);
    if (raise === 0n || sum + raise > args.left) continue;
    sum += raise;
    vouchers.push(kept);
    for (const { line, cumulative } of listTargets(kept.voucher.targets)) {
      if (cumulative > (taken.get(line) ?? floor(line))) taken.set(line, cumulative);
    }
  }
  return { vouchers, sum, closings: args.closings };
}
