import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { CsvError, parse } from "csv-parse";
import { UsageError } from "../errors";
import { type Collector, createCollector, type Row } from "./collect";
import type { Trace } from "./request";

/** Most bytes of one row, or of one line of it: what is longer is no log of requests. */
export const MAX_ROW_BYTES = 8 * 1024 * 1024;

/** Names of standard input. Opened by its path it is refused where it is a socket. */
const STANDARD_INPUT = ["/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"];

const SPACE = 32;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

function bad(file: string, message: string): UsageError {
  return new UsageError({ code: "BadTrace", message: `${file}: ${message}` });
}

const tooLong = (what: string): string =>
  `${what} is longer than ${MAX_ROW_BYTES / 1024 / 1024} MiB: is a quote or a line end missing?`;

const NOT_CLOSED = "CSV_QUOTE_NOT_CLOSED";

/** What the CSV library's refusals mean here. Rows behind a misplaced quote are not guessed at. */
function explain(error: unknown, line: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!(error instanceof CsvError)) return `cannot be read (${code})`;
  const rest = "what follows cannot be told apart: correct the line";
  switch (code) {
    case NOT_CLOSED:
      return `line ${line}: a quote is not closed, ${rest}`;
    case "CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE":
      return `line ${line}: text stands beside a quoted field, ${rest}`;
    case "CSV_MAX_RECORD_SIZE":
      return tooLong(`the row of line ${line}`);
    default:
      return `line ${line}: ${message}`;
  }
}

/** Opens a file, a pipe or a device. Throws UsageError. */
async function open(file: string): Promise<Readable> {
  if (STANDARD_INPUT.includes(file)) return process.stdin;
  try {
    if ((await stat(file)).isDirectory()) throw bad(file, "not a file");
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw bad(file, code === "ENOENT" ? "no such file" : `cannot be read (${code})`);
  }
  return createReadStream(file);
}

/** Passes bytes on until the collector is full; refuses a line that would fill the memory. */
function createGuard({ file, collector }: { file: string; collector: Collector }) {
  /** Line of the last byte that is no blank; 0 before the first. */
  let textLine = 0;
  async function* pass(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let line = 1;
    let length = 0;
    let previous = 0;
    let bytes = 0;
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at] as number;
        length += 1;
        if (byte === LINE_FEED || byte === CARRIAGE_RETURN) {
          if (byte === CARRIAGE_RETURN || previous !== CARRIAGE_RETURN) line += 1;
          length = 0;
        } else if (byte > SPACE) textLine = line;
        previous = byte;
      }
      if (length > MAX_ROW_BYTES) throw bad(file, tooLong(`line ${line}`));
      bytes += chunk.length;
      yield chunk;
      if (collector.full()) return;
    }
    if (bytes === 0) throw bad(file, "the file is empty");
  }
  return { pass, textLine: () => textLine };
}

/**
 * Reads a trace: comma-separated values as in RFC 4180, row by row, so that `limit` keeps a file or
 * a pipe of any size cheap. Blank lines are nothing; CRLF, a byte order mark and a missing last line
 * end are accepted; rows that are no request are listed, never guessed at.
 *
 * @param limit stop after so many good rows
 * @throws UsageError when the file cannot be read, has another header, a quote that is out of place,
 *   a row beyond {@link MAX_ROW_BYTES} or no request at all
 */
export async function readTrace({
  file,
  limit = Number.POSITIVE_INFINITY,
}: {
  file: string;
  limit?: number;
}): Promise<Trace> {
  const collector = createCollector({ file, limit });
  const parser = parse({
    // A quote inside a field that does not begin with one is text; anything else is refused.
    relax_quotes: true,
    relax_column_count: true,
    trim: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    max_record_size: MAX_ROW_BYTES,
    raw: true,
    // Called while the bytes are read, so that an error finds the collector at its line.
    on_record: (row) => {
      collector.take(row as unknown as Row);
      return null;
    },
  });
  const guard = createGuard({ file, collector });
  try {
    const input = await open(file);
    await pipeline(input, guard.pass, parser.resume());
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const line = collector.line();
    const { code } = error as NodeJS.ErrnoException;
    if (code === NOT_CLOSED && guard.textLine() === line) {
      // The last row, cut off: there is nothing behind it.
      collector.reject("a quote is not closed");
    } else if (!collector.full()) throw bad(file, explain(error, line));
  }
  return collector.finish();
}
