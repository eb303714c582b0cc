import { type Coverage, coveredOf } from "../vouchers/coverage";

/**
 * Cumulative amounts (u64) as pairs of 32-bit numbers, low first: a voucher of hundreds of lines is
 * compared in a microsecond, without a bigint for each.
 */
export type AmountTable = Uint32Array;

/** Little-endian amounts of 8 bytes each, whatever the machine's own order. */
export function amountTable(amounts: Uint8Array): AmountTable {
  const view = new DataView(amounts.buffer, amounts.byteOffset, amounts.byteLength);
  const table = new Uint32Array(amounts.length / 4);
  for (let at = 0; at < table.length; at++) table[at] = view.getUint32(4 * at, true);
  return table;
}

/** Bytes of the targets before the first amount of a dense voucher: kind, start, count. */
const DENSE_HEADER = 7;

/** A dense voucher's amounts where they are. */
export interface Amounts {
  view: DataView;
  start: number;
  count: number;
}

export function amountsOf(targets: Uint8Array, start: number, count: number): Amounts {
  const view = new DataView(
    targets.buffer,
    targets.byteOffset + DENSE_HEADER,
    targets.byteLength - DENSE_HEADER,
  );
  return { view, start, count };
}

/** What a voucher would bring beyond what is known. Base units; rounded, but never to or from 0. */
export interface Weight {
  /** By which the amounts lie above `known`, on lines that are not shut. */
  raise: number;
  /** What of it the lines would earn: no more than up to their ceilings. */
  earns: number;
  /** The deposits cover all that the voucher signs for. */
  isCovered: boolean;
}

/** `known`, `ceilings`, `floor` (what is recorded), `shut`: of the whole book. */
export function weigh(
  { view, start, count }: Amounts,
  known: AmountTable,
  { ceilings, floor, shut }: { ceilings: AmountTable; floor: AmountTable; shut: Uint8Array },
): Weight {
  let [raise, earns] = [0, 0];
  let isCovered = true;
  for (let nth = 0; nth < count; nth++) {
    const at = 2 * (start + nth);
    const low = view.getUint32(8 * nth, true);
    const high = view.getUint32(8 * nth + 4, true);
    const ceilingLow = ceilings[at] as number;
    const ceilingHigh = ceilings[at + 1] as number;
    const isAbove = high > ceilingHigh || (high === ceilingHigh && low > ceilingLow);
    if (isAbove) isCovered = false;
    if (shut[start + nth] === 1) {
      // No more is paid there than is recorded, whatever else was accepted before it was shut.
      const floorHigh = floor[at + 1] as number;
      if (high > floorHigh || (high === floorHigh && low > (floor[at] as number))) {
        isCovered = false;
      }
      continue;
    }
    const knownLow = known[at] as number;
    const knownHigh = known[at + 1] as number;
    if (high < knownHigh || (high === knownHigh && low <= knownLow)) continue;
    raise += (high - knownHigh) * 2 ** 32 + (low - knownLow);
    const topHigh = isAbove ? ceilingHigh : high;
    const topLow = isAbove ? ceilingLow : low;
    if (topHigh < knownHigh || (topHigh === knownHigh && topLow <= knownLow)) continue;
    earns += (topHigh - knownHigh) * 2 ** 32 + (topLow - knownLow);
  }
  return { raise, earns, isCovered };
}

/** What a voucher signs for in sum, and what of it the deposits cover. Exact, and slower. */
export function sumUp(
  { view, start, count }: Amounts,
  { ceilings, floor, shut }: { ceilings: AmountTable; floor: AmountTable; shut: Uint8Array },
): Coverage {
  const at = (table: AmountTable, line: number): bigint =>
    (BigInt(table[2 * line + 1] as number) << 32n) | BigInt(table[2 * line] as number);
  let [promised, covered] = [0n, 0n];
  for (let nth = 0; nth < count; nth++) {
    const amount = view.getBigUint64(8 * nth, true);
    promised += amount;
    covered += coveredOf({
      cumulative: amount,
      vouched: at(floor, start + nth),
      ceiling: at(ceilings, start + nth),
      isShut: shut[start + nth] === 1,
    });
  }
  return { promised, covered };
}

/** Whether `known` has all of the amounts, but for lines that are shut. */
export function hasAll(
  known: AmountTable,
  { view, start, count }: Amounts,
  shut: Uint8Array,
): boolean {
  for (let nth = 0; nth < count; nth++) {
    const at = 2 * (start + nth);
    const high = view.getUint32(8 * nth + 4, true);
    const knownHigh = known[at + 1] as number;
    if (high < knownHigh || shut[start + nth] === 1) continue;
    if (high > knownHigh || view.getUint32(8 * nth, true) > (known[at] as number)) return false;
  }
  return true;
}

/** Raises `known` to the amounts. */
export function raise(known: AmountTable, amounts: Amounts): void {
  const { view, start, count } = amounts;
  for (let nth = 0; nth < count; nth++) {
    const at = 2 * (start + nth);
    const low = view.getUint32(8 * nth, true);
    const high = view.getUint32(8 * nth + 4, true);
    const knownHigh = known[at + 1] as number;
    if (high < knownHigh || (high === knownHigh && low <= (known[at] as number))) continue;
    known[at] = low;
    known[at + 1] = high;
  }
}

/** Whether the amounts are nowhere below those of a voucher for the same lines. */
export function reaches(amounts: Amounts, other: Amounts): boolean {
  if (amounts.start !== other.start || amounts.count !== other.count) return false;
  for (let at = 0; at < 8 * amounts.count; at += 8) {
    const high = amounts.view.getUint32(at + 4, true);
    const otherHigh = other.view.getUint32(at + 4, true);
    if (high < otherHigh) return false;
    if (high > otherHigh) continue;
    if (amounts.view.getUint32(at, true) < other.view.getUint32(at, true)) return false;
  }
  return true;
}
