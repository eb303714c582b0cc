// npm run mutants: builds the programs with one fault after another, in a copy, and requires that
// the fuzzer finds each of them, by the promise that the fault breaks.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readArguments } from "../../toolchain/lib/arguments.mjs";
import { CACHE, REPO } from "../../toolchain/lib/config.mjs";
import { mirror } from "../../toolchain/lib/files.mjs";
import { locked } from "../../toolchain/lib/lock.mjs";
import { ensureOurs } from "../../toolchain/lib/ours.mjs";
import { chooseRoute, compile, stepsOf } from "../../toolchain/lib/programs.mjs";
import { Progress } from "../../toolchain/lib/progress.mjs";
import { main, Stop } from "../../toolchain/lib/stop.mjs";
import { readWorkspace } from "../../toolchain/lib/workspace.mjs";
import { buildFuzzer, runFuzzer } from "./run.mjs";

const MUTANTS = join(dirname(fileURLToPath(import.meta.url)), "mutants");
/** Always the same place, so that only what a fault touches is compiled again. */
const TREE = join(CACHE, "mutants");
/** Steps or forgeries within which a fault must show. */
const COUNT = { walk: "100000", forge: "40000" };
const USAGE = "usage: npm run mutants -- [--only NAME]";

/** A patch with three lines before it: what the fault is, which part finds it, and as what. */
function readMutant(file) {
  const text = readFileSync(join(MUTANTS, file), "utf8");
  const field = (name) => {
    const found = text.match(new RegExp(`^${name}: (.*)$`, "m"));
    if (!found) throw new Stop(`${file} has no line "${name}: …"`);
    return found[1];
  };
  const [what, part, expect] = ["what", "with", "expect"].map(field);
  if (!(part in COUNT)) throw new Stop(`${file}: with must be walk or forge, not "${part}"`);
  return { name: file.replace(/\.patch$/, ""), text, what, part, expect: new RegExp(expect) };
}

/** The programs as they are, with the fault. */
async function makeTree({ name, text }) {
  const { sources } = await readWorkspace(REPO);
  mirror(REPO, join(TREE, "clean"), sources);
  mirror(join(TREE, "clean"), join(TREE, "tree"), sources);
  const patched = spawnSync("patch", ["-p1", "--silent", "--forward"], {
    cwd: join(TREE, "tree"),
    input: text,
  });
  if (patched.status !== 0) {
    const said = patched.error?.message ?? String(patched.stdout).trim();
    throw new Stop(`mutants/${name}.patch does not fit the programs any more: ${said}`);
  }
  return { tree: join(TREE, "tree"), sources };
}

/** Builds a faulty program and returns what the fuzzer says about it. */
async function tryMutant(mutant, { fuzzer, route, say }) {
  const { tree, sources } = await makeTree(mutant);
  const { programs } = await readWorkspace(tree);
  const wanted = programs.filter(({ name }) => name === "streams");
  const [built] = await compile({ tree, sources, route, arch: "v0", programs: wanted, say });
  say(`${mutant.part} on it`);
  const args = [mutant.part, "--program", join(tree, built.file), "--count", COUNT[mutant.part]];
  // The invariants have to find it by themselves, without the model's help.
  const alone = mutant.part === "walk" ? ["--invariants-only", "--keep-no-seed"] : [];
  return runFuzzer(fuzzer, [...args, "--seed", "1", ...alone], { quiet: true });
}

/** The line of the output that says what broke. */
const verdictOf = (output) => {
  const lines = output
    .split("\n")
    .filter((line) => /broke at step|^seed |TRUTH|G-\d|ME-\d/.test(line));
  return (lines.at(-1) ?? output.trim().split("\n").at(-1) ?? "").slice(0, 240);
};

await main(async () => {
  const { only } = readArguments({ only: { type: "string" } }, USAGE);
  const mutants = readdirSync(MUTANTS)
    .filter((file) => file.endsWith(".patch"))
    .map(readMutant)
    .filter(({ name }) => !only || name === only);
  if (mutants.length === 0) throw new Stop(`no mutant is called ${only}`);
  const fuzzer = buildFuzzer();
  await locked(async () => {
    const route = chooseRoute();
    const ours = route.name === "pinfi toolchain";
    const progress = new Progress((ours ? stepsOf(route) - 3 : 0) + mutants.length);
    if (ours) await ensureOurs(progress);
    const missed = [];
    for (const mutant of mutants) {
      const title = `${mutant.name}: ${mutant.what}`;
      const { failed, output } = await progress.step(title, "1 min", (say) =>
        tryMutant(mutant, { fuzzer, route, say }),
      );
      const found = failed && mutant.expect.test(verdictOf(output));
      progress.note(`${found ? "found" : "NOT FOUND"}: ${verdictOf(output)}`);
      if (!found) missed.push(mutant.name);
    }
    process.stdout.write(`${mutants.length - missed.length} passing\n`);
    if (missed.length > 0) throw new Stop(`${missed.length} failing: ${missed.join(", ")}`);
  });
});
