import * as Marks from "@observablehq/plot";
import { count, figure, percentiles } from "../summary";
import { picture } from "./picture";
import { histogram, type Series, type SettlePoint, thin } from "./series";

/** A plot with the words around it. */
export interface Plot {
  id: string;
  title: string;
  /** What is to be seen, one or two sentences. */
  caption: string;
  /** Names of the lines, by class. */
  legend: readonly (readonly [className: string, name: string])[];
  picture: string;
  /** The same as numbers, for those who do not see the picture. */
  table: { head: string[]; rows: string[][] };
}

/** Points in one picture; more would only make the page heavy. */
const MOST_POINTS = 400;
const UNITS_PER_TOKEN = 1e6;

/** Base units as the unit that suits their size. */
function moneyUnit(most: number): { label: string; size: number } {
  return most < UNITS_PER_TOKEN / 10
    ? { label: "base units", size: 1 }
    : { label: "tokens", size: UNITS_PER_TOKEN };
}

/** Seconds of a trace as the unit that suits its length. */
function timeUnit(seconds: number): { label: string; size: number } {
  if (seconds > 2 * 86_400) return { label: "days", size: 86_400 };
  if (seconds > 3 * 3_600) return { label: "hours", size: 3_600 };
  return seconds > 180 ? { label: "minutes", size: 60 } : { label: "seconds", size: 1 };
}

function valuePlot({ value }: Series): Plot {
  const points = thin({ items: value, most: MOST_POINTS });
  const last = points.at(-1) ?? { seconds: 0, priced: 0, settled: 0, claimed: 0 };
  const unit = timeUnit(last.seconds);
  const money = moneyUnit(last.priced);
  const drawn = points.map((point) => ({
    time: point.seconds / unit.size,
    priced: point.priced / money.size,
    settled: point.settled / money.size,
    claimed: point.claimed / money.size,
  }));
  // Each value holds until the next.
  const curve = "step-after";
  const amount = (units: number): string =>
    money.size === 1 ? count(units) : (units / money.size).toFixed(3);
  return {
    id: "value",
    title: "Value settled over time",
    caption:
      "The shaded area is what requests cost so far. Settled means that vouchers for it are recorded on chain; claimed means that it has been paid out to nodes.",
    legend: [
      ["area", "priced"],
      ["one", "settled"],
      ["two", "claimed"],
    ],
    picture: picture({
      id: "value",
      title: "Value priced, settled and claimed over time",
      x: { label: `time of the trace (${unit.label})`, domain: [0, last.seconds / unit.size || 1] },
      y: { label: `value (${money.label})`, nice: true },
      marks: [
        Marks.areaY(drawn, { x: "time", y: "priced", curve, className: "area" }),
        Marks.lineY(drawn, { x: "time", y: "settled", curve, className: "line one" }),
        Marks.lineY(drawn, { x: "time", y: "claimed", curve, className: "line two" }),
        Marks.ruleY([0]),
      ],
    }),
    table: {
      head: [`time (${unit.label})`, "priced", "settled", `claimed (${money.label})`],
      rows: thin({ items: points, most: 13 }).map((point) => [
        figure(point.seconds / unit.size),
        amount(point.priced),
        amount(point.settled),
        amount(point.claimed),
      ]),
    },
  };
}

function histogramPlot({
  id,
  title,
  caption,
  values,
  whole,
  labels,
}: {
  id: string;
  title: string;
  caption: string;
  values: readonly number[];
  whole: boolean;
  labels: { x: string; y: string };
}): Plot {
  const bins = histogram({ values, bins: 24, whole });
  const end = bins.at(-1)?.to ?? 1;
  const range = ({ from, to }: { from: number; to: number }): string =>
    whole && to - from === 1 ? figure(from) : `${figure(from)} to ${figure(to)}`;
  const spread = percentiles(values);
  const bars = bins.filter((bin) => bin.count > 0);
  return {
    id,
    title,
    caption,
    legend: [["median", `median ${spread === null ? "-" : figure(spread.p50)}`]],
    picture: picture({
      id,
      title: `${title}: ${labels.x}`,
      x: { label: labels.x, domain: [0, end] },
      y: { label: labels.y, nice: true },
      marks: [
        Marks.rectY(bars, {
          x1: "from",
          x2: "to",
          y: "count",
          className: "bar",
          title: (bin) => `${range(bin)}: ${count(bin.count)}`,
        }),
        Marks.ruleX(spread === null ? [] : [spread.p50], {
          className: "median",
          title: (median) => `half are below ${figure(median)}`,
        }),
        Marks.ruleY([0]),
      ],
    }),
    table: {
      head: [labels.x, labels.y],
      rows: bars.map((bin) => [range(bin), count(bin.count)]),
    },
  };
}

function costPlot({
  settles,
  key,
  unit,
  caption,
}: {
  settles: readonly SettlePoint[];
  key: "costUnits" | "feesLamports";
  unit: string;
  caption: string;
}): Plot {
  const points = settles
    .filter((settle) => settle.payments > 0 && settle[key] > 0)
    .map((settle) => ({ x: settle.payments, y: settle[key] / settle.payments }));
  // A logarithm has no place for nothing at all.
  const empty = points.length === 0 ? { domain: [1, 10] } : {};
  const logarithmic = { type: "log", nice: true, ticks: 5, ...empty } as const;
  const total = settles.reduce((sum, settle) => sum + settle[key], 0);
  const payments = settles.reduce((sum, settle) => sum + settle.payments, 0);
  const mean = payments > 0 ? total / payments : null;
  const sorted = points.toSorted((left, right) => left.x - right.x);
  return {
    id: key,
    title: `${unit[0]?.toUpperCase()}${unit.slice(1)} per payment`,
    caption,
    legend: [
      ["dot", "one settle transaction"],
      ["median", `mean over all payments ${mean === null ? "-" : figure(mean)}`],
    ],
    picture: picture({
      id: key,
      title: `${unit} per payment against the payments settled by one transaction, both logarithmic`,
      x: { label: "payments settled by one transaction", ...logarithmic },
      y: { label: `${unit} per payment`, ...logarithmic },
      marks: [
        Marks.dot(thin({ items: points, most: MOST_POINTS }), {
          x: "x",
          y: "y",
          r: 2.6,
          className: "dot",
          title: ({ x, y }) => `${count(x)} payments: ${figure(y)} ${unit} each`,
        }),
        Marks.ruleY(mean === null ? [] : [mean], {
          className: "median",
          title: (level) => `mean ${figure(level)}`,
        }),
      ],
    }),
    table: {
      head: ["payments in the transaction", `${unit} per payment`],
      rows: thin({ items: sorted, most: 13 }).map((point) => [count(point.x), figure(point.y)]),
    },
  };
}

/** All plots of the page, in reading order. */
export function drawPlots({
  series,
  settleEvery,
}: {
  series: Series;
  settleEvery: number;
}): Plot[] {
  const { settles } = series;
  return [
    valuePlot(series),
    histogramPlot({
      id: "targets",
      title: "Targets per transaction",
      caption:
        "A target is one line of one book: the total that a payer owes a node by now. One transaction carries the vouchers of several payers.",
      values: settles.map((settle) => settle.targets),
      whole: true,
      labels: { x: "targets in one transaction", y: "settle transactions" },
    }),
    costPlot({
      settles,
      key: "costUnits",
      unit: "cost units",
      caption:
        "What a block is charged for a settlement, shared by the payments in it. The more payments one transaction makes final, the less each costs.",
    }),
    costPlot({
      settles,
      key: "feesLamports",
      unit: "lamports",
      caption:
        "The network fee: 5,000 lamports for the transaction and 5,000 for each payer's voucher in it, however many payments the voucher covers.",
    }),
    histogramPlot({
      id: "trace-latency",
      title: "Latency by the clock of the trace",
      caption: `From signing a voucher to its settlement. The keeper settles every ${count(settleEvery)} seconds of the trace, so this is mostly waiting for the next round.`,
      values: series.traceSeconds,
      whole: false,
      labels: { x: "seconds from voucher to settlement", y: "payments" },
    }),
    histogramPlot({
      id: "wall-latency",
      title: "Latency on this machine",
      caption:
        "The same in real time: the trace is replayed as fast as it goes, so this is the time that signing, HTTP, the keeper's store and the cluster take.",
      values: series.wallMilliseconds,
      whole: false,
      labels: { x: "milliseconds from voucher to settlement", y: "payments" },
    }),
  ];
}
