// npm run build: builds the programs, their IDLs and TypeScript types, and says what it made.
import { readArguments } from "./lib/arguments.mjs";
import { REPO } from "./lib/config.mjs";
import { locked } from "./lib/lock.mjs";
import { checkTools } from "./lib/machine.mjs";
import { buildAll, chooseRoute, stepsOf } from "./lib/programs.mjs";
import { Progress } from "./lib/progress.mjs";
import { main, Stop } from "./lib/stop.mjs";

const USAGE = "usage: node toolchain/build.mjs [--only NAME] [--arch v0|v3]";

await main(async () => {
  const args = readArguments(
    { only: { type: "string" }, arch: { type: "string", default: "v0" } },
    USAGE,
  );
  if (!/^v\d$/.test(args.arch)) throw new Stop(`--arch must be v0 or v3, not "${args.arch}"`);
  checkTools();
  await locked(async () => {
    const route = chooseRoute();
    if (route.name === "pinfi toolchain" && args.arch !== "v0") {
      throw new Stop(
        `SBPF ${args.arch} comes from Solana's own tools only: install them and run \`cargo build-sbf --arch ${args.arch}\` (PinFi's toolchain makes v0, which both simulators run)`,
      );
    }
    const progress = new Progress(stepsOf(route));
    await buildAll(
      { tree: REPO, route, arch: args.arch, only: args.only, replace: true },
      progress,
    );
    process.stdout.write(`built in ${progress.elapsed()}\n`);
  });
});
