import { mkdir, writeFile } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { RunError, UsageError } from "./errors";
import { helpText, type Options, parseOptions } from "./options";
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

async function writeResults({
  result,
  folder,
}: {
  result: RunResult;
  folder: string;
}): Promise<{ summaryFile: string; reportFile: string }> {
  await mkdir(folder, { recursive: true });
  const summaryFile = join(folder, "summary.json");
  const reportFile = join(folder, "report.html");
  await writeFile(summaryFile, `${JSON.stringify(result.summary, null, 2)}\n`);
  await writeFile(reportFile, reportPage(result));
  return { summaryFile, reportFile };
}

async function demo(argv: readonly string[]): Promise<number> {
  const parsed = parseOptions(argv);
  if (parsed.help) {
    process.stdout.write(`${helpText()}\n`);
    return EXIT.conserved;
  }
  const { trace: file, out } = parsed;
  const options = { ...parsed, ...(file === undefined ? {} : { trace: fromCaller(file) }) };
  const folder = out === undefined ? join(ROOT, "target/demo") : fromCaller(out);
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new RunError({ code: "Stopped", message: "stopped" })));
  const { signal } = stop;

  const trace = await loadTrace(options, signal);
  handleBadRows({ trace, options });
  const reporter = createReporter(process.stderr);
  let result: RunResult;
  try {
    result = await runDemo({ options, trace, reporter, signal });
  } finally {
    reporter.end();
  }
  const { summaryFile, reportFile } = await writeResults({ result, folder });
  const { summary } = result;
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  else {
    process.stdout.write(`${summaryTable(summary)}\n\n  ${summaryFile}\n  ${reportFile}\n`);
  }
  const wrong = summary.checks.filter((check) => check.expected !== check.found);
  for (const { name, expected, found } of wrong) {
    say(`not conserved: ${name}: ${count(expected)} expected, ${count(found)} found`);
  }
  return wrong.length === 0 ? EXIT.conserved : EXIT.failed;
}

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
