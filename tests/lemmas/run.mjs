// npm run lemmas: makes a Python environment with z3 in the cache once, then decides all lemmas.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CACHE } from "../../toolchain/lib/config.mjs";
import { main, Stop } from "../../toolchain/lib/stop.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const HOME = join(CACHE, "lemmas-venv");
const PYTHON = join(HOME, "bin/python");
const STAMP = join(HOME, "pinfi-requirements.txt");

function need(command, args, otherwise) {
  const { status, error, stderr } = spawnSync(command, args, {
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (status !== 0) {
    const said = error?.message ?? String(stderr).trim().split("\n").at(-1);
    throw new Stop(`${otherwise} (${said})`);
  }
}

function prepare() {
  const file = join(HERE, "requirements.txt");
  const wanted = readFileSync(file, "utf8");
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) return;
  rmSync(HOME, { recursive: true, force: true });
  need(
    "python3",
    ["-m", "venv", HOME],
    "no Python environment could be made: apt-get install python3-venv",
  );
  need(
    PYTHON,
    ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", file],
    "z3 could not be installed: check the package index that pip uses",
  );
  writeFileSync(STAMP, wanted);
}

await main(async () => {
  prepare();
  // No byte code beside the sources.
  const { status } = spawnSync(PYTHON, ["-B", HERE], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
});
