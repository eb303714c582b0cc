// Faults that are no removed check: each is a patch, built by itself, in a copy of the sources.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CACHE, REPO } from "../../toolchain/lib/config.mjs";
import { mirror } from "../../toolchain/lib/files.mjs";
import { locked } from "../../toolchain/lib/lock.mjs";
import { Stop } from "../../toolchain/lib/stop.mjs";
import { readWorkspace } from "../../toolchain/lib/workspace.mjs";
import { buildFuzzer, runFuzzer } from "../fuzz/run.mjs";
import { buildPrograms } from "./build.mjs";
import { TEST_FILES, Worker } from "./suite.mjs";

const PATCHES = join(dirname(fileURLToPath(import.meta.url)), "patches");
/** Always the same place, so that only what a fault touches is compiled again. */
const TREE = join(CACHE, "mutants/patched");
/** Steps or forgeries within which a fault must show. */
const COUNT = { walk: "100000", forge: "40000" };

/** A patch with three lines before it: what the fault is, what finds it, and as what. */
function readPatch(file) {
  const text = readFileSync(join(PATCHES, file), "utf8");
  const field = (name) => {
    const found = text.match(new RegExp(`^${name}: (.*)$`, "m"));
    if (!found) throw new Stop(`${file} has no line "${name}: …"`);
    return found[1];
  };
  const [what, by, expect] = ["what", "with", "expect"].map(field);
  if (!(by in COUNT) && !TEST_FILES.includes(by))
    throw new Stop(`${file}: with must be walk, forge or a test file, not "${by}"`);
  return { name: file.replace(/\.patch$/, ""), text, what, by, expect: new RegExp(expect) };
}

/** Builds the programs with the fault and returns their folder. */
async function build({ name, text }, route, say) {
  const { sources } = await readWorkspace(REPO);
  mirror(REPO, join(TREE, "clean"), sources);
  mirror(join(TREE, "clean"), join(TREE, "tree"), sources);
  const tree = join(TREE, "tree");
  const args = ["-p1", "--silent", "--forward"];
  const patched = spawnSync("patch", args, { cwd: tree, input: text });
  if (patched.status !== 0) {
    const said = patched.error?.message ?? String(patched.stdout).trim();
    throw new Stop(`patches/${name}.patch does not fit the programs any more: ${said}`);
  }
  return buildPrograms({ tree, route, say });
}

/** The line of the fuzzer's output that says what broke. */
const verdictOf = (output) => {
  const lines = output
    .split("\n")
    .filter((line) => /broke at step|^seed |TRUTH|G-\d|ME-\d/.test(line));
  return (lines.at(-1) ?? output.trim().split("\n").at(-1) ?? "").slice(0, 240);
};

/** What the fuzzer or the test file says about a program; null if it sees nothing wrong. */
async function judge({ by }, programs, fuzzer) {
  if (by in COUNT) {
    const game = ["--game", "streams", "--program", join(programs, "streams.so")];
    const args = [by, ...game, "--count", COUNT[by], "--seed", "1"];
    // The invariants have to find it by themselves, without the model's help.
    const alone = by === "walk" ? ["--invariants-only", "--keep-no-seed"] : [];
    const { failed, output } = runFuzzer(fuzzer, [...args, ...alone], { quiet: true });
    return failed ? verdictOf(output) : null;
  }
  const worker = new Worker(programs);
  const found = await worker.run(0, [{ file: by, tests: null }]);
  worker.close();
  return found?.test ?? null;
}

/** @returns {Promise<{ tried: number, missed: string[] }>} */
export async function runPatches(only, route, progress) {
  const patches = readdirSync(PATCHES)
    .filter((file) => file.endsWith(".patch"))
    .map(readPatch)
    .filter(({ name }) => !only || name.includes(only));
  const fuzzer = patches.some(({ by }) => by in COUNT) ? buildFuzzer() : undefined;
  progress.steps += patches.length;
  const missed = [];
  for (const patch of patches) {
    const title = `${patch.name}: ${patch.what}`;
    const verdict = await progress.step(title, "1 min", async (say) => {
      const programs = await locked(() => build(patch, route, say));
      return judge(patch, programs, fuzzer);
    });
    const found = verdict !== null && patch.expect.test(verdict);
    progress.note(`${found ? "found" : "NOT FOUND"}: ${verdict ?? "nothing seen"}`);
    if (!found) missed.push(patch.name);
  }
  return { tried: patches.length, missed };
}
