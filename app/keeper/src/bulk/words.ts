/**
 * Cumulative amounts (u64) as pairs of 32-bit words, low first: a voucher of hundreds of lines is
 * compared in a microsecond, without a bigint for each.
 */
export type Words = Uint32Array;

/** Little-endian amounts of 8 bytes each, whatever the machine's own order. */
export function wordsOf(amounts: Uint8Array): Words {
  const view = new DataView(amounts.buffer, amounts.byteOffset, amounts.byteLength);
  const words = new Uint32Array(amounts.length / 4);
  for (let at = 0; at < words.length; at++) words[at] = view.getUint32(4 * at, true);
  return words;
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

/** Base units by which the amounts lie above `known` on lines that are not shut; rounded. */
export function raiseOver(amounts: Amounts, known: Words, shut: Uint8Array): number {
  const { view, start, count } = amounts;
  let sum = 0;
  for (let nth = 0; nth < count; nth++) {
    const line = start + nth;
    const low = view.getUint32(8 * nth, true);
    const high = view.getUint32(8 * nth + 4, true);
    const knownLow = known[2 * line] as number;
    const knownHigh = known[2 * line + 1] as number;
    if (shut[line] === 1 || high < knownHigh || (high === knownHigh && low <= knownLow)) continue;
    sum += (high - knownHigh) * 2 ** 32 + (low - knownLow);
  }
  return sum;
}

/** Whether `known` has all of the amounts, but for lines that are shut. */
export const isCovered = (amounts: Amounts, known: Words, shut: Uint8Array): boolean =>
  raiseOver(amounts, known, shut) === 0;

/** Raises `known` to the amounts. */
export function raise(known: Words, amounts: Amounts): void {
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
