// Files are short enough to be read in one go: `npm run check:files` names those that are not.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "..");
const MOST_LINES = 350;
const SOURCES = ["*.ts", "*.rs", "*.mjs", "*.cjs", "*.py", "*.sh", ".ci/run"];
const GENERATED = /(^|\/)generated\//;

const listed = spawnSync("git", ["ls-files", "-z", "--", ...SOURCES], { cwd: ROOT });
if (listed.status !== 0) throw new Error(`git ls-files: ${listed.stderr}`);
const files = listed.stdout
  .toString()
  .split("\0")
  .filter((file) => file && !GENERATED.test(file));
if (files.length === 0) throw new Error("git lists no source file");

const long = files
  .map((file) => ({ file, lines: readFileSync(join(ROOT, file), "utf8").split("\n").length - 1 }))
  .filter(({ lines }) => lines > MOST_LINES);
for (const { file, lines } of long) {
  console.error(`${file} has ${lines} lines: split it along its own seams, ${MOST_LINES} at most`);
}
if (long.length > 0) process.exitCode = 1;
else console.log(`${files.length} files, none of more than ${MOST_LINES} lines`);
