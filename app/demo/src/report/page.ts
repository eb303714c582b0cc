import { count, figure, PHASES, type Summary, tokens } from "../summary";
import { escapeText } from "./picture";
import { drawPlots, type Plot } from "./plots";
import type { Series } from "./series";
import { STYLE } from "./style";

interface Table {
  head: string[];
  rows: string[][];
  /** Rows at the end that are sums. */
  sums?: number;
  /** Too wide for a phone: there, each row becomes a block of named values. */
  wide?: boolean;
}

/** Most malformed rows that the page lists. */
const LISTED_ROWS = 50;

function table({ head, rows, sums = 0, wide = false }: Table): string {
  const cells = (row: string[]): string =>
    row
      .map((cell, index) =>
        index === 0
          ? `<th scope="row" role="rowheader">${escapeText(cell)}</th>`
          : `<td role="cell" data-name="${escapeText(head[index] ?? "")}">${escapeText(cell)}</td>`,
      )
      .join("");
  const body = rows.map((row, index) => {
    const sum = index >= rows.length - sums ? ' class="sum"' : "";
    return `<tr role="row"${sum}>${cells(row)}</tr>`;
  });
  const names = head.map((name) => `<th scope="col">${escapeText(name)}</th>`).join("");
  const stack = wide ? ' class="stack"' : "";
  return `<table role="table"${stack}><thead><tr>${names}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

/** An ISO time as people read it. */
function moment(iso: string): string {
  return iso.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");
}

function legendMark(className: string): string {
  const marks: Record<string, string> = {
    area: '<path class="area" d="M0 0H24V11H0Z"/>',
    one: '<path class="line one" d="M0 5.5H24"/>',
    two: '<path class="line two" d="M0 5.5H24"/>',
    median: '<path class="median" d="M0 5.5H24"/>',
    dot: '<circle class="dot" r="4" cx="12" cy="5.5"/>',
  };
  return `<svg viewBox="0 0 24 11" aria-hidden="true">${marks[className] ?? ""}</svg>`;
}

function card({ id, title, caption, legend, picture, table: numbers }: Plot): string {
  const entries = legend
    .map(([className, name]) => `<li>${legendMark(className)}${escapeText(name)}</li>`)
    .join("");
  return `<figure class="card" id="plot-${id}"><figcaption><h3>${escapeText(title)}</h3>${escapeText(caption)}<ul class="legend">${entries}</ul></figcaption>${picture}<details><summary>The numbers</summary>${table(numbers)}</details></figure>`;
}

function tiles(summary: Summary): string {
  const { settlement, latency } = summary;
  const optional = (value: number | null): string => (value === null ? "-" : figure(value));
  const entries: [string, string][] = [
    ["payments settled", `${count(summary.settled)} of ${count(summary.payments)}`],
    ["value of the requests, tokens", tokens(summary.value)],
    ["transactions", count(summary.transactions)],
    ["cost units to settle a payment", optional(settlement.costUnitsPerPayment)],
    ["lamports to settle a payment", optional(settlement.lamportsPerPayment)],
    ["seconds of the trace to settlement, median", optional(latency.traceSeconds?.p50 ?? null)],
    ["payments per second on this machine", optional(summary.paymentsPerSecond)],
    ["seconds for the whole run", summary.seconds.toFixed(1)],
  ];
  const list = entries.map(
    ([name, value]) =>
      `<div class="tile"><dt>${escapeText(name)}</dt><dd>${escapeText(value)}</dd></div>`,
  );
  return `<dl class="tiles">${list.join("")}</dl>`;
}

function moneySection(summary: Summary): string {
  const money = table({
    head: ["", "tokens"],
    rows: [
      ["claimed by nodes, fees inside", tokens(summary.claimed)],
      ["refunded to payers", tokens(summary.refunded)],
      ["left in vaults", tokens(summary.vault)],
      ["= deposited by payers", tokens(summary.deposited)],
    ],
    sums: 1,
  });
  const fees = table({
    head: ["", "tokens"],
    rows: [
      ["paid to nodes", tokens(summary.paidToNodes)],
      ["fees to the treasury", tokens(summary.fees.treasury)],
      ["fees burned", tokens(summary.fees.burned)],
      ["= claimed by nodes, fees inside", tokens(summary.claimed)],
    ],
    sums: 1,
  });
  const checks = table({
    head: ["equation", "expected", "found"],
    wide: true,
    rows: summary.checks.map((check) => [
      `${check.expected === check.found ? "✓" : "✗ WRONG:"} ${check.name}`,
      count(check.expected),
      count(check.found),
    ]),
  });
  return `<h2>Where the money went</h2><p>A token has six decimals; nothing here is rounded.</p><div class="cards"><div class="card">${money}</div><div class="card">${fees}</div></div><h2>Proof</h2><p>Read from the accounts on chain and computed from the trace, each on its own, in base units (millionths of a token).</p><div class="card">${checks}</div>`;
}

function costSection(summary: Summary): string {
  const rows = PHASES.map((phase) => {
    const cost = summary.phases[phase];
    return [
      phase,
      count(cost.transactions),
      count(cost.computeUnits),
      count(cost.costUnits),
      count(cost.feesLamports),
    ];
  });
  rows.push([
    "all",
    count(summary.transactions),
    count(PHASES.reduce((sum, phase) => sum + summary.phases[phase].computeUnits, 0)),
    count(summary.costUnits),
    count(summary.feesLamports),
  ]);
  const costs = table({
    head: ["phase", "transactions", "compute units", "cost units", "lamports"],
    wide: true,
    rows,
    sums: 1,
  });
  return `<h2>What it cost</h2><p>Compute units are what programs executed. Cost units are what a block is charged: execution, signatures, write locks, instruction data and loaded accounts. Lamports are network fees; the rent of accounts, which comes back, is not in them.</p><div class="card">${costs}</div>`;
}

function traceSection(summary: Summary): string {
  const { trace, options } = summary;
  const facts = table({
    head: ["", "value"],
    rows: [
      ["trace", trace.source],
      ["first request", moment(trace.from)],
      ["last request", moment(trace.to)],
      ["requests", count(trace.requests)],
      ["context tokens", count(trace.contextTokens)],
      ["generated tokens", count(trace.generatedTokens)],
      ["requests of price 0, not paid", count(trace.free)],
      ["rows out of order, sorted in", count(trace.outOfOrder)],
      ["malformed rows, skipped", count(trace.badRows.count)],
      ["payers", count(options.payers)],
      ["nodes", count(options.nodes)],
      ["base units for a context token", count(options.contextPrice)],
      ["base units for a generated token", count(options.generatedPrice)],
      ["fee, hundredths of a percent", count(options.feeBps)],
      ["seed", options.seed],
    ],
  });
  const { rows, count: bad } = trace.badRows;
  const listed = rows.slice(0, LISTED_ROWS).map((row) => [count(row.line), row.reason]);
  const more = bad > listed.length ? `<p>And ${count(bad - listed.length)} more.</p>` : "";
  const badRows =
    bad === 0
      ? ""
      : `<details><summary>Malformed rows</summary>${table({ head: ["line", "reason"], rows: listed })}${more}</details>`;
  return `<h2>The workload</h2><div class="card">${facts}${badRows}</div>`;
}

/** The report as one HTML document that needs nothing else. */
export function reportPage({ summary, series }: { summary: Summary; series: Series }): string {
  const { trace, options } = summary;
  const plots = drawPlots({ series, settleEvery: options.settleEverySeconds });
  const verdict = summary.conserved
    ? '<p class="verdict good">✓ Conserved: every base unit is accounted for.</p>'
    : '<p class="verdict bad">✗ Not conserved: see the proof below.</p>';
  const intro = `${count(trace.requests)} inference requests (${trace.source === "generated" ? "a generated trace with the shape of a real hour" : escapeText(trace.source)}) were priced by their tokens. ${count(options.payers)} payers signed a cumulative voucher for each and posted it to a keeper, which settled them in batches; ${count(options.nodes)} nodes were paid. Every signature was verified, by a cluster inside this process.`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><title>PinFi demo: ${count(summary.settled)} payments settled</title><style>${STYLE}</style></head><body><header><h1>From requests to settled payments</h1><p>${intro}</p>${verdict}${tiles(summary)}</header><main><h2>The run in pictures</h2><div class="cards">${plots.map(card).join("")}</div>${moneySection(summary)}${costSection(summary)}${traceSection(summary)}</main><footer><p>Made by <code>npm run demo</code>. The same figures are in <code>summary.json</code> beside this page.${trace.source === "generated" ? " The shape of the generated trace follows the Azure LLM inference trace 2023 (Azure Public Dataset, CC BY 4.0; Patel et al., Splitwise, ISCA 2024)." : ""}</p></footer></body></html>\n`;
}
