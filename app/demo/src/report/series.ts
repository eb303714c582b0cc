/** The money at one moment of the trace, base units, running totals. */
export interface ValuePoint {
  /** Seconds since the first request, by the clock of the trace. */
  seconds: number;
  priced: number;
  settled: number;
  claimed: number;
}

/** One settle transaction that landed. */
export interface SettlePoint {
  seconds: number;
  books: number;
  targets: number;
  /** Payments that became final with it. */
  payments: number;
  costUnits: number;
  feesLamports: number;
}

/** What the plots are drawn from. */
export interface Series {
  value: ValuePoint[];
  settles: SettlePoint[];
  /** For each payment, from signing to landing: seconds of the trace, milliseconds of this machine. */
  traceSeconds: number[];
  wallMilliseconds: number[];
}

/** At most `most` of the items, evenly spaced, the last one always among them. */
export function thin<Item>({ items, most }: { items: readonly Item[]; most: number }): Item[] {
  if (items.length <= most) return [...items];
  const step = (items.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => items[Math.round(index * step)] as Item);
}

/** A bar of a histogram: values in [from, to). */
export interface Bin {
  from: number;
  to: number;
  count: number;
}

/** A histogram with about `bins` bars of round width; whole widths for whole values. */
export function histogram({
  values,
  bins,
  whole,
}: {
  values: readonly number[];
  bins: number;
  whole: boolean;
}): Bin[] {
  let max = 0;
  for (const value of values) max = Math.max(max, value);
  const raw = (max || 1) / bins;
  const power = 10 ** Math.floor(Math.log10(raw));
  let width = ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10) * power;
  if (whole) width = Math.max(1, width);
  const result = Array.from({ length: Math.floor(max / width) + 1 }, (_, index) => ({
    from: index * width,
    to: (index + 1) * width,
    count: 0,
  }));
  for (const value of values) {
    const bin = result[Math.min(result.length - 1, Math.floor(value / width))];
    if (bin !== undefined) bin.count += 1;
  }
  return result;
}
