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

/**
 * Compiles what `makeMutants` has made; returns a folder of the programs that no later build changes.
 */
export async function buildMutants(route, say) {
  return buildPrograms({ tree: TREE, route, say });
}

/** Compiles the suite's programs of a tree, as SBPF v0, into a folder of this process's own. */
export async function buildPrograms({ tree, route, say }) {
  const { sources, programs: all } = await readWorkspace(tree);
  const programs = all.filter(({ forTests }) => !forTests);
  const built = await compile({ tree, sources, route, programs, say });
  const folder = join(HOME, `programs-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  for (const { name, files } of built) {
    copyFileSync(join(tree, files.v0), join(folder, `${name}.so`));
  }
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
