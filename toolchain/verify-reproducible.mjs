// npm run build:verify: builds the programs twice from nothing, at two paths, and compares the
// bytes of every SBPF version.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { REPO, treeId } from "./lib/config.mjs";
import { sha256 } from "./lib/files.mjs";
import { locked } from "./lib/lock.mjs";
import { checkTools } from "./lib/machine.mjs";
import { ensureOurs } from "./lib/ours.mjs";
import { chooseRoute, compile, stepsOf } from "./lib/programs.mjs";
import { Progress } from "./lib/progress.mjs";
import { ROOT } from "./lib/root.mjs";
import { main, Stop } from "./lib/stop.mjs";
import { readWorkspace } from "./lib/workspace.mjs";

const PLACES = ["first", "second/build/at/a/longer/path"];

/** Copies what a build reads to a new place, builds there without any earlier state, and hashes. */
async function cleanBuild(tree, route, say) {
  const { sources } = await readWorkspace(REPO);
  for (const path of sources) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    cpSync(join(REPO, path), join(tree, path), {
      recursive: true,
      filter: (file) => !/\/(target|node_modules)$/.test(file),
    });
  }
  const { programs } = await readWorkspace(tree);
  const built = await compile({ tree, route, programs, sources, say });
  return built.flatMap(({ name, files }) =>
    Object.entries(files).map(([version, file]) => {
      return { name: `${name}.so, SBPF ${version}`, sum: sha256(join(tree, file)) };
    }),
  );
}

async function verify() {
  const route = chooseRoute();
  const ours = route.name === "pinfi toolchain";
  const progress = new Progress((ours ? stepsOf(route) - 3 : 0) + PLACES.length);
  if (ours) await ensureOurs(progress);
  const home = mkdtempSync(join(tmpdir(), "pinfi-verify-"));
  try {
    const results = [];
    for (const place of PLACES) {
      const tree = join(home, place);
      const title = `a clean build in ${place}`;
      results.push(await progress.step(title, "2 min", (say) => cleanBuild(tree, route, say)));
      if (ours) rmSync(join(ROOT, "build", treeId(tree)), { recursive: true, force: true });
    }
    return results;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

await main(async () => {
  checkTools();
  const [first, second] = await locked(verify);
  let different = 0;
  first.forEach(({ name, sum }, i) => {
    const same = sum === second[i].sum;
    different += same ? 0 : 1;
    process.stdout.write(
      `${name}  first  ${sum}\n${" ".repeat(name.length)}  second ${second[i].sum}  ${same ? "same" : "DIFFERENT"}\n`,
    );
  });
  if (different > 0)
    throw new Stop(`${different} of ${first.length} programs differ between two clean builds`);
  process.stdout.write(
    `${first.length} of ${first.length} programs are the same bytes in two clean builds\n`,
  );
});
