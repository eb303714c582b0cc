/** Twin of `programs/math/src/beats/verdict.rs`, held to it by `tests/vectors/*.json`. */

/** Bytes of a bitmap: one bit for each of a page's 4,096 nodes, the lowest first. */
export const BITMAP_BYTES = 512;
/** Seats that must say *down*; with fewer opened reports a slot is void. */
const FEWEST = 4;

/** The bits set in at least four of up to seven reports; null, for void, with fewer than four. */
export function verdictOf(reports: readonly Uint8Array[]): Uint8Array | null {
  if (reports.length < FEWEST) return null;
  return Uint8Array.from({ length: BITMAP_BYTES }, (_, at) => {
    let byte = 0;
    for (let bit = 1; bit < 256; bit <<= 1) {
      const down = reports.filter((report) => ((report[at] ?? 0) & bit) !== 0).length;
      if (down >= FEWEST) byte |= bit;
    }
    return byte;
  });
}

/** Nodes on which two bitmaps differ. */
export function distance(a: Uint8Array, b: Uint8Array): number {
  let nodes = 0;
  for (let at = 0; at < BITMAP_BYTES; at++) {
    for (let rest = (a[at] ?? 0) ^ (b[at] ?? 0); rest !== 0; rest &= rest - 1) nodes++;
  }
  return nodes;
}
