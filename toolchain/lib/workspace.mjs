// What there is to build: the workspace's members that become programs (crate-type cdylib).
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { run } from "./run.mjs";
import { Stop } from "./stop.mjs";

/** Files at the root of the workspace that decide about a build. */
const MANIFESTS = ["Cargo.toml", "Cargo.lock"];

/** Programs that the tests call from; everything else becomes part of the suite. */
export const TEST_PROGRAMS = "tests/programs";

/**
 * @param {string} tree
 * @returns {Promise<{ programs: { package: string, name: string, dir: string, forTests: boolean }[],
 *   sources: string[] }>} `sources` are the files and folders of `tree` that a build of the programs reads
 */
export async function readWorkspace(tree) {
  if (!existsSync(join(tree, "Cargo.toml")))
    throw new Stop(`${tree} has no Cargo.toml: nothing to build`);
  await ensureLock(tree);
  const argv = ["cargo", "metadata", "--format-version", "1", "--no-deps", "--offline"];
  const metadata = JSON.parse(
    await run(argv, { cwd: tree, log: "workspace", what: "reading Cargo.toml" }),
  );
  const programs = metadata.packages.flatMap(({ name, manifest_path, targets }) => {
    const library = targets.find(({ crate_types }) => crate_types.includes("cdylib"));
    const dir = relative(tree, join(manifest_path, ".."));
    const forTests = dir.startsWith(`${TEST_PROGRAMS}/`);
    return library ? [{ package: name, name: library.name, dir, forTests }] : [];
  });
  const members = metadata.packages.map(({ manifest_path }) =>
    relative(tree, join(manifest_path, "..")),
  );
  programs.sort((a, b) => a.name.localeCompare(b.name));
  return { programs, sources: [...MANIFESTS, ...members.sort()] };
}

/** Cargo.lock is committed; where a fork has none, crates that this machine's Rust can build are chosen. */
async function ensureLock(tree) {
  if (existsSync(join(tree, "Cargo.lock"))) return;
  const env = { ...process.env, CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS: "fallback" };
  await run(["cargo", "generate-lockfile"], {
    cwd: tree,
    env,
    log: "workspace",
    what: "making Cargo.lock",
  });
  process.stdout.write("      made a new Cargo.lock: commit it\n");
}
