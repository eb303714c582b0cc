// npm packages: installed where npm's own record of node_modules differs from package-lock.json.
import { join } from "node:path";
import { readJson } from "./files.mjs";
import { run } from "./run.mjs";

/** Whether node_modules holds what package-lock.json asks for. */
export function npmReady(tree) {
  const wanted = readJson(join(tree, "package-lock.json"))?.packages;
  const found = readJson(join(tree, "node_modules/.package-lock.json"))?.packages;
  if (!wanted || !found) return false;
  return Object.entries(wanted)
    .filter(
      ([path, entry]) => path.startsWith("node_modules/") && !entry.optional && !entry.devOptional,
    )
    .every(
      ([path, entry]) =>
        found[path]?.version === entry.version && found[path]?.resolved === entry.resolved,
    );
}

export async function installNpm(tree, say) {
  const argv = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=http"];
  await run(argv, { cwd: tree, log: "npm", say, what: "npm ci" });
}
