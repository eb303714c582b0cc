import { UsageError } from "./errors";
import { MAX_REQUESTS } from "./trace/collect";
import { DEFAULT_REQUESTS } from "./trace/generate";

/** Lines that one dense voucher, and so one settle in one v1 transaction, can carry. */
export const MAX_NODES = 450;

/** Books that one run opens; each is one account with its own vault. */
export const MAX_PAYERS = 1_000;

/** Lines of all books together: each is 96 bytes of rent-paying account, made and closed again. */
export const MAX_LINES = 100_000;

/** What the user asked for, checked. */
export interface Options {
  trace?: string;
  payers: number;
  nodes: number;
  seed: string;
  requests: number;
  limit?: number;
  onBadRow: "skip" | "refuse";
  settleEvery: number;
  contextPrice: number;
  generatedPrice: number;
  feeBps: number;
  burnBps: number;
  concurrency: number;
  out?: string;
  json: boolean;
  help: boolean;
}

interface Whole {
  kind: "whole";
  least: number;
  most: number;
}
type Kind = Whole | { kind: "text" } | { kind: "flag" } | { kind: "choice"; of: readonly string[] };

interface Option {
  flag: string;
  key: keyof Options;
  value: string;
  type: Kind;
  fallback?: Options[keyof Options];
  help: string;
}

const whole = (least: number, most: number): Whole => ({ kind: "whole", least, most });

/** Every option, in the order of the help text; parsing and `--help` are made from this list. */
const OPTIONS: readonly Option[] = [
  {
    flag: "--trace",
    key: "trace",
    value: "FILE",
    type: { kind: "text" },
    help: "replay this file or pipe (CSV with the header TIMESTAMP,ContextTokens,GeneratedTokens) instead of a generated hour",
  },
  {
    flag: "--on-bad-row",
    key: "onBadRow",
    value: "skip|refuse",
    type: { kind: "choice", of: ["skip", "refuse"] },
    fallback: "skip",
    help: "malformed rows are always listed; refuse stops before anything runs (exit code 2)",
  },
  {
    flag: "--limit",
    key: "limit",
    value: "N",
    type: whole(1, MAX_REQUESTS),
    help: "only the first N requests of the trace",
  },
  {
    flag: "--payers",
    key: "payers",
    value: "N",
    type: whole(1, MAX_PAYERS),
    fallback: 8,
    help: "payers, one book each",
  },
  {
    flag: "--nodes",
    key: "nodes",
    value: "N",
    type: whole(1, MAX_NODES),
    fallback: 24,
    help: "nodes that serve requests; every book has a line for each, and one voucher covers them all",
  },
  {
    flag: "--settle-every",
    key: "settleEvery",
    value: "SECONDS",
    type: whole(1, 86_400),
    fallback: 15,
    help: "the keeper settles so often, by the clock of the trace",
  },
  {
    flag: "--context-price",
    key: "contextPrice",
    value: "UNITS",
    type: whole(0, 1_000_000),
    fallback: 3,
    help: "base units (a millionth of a token) for one context token",
  },
  {
    flag: "--generated-price",
    key: "generatedPrice",
    value: "UNITS",
    type: whole(0, 1_000_000),
    fallback: 15,
    help: "base units for one generated token",
  },
  {
    flag: "--fee-bps",
    key: "feeBps",
    value: "BPS",
    type: whole(0, 500),
    fallback: 100,
    help: "protocol fee on what nodes claim, in hundredths of a percent",
  },
  {
    flag: "--burn-bps",
    key: "burnBps",
    value: "BPS",
    type: whole(0, 10_000),
    fallback: 5_000,
    help: "share of the fee that is burned; the rest goes to the treasury",
  },
  {
    flag: "--seed",
    key: "seed",
    value: "TEXT",
    type: { kind: "text" },
    fallback: "pinfi",
    help: "the same seed gives the same keys, the same routing and the same generated trace",
  },
  {
    flag: "--requests",
    key: "requests",
    value: "N",
    type: whole(1, MAX_REQUESTS),
    fallback: DEFAULT_REQUESTS,
    help: "size of the generated trace",
  },
  {
    flag: "--concurrency",
    key: "concurrency",
    value: "N",
    type: whole(1, 256),
    fallback: 16,
    help: "HTTP connections to the keeper",
  },
  {
    flag: "--out",
    key: "out",
    value: "DIR",
    type: { kind: "text" },
    help: "where summary.json and report.html go (default target/demo)",
  },
  {
    flag: "--json",
    key: "json",
    value: "",
    type: { kind: "flag" },
    fallback: false,
    help: "print the summary as one JSON object; progress goes to standard error",
  },
  {
    flag: "--help",
    key: "help",
    value: "",
    type: { kind: "flag" },
    fallback: false,
    help: "this text",
  },
];

function wrong(message: string): UsageError {
  return new UsageError({ code: "BadOption", message: `${message} (--help lists the options)` });
}

function readValue(option: Option, text: string): Options[keyof Options] {
  const { flag, type } = option;
  if (text === "") throw wrong(`${flag} needs a value: ${flag} ${option.value}`);
  if (type.kind === "choice") {
    if (!type.of.includes(text)) {
      throw wrong(`${flag} must be ${type.of.join(" or ")}, not ${JSON.stringify(text)}`);
    }
    return text;
  }
  if (type.kind === "whole") {
    const value = Number(text);
    if (!/^\d{1,15}$/.test(text) || value < type.least || value > type.most) {
      const range = `${type.least} to ${type.most.toLocaleString("en")}`;
      throw wrong(`${flag} must be a whole number from ${range}, not ${JSON.stringify(text)}`);
    }
    return value;
  }
  return text;
}

function checkTogether(options: Options, given: ReadonlySet<keyof Options>): void {
  if (options.payers * options.nodes > MAX_LINES) {
    const lines = (options.payers * options.nodes).toLocaleString("en");
    const most = MAX_LINES.toLocaleString("en");
    throw wrong(`--payers x --nodes is ${lines} lines, more than ${most}`);
  }
  if (options.contextPrice === 0 && options.generatedPrice === 0) {
    throw wrong("--context-price and --generated-price are both 0: nothing would be paid");
  }
  if (options.trace !== undefined && given.has("requests")) {
    throw wrong("--requests is for the generated trace; with --trace use --limit");
  }
}

/**
 * Reads the command line.
 *
 * @throws UsageError for an unknown option, a missing value or one out of range
 */
export function parseOptions(argv: readonly string[]): Options {
  const values: Partial<Record<keyof Options, Options[keyof Options]>> = {};
  const given = new Set<keyof Options>();
  for (const option of OPTIONS) {
    if (option.fallback !== undefined) values[option.key] = option.fallback;
  }
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] as string;
    const [flag, ...rest] = argument.split("=");
    const option = OPTIONS.find((candidate) => candidate.flag === flag);
    if (option === undefined) throw wrong(`unknown option ${JSON.stringify(argument)}`);
    if (option.type.kind === "flag") {
      if (rest.length > 0) throw wrong(`${option.flag} takes no value`);
      values[option.key] = true;
    } else {
      if (rest.length === 0) index += 1;
      const text = rest.length > 0 ? rest.join("=") : argv[index];
      if (text === undefined || (rest.length === 0 && text.startsWith("--"))) {
        throw wrong(`${option.flag} needs a value: ${option.flag} ${option.value}`);
      }
      values[option.key] = readValue(option, text);
    }
    given.add(option.key);
  }
  const options = values as unknown as Options;
  if (!options.help) checkTogether(options, given);
  return options;
}

const HELP = { indent: 29, width: 100 };

/** Words in lines that fit beside the names of the options. */
function wrap(text: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    if (line.length + word.length >= HELP.width - HELP.indent) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines.join(`\n${" ".repeat(HELP.indent)}`);
}

/** The text of `--help`. */
export function helpText(): string {
  const rows = OPTIONS.map((option) => {
    const { type, fallback } = option;
    const range = type.kind === "whole" ? `${type.least} to ${type.most.toLocaleString("en")}` : "";
    const standard = fallback === undefined || type.kind === "flag" ? "" : `default ${fallback}`;
    const notes = [range, standard].filter((note) => note !== "").join(", ");
    const text = wrap(`${option.help}${notes && ` (${notes})`}`);
    return `  ${`${option.flag} ${option.value}`.padEnd(HELP.indent - 2)}${text}`;
  });
  return [
    "Replays an hour of inference requests through PinFi: payers sign vouchers, a keeper settles",
    "them in batches on an in-process cluster, nodes are paid, and every unit is accounted for.",
    "",
    "  npm run demo -- [options]",
    "  npm run --silent demo -- --json [options]    for a script: npm prints no line of its own",
    "",
    ...rows,
    "",
    `At most ${MAX_LINES.toLocaleString("en")} lines (payers x nodes) and ${MAX_REQUESTS.toLocaleString("en")} requests. A request that is`,
    "worth nothing (no token, or a price of 0) is counted as free and makes no payment. Keys are made",
    "from the seed: they are for this cluster, which ends with the run.",
    "",
    "Exit codes: 0 all settled and conserved to the unit; 1 it was not, the run failed, or results",
    "are lost; 2 a wrong option or output folder, an unreadable trace, or malformed rows under",
    "--on-bad-row refuse.",
  ].join("\n");
}
