// npm run fuzz (and fuzz:ci): builds the fuzzer, outside the checkout, and runs it on the programs.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";
import { readArguments } from "../../toolchain/lib/arguments.mjs";
import { CACHE, REPO } from "../../toolchain/lib/config.mjs";
import { main, Stop } from "../../toolchain/lib/stop.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const TARGET = join(CACHE, "fuzz-target");
const PROGRAMS = join(REPO, "target/simulators");
const USAGE =
  "usage: npm run fuzz -- [--ci] [--game NAME] [--walk STEPS] [--forge MUTATIONS] [--seed S] (0 leaves a part out)";
const FULL = { walk: "2000000", forge: "1000000" };
const CI = { walk: "200000", forge: "20000" };

function cargo(...args) {
  // One of the runtime's signature checks uses OpenSSL: this machine's where there is one for
  // programs to link with, else it is compiled along, which takes minutes.
  const ready = spawnSync("pkg-config", ["--atleast-version=3", "openssl"]).status === 0;
  const { status, error } = spawnSync("cargo", [...args, "--release", "--locked", "--quiet"], {
    cwd: HERE,
    stdio: "inherit",
    env: {
      ...process.env,
      CARGO_TARGET_DIR: TARGET,
      ...(ready ? { OPENSSL_NO_VENDOR: "1" } : {}),
    },
  });
  if (status !== 0)
    throw new Stop(`cargo ${args[0]} failed${error ? `: ${error.message}` : "; see above"}`);
}

/** Compiles the fuzzer, ten minutes the first time, and returns its path. */
export function buildFuzzer() {
  const first = !existsSync(join(TARGET, "release/pinfi-fuzz"));
  if (first) process.stdout.write("building the fuzzer: once, 2 minutes or more on 2 cores\n");
  cargo("build");
  return join(TARGET, "release/pinfi-fuzz");
}

/** Refuses a program of the suite that no game plays, or plays at another address. */
function requireGames(fuzzer) {
  const { output } = runFuzzer(fuzzer, ["programs"], { quiet: true });
  const played = new Set(output.trim().split("\n"));
  const suite = parse(readFileSync(join(REPO, "Anchor.toml"), "utf8")).programs.localnet;
  for (const [name, address] of Object.entries(suite)) {
    if (!played.has(`${name} ${address}`))
      throw new Stop(
        `Anchor.toml names ${name} at ${address}, and no game plays it: see "A game for another program" in tests/fuzz/README.md`,
      );
  }
}

/** @returns {{ failed: boolean, output: string }} */
export function runFuzzer(fuzzer, args, { quiet }) {
  const { status, stdout, stderr, error } = spawnSync(fuzzer, args, {
    cwd: HERE,
    stdio: quiet ? "pipe" : "inherit",
    maxBuffer: 1 << 28,
  });
  if (error) throw new Stop(`the fuzzer could not be run: ${error.message}`);
  return { failed: status !== 0, output: `${stdout ?? ""}${stderr ?? ""}` };
}

async function fuzz() {
  const args = readArguments(
    {
      ci: { type: "boolean" },
      game: { type: "string" },
      walk: { type: "string" },
      forge: { type: "string" },
      seed: { type: "string" },
    },
    USAGE,
  );
  if (!existsSync(PROGRAMS)) throw new Stop("target/simulators is missing: npm run build");
  const fuzzer = buildFuzzer();
  requireGames(fuzzer);
  // Whether the fuzzer would notice: a small game of its own, right and wrong.
  if (args.ci) cargo("test", "--package", "simulator");
  process.stdout.write(`on ${availableParallelism()} processors\n`);
  const counts = args.ci ? CI : FULL;
  for (const part of ["walk", "forge"]) {
    const count = args[part] ?? counts[part];
    if (count === "0") continue;
    const game = args.game ? ["--game", args.game] : [];
    const seed = args.seed ? ["--seed", args.seed] : [];
    if (runFuzzer(fuzzer, [part, "--count", count, ...game, ...seed], { quiet: false }).failed)
      throw new Stop(`${part} failed: what broke, and the seed, are above`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(fuzz);
