// The front door: everything that `npm run demo` and `npm test` need, made where it is missing.
import { CACHE, REPO } from "./lib/config.mjs";
import { locked } from "./lib/lock.mjs";
import { checkTools } from "./lib/machine.mjs";
import { installNpm, npmReady } from "./lib/npm.mjs";
import { buildAll, builtReady, chooseRoute, stepsOf } from "./lib/programs.mjs";
import { Progress } from "./lib/progress.mjs";
import { main } from "./lib/stop.mjs";

const ready = () => npmReady(REPO) && builtReady(REPO);

async function prepare() {
  if (ready()) return; // another run did it while this one waited for the lock
  process.stdout.write(`preparing PinFi: once, 5 to 10 minutes on 2 cores; kept in ${CACHE}\n`);
  const route = builtReady(REPO) ? undefined : chooseRoute();
  if (route)
    process.stdout.write(`the programs are compiled by ${route.name} (${route.version})\n`);
  const progress = new Progress(1 + (route ? stepsOf(route) : 0));
  if (npmReady(REPO)) progress.skip("npm packages");
  else await progress.step("npm packages", "1 min", (say) => installNpm(REPO, say));
  if (route) await buildAll({ tree: REPO, route }, progress);
  process.stdout.write(`prepared in ${progress.elapsed()}\n`);
}

await main(async () => {
  if (ready()) return;
  checkTools();
  await locked(prepare);
});
