// Payments settled a second: what the SVM alone does, and the keeper end to end beside it.
//   npm run bench:settle -- [--json] [--seconds 60] [--payers 512] [--write]
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { machine, summarise, toMarkdown } from "./report";
import { runSegments } from "./run";

const HELP = `Usage: npm run bench:settle -- [options]
  --seconds N  how long the keeper is measured, all segments together (default 20)
  --payers N   books, each with its own payer and voucher signer (default 512, at least 256)
  --json       print the figures as JSON, and nothing else on stdout
  --write      put them into tests/benchmarks/settle.json and settle.md
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: "string", default: "20" },
      payers: { type: "string", default: "512" },
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const seconds = positive(values.seconds, "--seconds");
  const payers = positive(values.payers, "--payers");
  // With fewer, vouchers of one book would overtake each other in the keeper, and not all be sent.
  if (payers < 256) throw new Error("--payers: at least 256");
  const startedAt = new Date();
  const { segments, lines } = await runSegments({
    payers,
    seconds,
    progress: (text) => process.stderr.write(`${text}\n`),
  });
  const report = summarise({ segments, lines, payers, seconds, startedAt, machine: machine() });
  const json = `${JSON.stringify(report, null, 2)}\n`;
  if (values.write) {
    const folder = join(__dirname, "..");
    writeFileSync(join(folder, "settle.json"), json);
    writeFileSync(join(folder, "settle.md"), toMarkdown(report));
  }
  process.stdout.write(values.json ? json : toMarkdown(report));
}

function positive(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name}: a whole number from 1 on`);
  return value;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = 1;
});
