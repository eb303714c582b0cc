// The program with every mutant in it, each behind a number.
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CACHE, REPO } from "../../toolchain/lib/config.mjs";
import { mirror } from "../../toolchain/lib/files.mjs";
import { compile } from "../../toolchain/lib/programs.mjs";
import { run } from "../../toolchain/lib/run.mjs";
import { readWorkspace } from "../../toolchain/lib/workspace.mjs";

const REWRITE = join(dirname(fileURLToPath(import.meta.url)), "rewrite");
const HOME = join(CACHE, "mutants");
/** Always the same place, so that only what has changed is compiled again. */
export const TREE = join(HOME, "switched");

/** What the crates' own tests read. */
const VECTORS = "tests/vectors";

/**
 * Copies the sources and puts the mutants in.
 * @returns {Promise<{ number: number, file: string, name: string }[]>} all mutants
 */
export async function makeMutants(say) {
  const argv = ["cargo", "build", "--locked", "--target-dir", join(HOME, "rewrite")];
  await run(argv, { cwd: REWRITE, log: "mutants", say, what: "building the rewriter" });
  const { sources } = await readWorkspace(REPO);
  // Written anew each time: the rewriter changes files in place.
  const fresh = join(HOME, "fresh");
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  mirror(REPO, fresh, [...sources, VECTORS]);
  const list = await run([join(HOME, "rewrite/debug/pinfi-mutants"), fresh], {
    log: "mutants",
    what: "putting mutants into the sources",
  });
  mirror(fresh, TREE, [...sources, VECTORS]);
  return JSON.parse(list);
}

/** Compiles what `makeMutants` has made; returns the path of a copy that no later build changes. */
export async function buildMutants(route, say) {
  const { sources, programs: all } = await readWorkspace(TREE);
  const programs = all.filter(({ name }) => name === "streams");
  const [built] = await compile({ tree: TREE, sources, route, programs, say });
  const copy = join(HOME, `streams-${process.pid}.so`);
  copyFileSync(join(TREE, built.files.v0), copy);
  process.on("exit", () => rmSync(copy, { force: true }));
  return copy;
}
