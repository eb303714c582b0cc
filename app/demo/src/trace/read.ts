import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { createInterface } from "node:readline";
import { UsageError } from "../errors";
import { type Parsed, parseTimestamp, parseTokens, splitFields } from "./fields";
import type { BadRow, Trace, TraceRequest } from "./request";

/** The columns a trace must have, in any order and case; further ones are ignored. */
export const COLUMNS = ["TIMESTAMP", "ContextTokens", "GeneratedTokens"] as const;

/** Most requests of one run: what fits into memory beside the cluster with room to spare. */
export const MAX_REQUESTS = 1_000_000;

interface Columns {
  count: number;
  timestamp: number;
  contextTokens: number;
  generatedTokens: number;
}

function bad(file: string, message: string): UsageError {
  return new UsageError({ code: "BadTrace", message: `${file}: ${message}` });
}

/** Where each column stands, from the header line. */
function readHeader(file: string, line: string): Columns {
  const expected = `expected the header ${COLUMNS.join(",")}`;
  if (line.includes("\0")) throw bad(file, `${expected}, found binary data or UTF-16 text`);
  const fields = splitFields(line);
  if ("reason" in fields) throw bad(file, `${expected}: ${fields.reason}`);
  const names = fields.value.map((name) => name.toLowerCase());
  const found = COLUMNS.map((column) => names.indexOf(column.toLowerCase()));
  const missing = COLUMNS.filter((_, index) => found[index] === -1);
  if (missing.length > 0) {
    const start = line.length > 60 ? `${line.slice(0, 60)}...` : line;
    throw bad(file, `no column ${missing.join(", ")}; ${expected}, found ${JSON.stringify(start)}`);
  }
  const twice = COLUMNS.find((c) => names.filter((name) => name === c.toLowerCase()).length > 1);
  if (twice !== undefined) throw bad(file, `the column ${twice} stands twice in the header`);
  const [timestamp, contextTokens, generatedTokens] = found as [number, number, number];
  return { count: names.length, timestamp, contextTokens, generatedTokens };
}

/** One row of the body. */
export function readRow(columns: Columns, line: string): Parsed<TraceRequest> {
  const fields = splitFields(line);
  if ("reason" in fields) return fields;
  const count = fields.value.length;
  if (count !== columns.count) {
    return { reason: `${count} field${count === 1 ? "" : "s"}, not ${columns.count}` };
  }
  const at = parseTimestamp(fields.value[columns.timestamp] ?? "");
  if ("reason" in at) return at;
  const context = parseTokens({
    column: "ContextTokens",
    text: fields.value[columns.contextTokens] ?? "",
  });
  if ("reason" in context) return context;
  const generated = parseTokens({
    column: "GeneratedTokens",
    text: fields.value[columns.generatedTokens] ?? "",
  });
  if ("reason" in generated) return generated;
  return {
    value: {
      atMicros: at.value,
      contextTokens: context.value,
      generatedTokens: generated.value,
    },
  };
}

async function checkFile(file: string): Promise<void> {
  let size: number;
  try {
    const found = await stat(file);
    if (!found.isFile()) throw bad(file, "not a file");
    size = found.size;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    throw bad(file, code === "ENOENT" ? "no such file" : `cannot be read (${code})`);
  }
  if (size === 0) throw bad(file, "the file is empty");
}

/** Takes lines one by one. */
interface Collector {
  /** Returns whether further lines are wanted. */
  take(raw: string): boolean;
  /** What was found. Throws UsageError when there is no request. */
  finish(): Trace;
}

function createCollector({ file, limit }: { file: string; limit: number }): Collector {
  const requests: TraceRequest[] = [];
  const badRows: BadRow[] = [];
  let columns: Columns | undefined;
  let line = 0;
  let outOfOrder = 0;
  let previous = Number.NEGATIVE_INFINITY;
  return {
    take(raw) {
      line += 1;
      const text = line === 1 ? raw.replace(/^\uFEFF/, "") : raw;
      if (text.trim() === "") return true;
      if (columns === undefined) {
        columns = readHeader(file, text);
        return true;
      }
      const row = readRow(columns, text);
      if ("reason" in row) {
        badRows.push({ line, reason: row.reason });
        return true;
      }
      if (row.value.atMicros < previous) outOfOrder += 1;
      previous = row.value.atMicros;
      requests.push(row.value);
      if (requests.length > MAX_REQUESTS) {
        const most = MAX_REQUESTS.toLocaleString("en");
        throw bad(file, `more than ${most} requests; play a part of it with --limit`);
      }
      return requests.length < limit;
    },
    finish() {
      if (columns === undefined) throw bad(file, "the file has no line but blank ones");
      if (requests.length === 0) {
        const first = badRows[0];
        const detail = first === undefined ? "" : `; line ${first.line}: ${first.reason}`;
        throw bad(file, `no request in it (${badRows.length} malformed rows${detail})`);
      }
      // Array.prototype.sort is stable: requests of one instant keep the order of the file.
      if (outOfOrder > 0) requests.sort((left, right) => left.atMicros - right.atMicros);
      return { source: basename(file), requests, badRows, outOfOrder };
    },
  };
}

/**
 * Reads a trace file: line by line, so that `limit` keeps a file of any size cheap. Blank lines
 * are nothing; CRLF, a byte order mark and a missing last line end are accepted; rows that are no
 * request are listed, never guessed at.
 *
 * @param limit stop after so many good rows
 * @throws UsageError when the file cannot be read, has another header or no request at all
 */
export async function readTrace({
  file,
  limit = Number.POSITIVE_INFINITY,
  signal,
}: {
  file: string;
  limit?: number;
  signal?: AbortSignal;
}): Promise<Trace> {
  await checkFile(file);
  const collector = createCollector({ file, limit });
  const input = createReadStream(file, { encoding: "utf8", signal });
  const failed = new Promise<never>((_, reject) => {
    input.once("error", (error: NodeJS.ErrnoException) => {
      reject(signal?.aborted ? signal.reason : bad(file, `cannot be read (${error.code})`));
    });
  });
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  const body = async (): Promise<void> => {
    for await (const raw of lines) {
      if (!collector.take(raw)) break;
    }
  };
  try {
    await Promise.race([body(), failed]);
  } finally {
    lines.close();
    input.destroy();
  }
  return collector.finish();
}
