import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compare } from "./compare";

/** A table of figures that stands in the tree, as JSON to compare with and as Markdown to read. */
export interface Committed<Row extends object> {
  /** Name of its files, without ending. */
  file: string;
  /** What the figures are, in the plural. */
  what: string;
  /** The command that writes it. */
  command: string;
  measure: () => Promise<Record<string, Row>>;
  toMarkdown: (table: Record<string, Row>) => string;
}

/**
 * The command line of such a table: measures, then writes it, or with `--check` compares it with
 * the one in the tree and exits with 1 if they differ.
 */
export function serve<Row extends object>(table: Committed<Row>): void {
  run(table, process.argv.includes("--check")).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}

async function run<Row extends object>(table: Committed<Row>, check: boolean): Promise<number> {
  const { file, what, command, toMarkdown } = table;
  const path = join(__dirname, file);
  const measured = await table.measure();
  if (!check) {
    writeFileSync(`${path}.json`, `${JSON.stringify(measured, null, 2)}\n`);
    writeFileSync(`${path}.md`, toMarkdown(measured));
    console.log(toMarkdown(measured));
    return 0;
  }
  const committed: Record<string, Row> = JSON.parse(readFileSync(`${path}.json`, "utf8"));
  const { lines, failed } = compare({ committed, measured });
  for (const line of lines) console.log(line);
  console.log(
    failed
      ? `${what} have drifted: see why, then ${command} and commit the table`
      : `${what} of ${Object.keys(measured).length} cases are as committed`,
  );
  return failed ? 1 : 0;
}
