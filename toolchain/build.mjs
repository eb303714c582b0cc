// npm run build: builds the programs, their IDLs and TypeScript types, and says what it made.
import { readArguments } from "./lib/arguments.mjs";
import { REPO } from "./lib/config.mjs";
import { locked } from "./lib/lock.mjs";
import { checkTools } from "./lib/machine.mjs";
import { buildAll, chooseRoute, DEPLOYED, stepsOf } from "./lib/programs.mjs";
import { Progress } from "./lib/progress.mjs";
import { VERSIONS } from "./lib/sbf.mjs";
import { main, Stop } from "./lib/stop.mjs";

const USAGE = "usage: node toolchain/build.mjs [--only NAME] [--arch v0|v3]";

await main(async () => {
  const args = readArguments(
    { only: { type: "string" }, arch: { type: "string", default: DEPLOYED } },
    USAGE,
  );
  if (!VERSIONS.includes(args.arch))
    throw new Stop(`--arch must be ${VERSIONS.join(" or ")}, not "${args.arch}"`);
  checkTools();
  await locked(async () => {
    const route = chooseRoute();
    const progress = new Progress(stepsOf(route));
    await buildAll({ tree: REPO, route, deploy: args.arch, only: args.only }, progress);
    process.stdout.write(`built in ${progress.elapsed()}\n`);
  });
});
