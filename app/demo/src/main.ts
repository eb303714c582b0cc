import { isAbsolute, join, resolve } from "node:path";
import { RunError, UsageError } from "./errors";
import { helpText, type Options, parseOptions } from "./options";
import { type Output, openOutput } from "./output";
import { createReporter } from "./progress";
import { reportPage } from "./report/page";
import { loadTrace, type RunResult, runDemo } from "./run";
import { count, summaryTable } from "./summary";
import type { Trace } from "./trace/request";

const ROOT = resolve(__dirname, "../../..");
const EXIT = { conserved: 0, failed: 1, usage: 2 } as const;

/** Malformed rows that are listed on standard error. */
const LISTED_ROWS = 20;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** `npm run` changes to the root of the project; paths are meant from where it was called. */
function fromCaller(path: string): string {
  const { npm_lifecycle_event: script, INIT_CWD: caller } = process.env;
  return isAbsolute(path) ? path : resolve((script === "demo" && caller) || process.cwd(), path);
}

/** Lists malformed rows; throws when the options refuse them. */
function handleBadRows({ trace, options }: { trace: Trace; options: Options }): void {
  const { badRows } = trace;
  if (badRows.length === 0) return;
  const refuse = options.onBadRow === "refuse";
  const rows = badRows.length === 1 ? "1 malformed row" : `${count(badRows.length)} malformed rows`;
  say(`${options.trace}: ${rows}, ${refuse ? "refused" : "skipped"}`);
  for (const { line, reason } of badRows.slice(0, LISTED_ROWS)) say(`  line ${line}: ${reason}`);
  if (badRows.length > LISTED_ROWS) say(`  and ${count(badRows.length - LISTED_ROWS)} more`);
  if (refuse) {
    const message = `${rows} in ${options.trace}; --on-bad-row skip replays the others`;
    throw new UsageError({ code: "BadRows", message });
  }
}

/** Prints; resolves with the reason where it could not. A reader that has gone wants no more. */
function print(text: string): Promise<string | undefined> {
  return new Promise((done) => {
    process.stdout.write(text, (error) => {
      const code = (error as NodeJS.ErrnoException | null | undefined)?.code;
      const gone = code === undefined || code === "EPIPE";
      done(gone ? undefined : `standard output cannot be written (${code})`);
    });
  });
}

/** Lets a run end in good order: what it has opened is closed, its files on the disk are removed. */
function stopOnSignals(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => stop.abort(new RunError({ code: "Stopped", message: "stopped" })));
  }
  return stop.signal;
}

/** What the user gets, the figures before the files. Returns the reasons why a part is lost. */
async function deliver({
  result,
  output,
  json,
}: {
  result: RunResult;
  output: Output;
  json: boolean;
}): Promise<string[]> {
  const { summary } = result;
  const printed = await print(
    json ? `${JSON.stringify(summary)}\n` : `${summaryTable(summary)}\n\n`,
  );
  const written = await output.write({
    "summary.json": `${JSON.stringify(summary, null, 2)}\n`,
    "report.html": reportPage(result),
  });
  const listed = json
    ? undefined
    : await print(written.paths.map((path) => `  ${path}\n`).join(""));
  return [printed, written.reason, listed].filter((reason) => reason !== undefined);
}

async function demo(argv: readonly string[]): Promise<number> {
  const parsed = parseOptions(argv);
  if (parsed.help) {
    await print(`${helpText()}\n`);
    return EXIT.conserved;
  }
  const { trace: file, out } = parsed;
  const options = { ...parsed, ...(file === undefined ? {} : { trace: fromCaller(file) }) };

  const trace = await loadTrace(options);
  handleBadRows({ trace, options });
  const output = await openOutput(out === undefined ? join(ROOT, "target/demo") : fromCaller(out));
  const signal = stopOnSignals();
  const reporter = createReporter(process.stderr);
  let result: RunResult;
  try {
    result = await runDemo({ options, trace, reporter, signal });
  } catch (error) {
    // What was under way fails in its own words.
    signal.throwIfAborted();
    throw error;
  } finally {
    reporter.end();
  }
  const lost = await deliver({ result, output, json: options.json });
  for (const reason of lost) say(`demo: ${reason}`);
  const wrong = result.summary.checks.filter((check) => check.expected !== check.found);
  for (const { name, expected, found } of wrong) {
    say(`not conserved: ${name}: ${count(expected)} expected, ${count(found)} found`);
  }
  return wrong.length === 0 && lost.length === 0 ? EXIT.conserved : EXIT.failed;
}

// Whoever reads may go before the end; what cannot be printed is told by `print`.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);

demo(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const known = error instanceof UsageError || error instanceof RunError;
    say(`demo: ${known ? error.message : error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = error instanceof UsageError ? EXIT.usage : EXIT.failed;
  },
);
