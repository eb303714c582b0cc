// npm run mutants: every check of the programs removed or weakened, one at a time, and required to be
// found by a test; and the faults of patches/. See README.md.
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readArguments, wholeNumber } from "../../toolchain/lib/arguments.mjs";
import { REPO } from "../../toolchain/lib/config.mjs";
import { readJson, writeJson } from "../../toolchain/lib/files.mjs";
import { locked } from "../../toolchain/lib/lock.mjs";
import { ensureOurs } from "../../toolchain/lib/ours.mjs";
import { chooseRoute, stepsOf } from "../../toolchain/lib/programs.mjs";
import { Progress } from "../../toolchain/lib/progress.mjs";
import { main, Stop } from "../../toolchain/lib/stop.mjs";
import { buildMutants, makeMutants, TREE } from "./build.mjs";
import { buildHostTests, isReached, ofItsCrate, runHostTests } from "./host.mjs";
import { runPatches } from "./patches.mjs";
import { ALL, planFor, Worker } from "./suite.mjs";

const USAGE =
  "usage: npm run mutants -- [--list] [--only TEXT] [--left] [--sample N --seed S] [--equivalent] [--jobs N] [--patches | --switched]";
const HERE = dirname(fileURLToPath(import.meta.url));
/** Mutants that no test can find, each with its reason. */
const EQUIVALENT = join(HERE, "equivalent.json");
/** What found each mutant the last time, to be tried first; and all results, for the README. */
const RESULTS = join(REPO, "target/mutants.json");

const OPTIONS = {
  list: { type: "boolean" },
  only: { type: "string" },
  left: { type: "boolean" },
  sample: { type: "string" },
  seed: { type: "string" },
  equivalent: { type: "boolean" },
  jobs: { type: "string" },
  patches: { type: "boolean" },
  switched: { type: "boolean" },
};

/** Refuses a list that names what is not there, or names it without a reason. */
function checkEquivalent(equivalent, mutants) {
  const names = new Set(mutants.map(({ name }) => name));
  for (const [name, reason] of Object.entries(equivalent)) {
    if (!names.has(name))
      throw new Stop(`equivalent.json is out of date: there is no mutant "${name}"`);
    if (typeof reason !== "string" || reason.length < 20)
      throw new Stop(`equivalent.json gives no reason for "${name}"`);
  }
}

/** The same choice for the same seed. */
function sampled(list, count, seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const pool = [...list];
  const chosen = [];
  while (chosen.length < count && pool.length > 0) {
    chosen.push(...pool.splice(Math.floor(next() * pool.length), 1));
  }
  return chosen;
}

/** Without a mutant every test passes, twice in one process: then a failure is the mutant's. */
async function requireClean(programs, hostTests) {
  const worker = new Worker(programs);
  const failed =
    (await runHostTests(hostTests, 0)) ?? (await worker.run(0, ALL)) ?? (await worker.run(0, ALL));
  worker.close();
  if (failed !== null)
    throw new Stop(`a test fails without any mutant: ${failed.test}: ${failed.error ?? ""}`);
}

/** Which tests reach which check. */
async function traceTests(programs) {
  const worker = new Worker(programs);
  const tests = await worker.trace();
  worker.close();
  return tests;
}

async function runSwitched(args, route, progress) {
  const mutants = await locked(() =>
    progress.step("every mutant into the sources", "1 min, once", makeMutants),
  );
  const equivalent = readJson(EQUIVALENT) ?? {};
  checkEquivalent(equivalent, mutants);
  const before = readJson(RESULTS) ?? {};
  const wanted = mutants
    .filter(({ name }) => !args.only || name.includes(args.only))
    .filter(({ name }) => !args.left || !before[name])
    .filter(({ name }) => Boolean(args.equivalent) === name in equivalent);
  const chosen =
    args.sample === undefined
      ? wanted
      : sampled(wanted, wholeNumber("sample", args.sample, 1), Number(args.seed ?? Date.now()));
  progress.note(
    `${mutants.length} mutants, ${Object.keys(equivalent).length} of them equivalent; ${chosen.length} to be tried`,
  );
  if (args.list) {
    for (const { name } of chosen) process.stdout.write(`${name}\n`);
    return { tried: 0, missed: [] };
  }
  const programs = await locked(() =>
    progress.step("the programs with all of them", "2 min", (say) => buildMutants(route, say)),
  );
  const hostTests = await progress.step("the Rust tests with all of them", "3 min, once", (say) =>
    buildHostTests(TREE, say),
  );
  await progress.step("the tests without any", "5 min", () => requireClean(programs, hostTests));
  const tests = await progress.step("which test reaches what", "3 min", () => traceTests(programs));

  const results = { ...before };
  const missed = [];
  // A test that does not reach the check without the mutant does nothing else with it.
  const bySuite = (worker, mutant) =>
    worker.run(mutant.number, planFor(mutant, tests, before[mutant.name]?.file));
  const todo = [...chosen];
  let done = 0;
  await progress.step(`${chosen.length} mutants`, "5 s each and worker", async (say) => {
    const jobs = args.jobs ? wholeNumber("jobs", args.jobs, 1) : availableParallelism();
    const work = async () => {
      const worker = new Worker(programs);
      for (let mutant = todo.shift(); mutant; mutant = todo.shift()) {
        const found =
          (isReached(mutant)
            ? await runHostTests(ofItsCrate(hostTests, mutant), mutant.number)
            : null) ?? (await bySuite(worker, mutant));
        done += 1;
        say(`${done} of ${chosen.length}, ${missed.length} not found`);
        results[mutant.name] = found;
        if (found === null) {
          missed.push(mutant.name);
          progress.note(`NOT FOUND: ${mutant.name}`);
        }
        writeJson(RESULTS, results);
      }
      worker.close();
    };
    await Promise.all(Array.from({ length: jobs }, work));
  });
  return { tried: chosen.length, missed };
}

await main(async () => {
  const args = readArguments(OPTIONS, USAGE);
  const route = chooseRoute();
  const ours = route.name === "pinfi toolchain" && !args.list;
  const progress = new Progress((ours ? stepsOf(route) - 3 : 0) + (args.patches ? 0 : 6));
  if (ours) await locked(() => ensureOurs(progress));
  const none = { tried: 0, missed: [] };
  const switched = args.patches ? none : await runSwitched(args, route, progress);
  if (args.list) return;
  const part = args.switched || args.left || args.equivalent || args.sample !== undefined;
  const patches = part ? none : await runPatches(args.only, route, progress);
  const missed = [...switched.missed, ...patches.missed];
  const tried = switched.tried + patches.tried;
  if (tried === 0) throw new Stop(`no mutant has "${args.only}" in its name`);
  if (args.equivalent) {
    if (missed.length < tried)
      throw new Stop("a mutant of equivalent.json is found by a test: take it off the list");
    return;
  }
  process.stdout.write(`${tried - missed.length} passing\n`);
  if (missed.length > 0) throw new Stop(`${missed.length} failing:\n${missed.join("\n")}`);
});
