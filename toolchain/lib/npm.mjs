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

// npm ci wants every platform's optional packages named in the lock, and a lock written with a mirror
// that lacks some of them cannot name those. npm install takes such a lock as it is.
const OUT_OF_STEP = /can only install packages when|npm error Missing: |npm help ci/;

export async function installNpm(tree, say) {
  const options = { cwd: tree, log: "npm", say };
  const flags = ["--no-audit", "--no-fund", "--loglevel=http"];
  const done = await run(["npm", "ci", ...flags], {
    ...options,
    what: "npm ci",
    tolerate: OUT_OF_STEP,
  });
  if (done === undefined) {
    await run(["npm", "install", "--no-save", ...flags], { ...options, what: "npm install" });
  }
}
