import { listTargets, OPEN } from "@pinfi/sdk/streams";
import type { Now } from "../../../engine/chain/chain";
import { type BookView, floorOf } from "../books/books";
import { earningsOf } from "./coverage";
import type { PendingGroup } from "./pending";
import type { KeptVoucher } from "./selection";

/** A voucher by which lines would earn something. */
export interface Earning {
  kept: KeptVoucher;
  /** Unix seconds at which lines close of which it holds the best. */
  closings: bigint[];
}

/** What vouchers of one key would bring. Base units. */
export interface Raise {
  vouchers: Earning[];
  /** By how much all that is pending would raise what is recorded: what a cap counts. */
  sum: bigint;
  /** What the lines would earn more: no more than their deposits cover. */
  earns: bigint;
}

/**
 * Vouchers by which an open line would earn something, and how much all of them together. One that
 * promises only what no deposit covers is left out: it stays pending, for the payer may deposit more. Pure.
 */
export function raises(args: { book: BookView; group: PendingGroup; now: Now }): Raise {
  const { book, now } = args;
  const { kept, best } = args.group.selection;
  const { unixSeconds } = now;
  const floor = floorOf(book, unixSeconds);
  const earn = earningsOf(book, unixSeconds);
  const closingsOf = new Map<string, bigint[]>();
  let [sum, earns] = [0n, 0n];
  for (const [index, { cumulative, id }] of best) {
    const line = book.line(index);
    if (line === undefined || cumulative <= floor(index)) continue;
    sum += cumulative - line.vouched;
    const earned = earn(index, line.vouched, cumulative);
    if (earned === 0n) continue;
    earns += earned;
    const closings = closingsOf.get(id) ?? [];
    if (line.closingAt !== OPEN) closings.push(line.closingAt);
    closingsOf.set(id, closings);
  }
  const vouchers = [...kept.values()].flatMap((each) => {
    const closings = closingsOf.get(each.id);
    return closings === undefined ? [] : [{ kept: each, closings }];
  });
  return { vouchers, sum, earns };
}

/**
 * The part of a raise that a cap of `left` base units bears: the vouchers that bring most are taken
 * first, of equal ones the older, and each that still fits with those taken before. What is left out
 * stays pending: the payer may raise the cap. Pure.
 */
export function within(args: Raise & { book: BookView; now: Now; left: bigint }): Raise {
  const { unixSeconds } = args.now;
  const floor = floorOf(args.book, unixSeconds);
  const earn = earningsOf(args.book, unixSeconds);
  const taken = new Map<number, bigint>();
  const bring = ({ voucher }: KeptVoucher): { raise: bigint; earned: bigint } => {
    let [raise, earned] = [0n, 0n];
    for (const { line, cumulative } of listTargets(voucher.targets)) {
      if (args.book.line(line) === undefined) continue;
      const before = taken.get(line) ?? floor(line);
      if (cumulative <= before) continue;
      raise += cumulative - before;
      earned += earn(line, before, cumulative);
    }
    return { raise, earned };
  };
  const ranked = args.vouchers
    .map((each) => ({ each, alone: bring(each.kept).earned }))
    .sort((a, b) => {
      if (a.alone !== b.alone) return a.alone > b.alone ? -1 : 1;
      return a.each.kept.receivedAtMs - b.each.kept.receivedAtMs;
    });
  const vouchers: Earning[] = [];
  let [sum, earns] = [0n, 0n];
  for (const { each } of ranked) {
    const { raise, earned } = bring(each.kept);
    if (earned === 0n || sum + raise > args.left) continue;
    sum += raise;
    earns += earned;
    vouchers.push(each);
    for (const { line, cumulative } of listTargets(each.kept.voucher.targets)) {
      if (cumulative > (taken.get(line) ?? floor(line))) taken.set(line, cumulative);
    }
  }
  return { vouchers, sum, earns };
}
