import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { measureStreams } from "./cases";
import { compare } from "./compare";
import { toMarkdown } from "./markdown";
import type { Table } from "./measure";

const JSON_FILE = join(__dirname, "compute-units.json");
const MARKDOWN_FILE = join(__dirname, "compute-units.md");

/** Measures; then writes the table, or with `--check` compares it with the one in the tree. */
async function main(check: boolean): Promise<number> {
  const measured = await measureStreams();
  if (!check) {
    writeFileSync(JSON_FILE, `${JSON.stringify(measured, null, 2)}\n`);
    writeFileSync(MARKDOWN_FILE, toMarkdown(measured));
    console.log(toMarkdown(measured));
    return 0;
  }
  const committed: Table = JSON.parse(readFileSync(JSON_FILE, "utf8"));
  const { lines, failed } = compare({ committed, measured });
  for (const line of lines) console.log(line);
  console.log(
    failed
      ? "compute units have drifted: see why, then npm run bench:cu and commit the table"
      : `compute units of ${Object.keys(measured).length} cases are as committed`,
  );
  return failed ? 1 : 0;
}

main(process.argv.includes("--check")).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
