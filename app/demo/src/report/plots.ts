import { count, figure, percentiles } from "../summary";
import { histogram, type Series, type SettlePoint, thin } from "./series";
import { type Axis, CANVAS, escapeText, frame, linearAxis, logAxis, steps, svg } from "./svg";

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
  const x = linearAxis({
    max: last.seconds / unit.size,
    label: `time of the trace (${unit.label})`,
    vertical: false,
    tight: true,
  });
  const y = linearAxis({
    max: last.priced / money.size,
    label: `value (${money.label})`,
    vertical: true,
  });
  const line = (key: "priced" | "settled" | "claimed"): string =>
    steps({
      points: points.map((point) => ({
        x: point.seconds / unit.size,
        y: point[key] / money.size,
      })),
      x,
      y,
    });
  const floor = CANVAS.height - CANVAS.bottom;
  const end = x.at(last.seconds / unit.size).toFixed(1);
  const area = `${line("priced")}L${end},${floor}H${x.at(0)}Z`;
  const body = `${frame({ x, y })}<path class="area" d="${area}"/><path class="line one" d="${line("settled")}"/><path class="line two" d="${line("claimed")}"/>`;
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
    picture: svg({ id: "value", title: "Value priced, settled and claimed over time", body }),
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
  const x = linearAxis({ max: end, label: labels.x, vertical: false, whole, tight: true });
  const y = linearAxis({
    max: Math.max(...bins.map((bin) => bin.count)),
    label: labels.y,
    vertical: true,
    whole: true,
  });
  const range = ({ from, to }: { from: number; to: number }): string =>
    whole && to - from === 1 ? figure(from) : `${figure(from)} to ${figure(to)}`;
  const bars = bins
    .filter((bin) => bin.count > 0)
    .map((bin) => {
      const left = x.at(bin.from);
      const top = y.at(bin.count);
      const width = Math.max(1, x.at(bin.to) - left - 1);
      return `<rect class="bar" x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${(y.at(0) - top).toFixed(1)}"><title>${range(bin)}: ${count(bin.count)}</title></rect>`;
    });
  const spread = percentiles(values);
  const median =
    spread === null
      ? ""
      : `<line class="median" x1="${x.at(spread.p50).toFixed(1)}" x2="${x.at(spread.p50).toFixed(1)}" y1="${CANVAS.top}" y2="${CANVAS.height - CANVAS.bottom}"><title>half are below ${figure(spread.p50)}</title></line>`;
  return {
    id,
    title,
    caption,
    legend: [["median", `median ${spread === null ? "-" : figure(spread.p50)}`]],
    picture: svg({
      id,
      title: `${title}: ${labels.x}`,
      body: frame({ x, y }) + bars.join("") + median,
    }),
    table: {
      head: [labels.x, labels.y],
      rows: bins.filter((bin) => bin.count > 0).map((bin) => [range(bin), count(bin.count)]),
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
  const range = points.reduce(
    ({ most, low, high }, { x, y }) => ({
      most: Math.max(most, x),
      low: Math.min(low, y),
      high: Math.max(high, y),
    }),
    { most: 10, low: Number.POSITIVE_INFINITY, high: 0 },
  );
  const x: Axis = logAxis({
    min: 1,
    max: range.most,
    label: "payments settled by one transaction",
    vertical: false,
  });
  const y = logAxis({
    min: points.length > 0 ? range.low : 1,
    max: points.length > 0 ? range.high : 10,
    label: `${unit} per payment`,
    vertical: true,
  });
  const dots = thin({ items: points, most: MOST_POINTS }).map(
    (point) =>
      `<circle class="dot" r="2.6" cx="${x.at(point.x).toFixed(1)}" cy="${y.at(point.y).toFixed(1)}"><title>${count(point.x)} payments: ${figure(point.y)} ${escapeText(unit)} each</title></circle>`,
  );
  const total = settles.reduce((sum, settle) => sum + settle[key], 0);
  const payments = settles.reduce((sum, settle) => sum + settle.payments, 0);
  const mean = payments > 0 ? total / payments : null;
  const level = mean === null ? "" : y.at(mean).toFixed(1);
  const meanLine =
    mean === null
      ? ""
      : `<line class="median" x1="${CANVAS.left}" x2="${CANVAS.width - CANVAS.right}" y1="${level}" y2="${level}"><title>mean ${figure(mean)}</title></line>`;
  const sorted = points.toSorted((left, right) => left.x - right.x);
  return {
    id: key,
    title: `${unit[0]?.toUpperCase()}${unit.slice(1)} per payment`,
    caption,
    legend: [
      ["dot", "one settle transaction"],
      ["median", `mean over all payments ${mean === null ? "-" : figure(mean)}`],
    ],
    picture: svg({
      id: key,
      title: `${unit} per payment against the payments settled by one transaction, both logarithmic`,
      body: frame({ x, y }) + dots.join("") + meanLine,
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
