// Runs the self-test: the same cases natively and as SBF, in each simulator and of each version that
// it runs, and compares.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readArguments, wholeNumber } from "../lib/arguments.mjs";
import { CACHE, REPO, TOOLCHAIN } from "../lib/config.mjs";
import { locked } from "../lib/lock.mjs";
import { buildOurs, ensureOurs, STAGES } from "../lib/ours.mjs";
import { Progress } from "../lib/progress.mjs";
import { run } from "../lib/run.mjs";
import { main, Stop } from "../lib/stop.mjs";
import { asBytes, asLine, makeCases } from "./cases.mjs";
import { simulators } from "./simulators.mjs";

const USAGE =
  "usage: node toolchain/selftest/run.mjs [--cases N (per family, 60)] [--seed S (a number)]";
const BATCH = 8; // cases in a transaction
const SHOWN = 3; // differences shown per family
const FREE = 16; // bytes that the linker keeps free where the read-only data of SBPF v3 begins
const FIRST = "pinfi: the first"; // what stands behind them, see src/first.rs
const TREE = join(TOOLCHAIN, "selftest");
const HOME = join(CACHE, "selftest");

async function build() {
  const progress = new Progress(STAGES + 2);
  await ensureOurs(progress);
  const files = await progress.step("the self-test as SBF", "60 s, 5 s again", async (say) => {
    const sources = ["Cargo.toml", "Cargo.lock", "src"];
    const packages = ["pinfi-selftest"];
    const [made] = await buildOurs({ tree: TREE, sources, id: "selftest", packages, say });
    const files = {};
    for (const [version, file] of Object.entries(made)) {
      files[version] = join(HOME, version, "pinfi_selftest.so"); // bankrun finds programs by folder and name
      mkdirSync(join(HOME, version), { recursive: true });
      copyFileSync(file, files[version]);
    }
    return files;
  });
  const argv = ["cargo", "build", "--release", "--locked", "--bin", "native", "--target-dir", HOME];
  await progress.step("the self-test natively", "10 s", (say) =>
    run(argv, { cwd: TREE, log: "selftest", say }),
  );
  return { files, native: join(HOME, "release/native") };
}

const quiet = { log: "selftest" };

/** The family about the first read-only object proves nothing unless its object is that. */
function requireFirst(file) {
  const elf = readFileSync(file);
  const data = Number(elf.readBigUInt64LE(64 + 8)); // where the first part that is loaded begins
  if (elf.toString("latin1", data + FREE, data + FREE + FIRST.length) !== FIRST) {
    throw new Stop(
      `the first read-only object of the self-test is not the one of src/first.rs: move it, so that it is (toolchain/selftest)`,
    );
  }
}

/** @returns {Promise<(string | undefined)[]>} one result or failure per case */
async function simulate(simulator, cases) {
  const results = [];
  for (let at = 0; at < cases.length; at += BATCH) {
    const batch = cases.slice(at, at + BATCH);
    const { returned, error } = await simulator.send(Buffer.concat(batch.map(asBytes)));
    if (!error) results.push(...numbers(returned, batch.length));
    // One bad case spoils its batch: find it by running each alone.
    else for (const one of batch) results.push(await alone(simulator, one));
  }
  return results;
}

async function alone(simulator, one) {
  const { returned, error } = await simulator.send(asBytes(one));
  return error ?? numbers(returned, 1)[0];
}

/** Runtimes cut the zeros off the end of return data. */
function numbers(returned, count) {
  const bytes = Buffer.alloc(count * 8);
  returned?.copy(bytes);
  return Array.from({ length: count }, (_, i) => bytes.readBigUInt64LE(i * 8).toString());
}

/** Says, family by family, how many results are as wanted; gives the number of those that are not. */
function report({ title, names, cases, wanted, results }) {
  let failed = 0;
  process.stdout.write(`\n${title}\n`);
  names.forEach((name, family) => {
    const own = cases.map((one, i) => ({ one, i })).filter(({ one }) => one.family === family);
    const bad = own.filter(({ i }) => results[i] !== wanted[i]);
    failed += bad.length;
    process.stdout.write(
      `  ${name.padEnd(26)} ${String(own.length - bad.length).padStart(5)} of ${own.length} equal\n`,
    );
    for (const { one, i } of bad.slice(0, SHOWN)) {
      process.stdout.write(
        `      (${one.numbers.join(", ")}): native ${wanted[i]}, SBF ${results[i]}\n`,
      );
    }
  });
  return failed;
}

await main(async () => {
  const options = {
    cases: { type: "string", default: "60" },
    seed: { type: "string", default: "1" },
  };
  const args = readArguments(options, USAGE);
  const perFamily = wholeNumber("cases", args.cases, 1);
  const seed = wholeNumber("seed", args.seed, 0);
  if (!existsSync(join(REPO, "node_modules/litesvm")))
    throw new Stop("the npm packages are missing: run `npm ci` first");

  const { files, native } = await locked(build);
  requireFirst(files.v3);
  const names = (await run([native, "--list"], quiet)).trim().split("\n");
  const cases = makeCases(names.length, perFamily, seed);
  const input = `${cases.map(asLine).join("\n")}\n`;
  const wanted = (await run([native], { ...quiet, input })).trim().split("\n");

  let failed = 0;
  for (const { open, version } of simulators) {
    const simulator = await open(files[version]);
    const title = `${simulator.name}, SBPF ${version}`;
    failed += report({ title, names, cases, wanted, results: await simulate(simulator, cases) });
  }
  const total = cases.length * simulators.length;
  process.stdout.write(
    `\nseed ${seed}: ${total} cases\n${total - failed} passed, ${failed} failed\n`,
  );
  // bankrun keeps a server's threads alive: end here, and not when they think fit.
  process.exit(failed === 0 ? 0 : 1);
});
