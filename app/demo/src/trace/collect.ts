import { basename } from "node:path";
import { UsageError } from "../errors";
import { type Parsed, parseTimestamp, parseTokens } from "./fields";
import type { BadRow, Trace, TraceRequest } from "./request";

/** The columns a trace must have, in any order and case; further ones are ignored. */
export const COLUMNS = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"] as const;

/** Most requests of one run: what fits into memory beside the cluster with room to spare. */
export const MAX_REQUESTS = 1_000_000;

/** How much of a header that is not ours a message repeats. */
const SHOWN = 60;

interface Columns {
  count: number;
  timestamp: number;
  contextTokens: number;
  generatedTokens: number;
}

/** A row as the CSV library gives it: its fields, and its text with the line ends inside quotes. */
export interface Row {
  record: string[];
  raw: string;
}

/** Makes a trace of rows that are given one by one. */
export interface Collector {
  /** Throws UsageError for another header, and beyond {@link MAX_REQUESTS}. */
  take(row: Row): void;
  /** Lists the row that begins at `line()` as malformed, unless enough was read before it. */
  reject(reason: string): void;
  /** Whether no further row is wanted. */
  full(): boolean;
  /** 1-based line at which the next row begins. */
  line(): number;
  /** What was found. Throws UsageError when there is no request. */
  finish(): Trace;
}

/** Where each column stands. Throws the refusal that `bad` makes. */
function readHeader({ record, raw }: Row, bad: (message: string) => UsageError): Columns {
  const expected = `expected the header ${COLUMNS.join(",")}`;
  if (raw.includes("\0")) throw bad(`${expected}, found binary data or UTF-16 text`);
  const names = record.map((name) => name.trim().toLowerCase());
  const found = COLUMNS.map((column) => names.indexOf(column.toLowerCase()));
  const missing = COLUMNS.filter((_, index) => found[index] === -1);
  if (missing.length > 0) {
    const line = raw.trim();
    const start = line.length > SHOWN ? `${line.slice(0, SHOWN)}...` : line;
    throw bad(`no column ${missing.join(", ")}; ${expected}, found ${JSON.stringify(start)}`);
  }
  const twice = COLUMNS.find((c) => names.filter((name) => name === c.toLowerCase()).length > 1);
  if (twice !== undefined) throw bad(`the column ${twice} stands twice in the header`);
  const [timestamp, contextTokens, generatedTokens] = found as [number, number, number];
  return { count: names.length, timestamp, contextTokens, generatedTokens };
}

/** One row of the body. */
function readRow(columns: Columns, fields: readonly string[]): Parsed<TraceRequest> {
  const count = fields.length;
  if (count !== columns.count) {
    return { reason: `${count} field${count === 1 ? "" : "s"}, not ${columns.count}` };
  }
  const at = (index: number): string => (fields[index] ?? "").trim();
  const time = parseTimestamp(at(columns.timestamp));
  if ("reason" in time) return time;
  const context = parseTokens({ column: "ContextTokens", text: at(columns.contextTokens) });
  if ("reason" in context) return context;
  const generated = parseTokens({ column: "GeneratedTokens", text: at(columns.generatedTokens) });
  if ("reason" in generated) return generated;
  return {
    value: {
      atMicros: time.value,
      contextTokens: context.value,
      generatedTokens: generated.value,
    },
  };
}

export function createCollector({ file, limit }: { file: string; limit: number }): Collector {
  const requests: TraceRequest[] = [];
  const badRows: BadRow[] = [];
  let columns: Columns | undefined;
  let line = 1;
  let outOfOrder = 0;
  let previous = Number.NEGATIVE_INFINITY;
  const bad = (message: string): UsageError =>
    new UsageError({ code: "BadTrace", message: `${file}: ${message}` });
  const full = (): boolean => requests.length >= limit;

  return {
    full,
    line: () => line,
    take(row) {
      const began = line;
      line += row.raw.match(/\r\n|\n|\r/g)?.length ?? 0;
      if (full() || row.raw.trim() === "") return;
      if (columns === undefined) {
        columns = readHeader(row, bad);
        return;
      }
      const request = readRow(columns, row.record);
      if ("reason" in request) {
        badRows.push({ line: began, reason: request.reason });
        return;
      }
      if (request.value.atMicros < previous) outOfOrder += 1;
      previous = request.value.atMicros;
      requests.push(request.value);
      if (requests.length > MAX_REQUESTS) {
        const most = MAX_REQUESTS.toLocaleString("en");
        throw bad(`more than ${most} requests; play a part of it with --limit`);
      }
    },
    reject(reason) {
      if (!full()) badRows.push({ line, reason });
    },
    finish() {
      if (columns === undefined) throw bad("the file has no line but blank ones");
      if (requests.length === 0) {
        const first = badRows[0];
        const detail = first === undefined ? "" : `; line ${first.line}: ${first.reason}`;
        throw bad(`no request in it (${badRows.length} malformed rows${detail})`);
      }
      // Array.prototype.sort is stable: requests of one instant keep the order of the file.
      if (outOfOrder > 0) requests.sort((left, right) => left.atMicros - right.atMicros);
      return { source: basename(file), requests, badRows, outOfOrder };
    },
  };
}
