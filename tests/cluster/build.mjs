// Makes the node of `npm run cluster` and `npm run test:cluster`, once: Surfpool from crates.io, kept
// in the cache by what it was made from. `--cached` only says, by its exit code, whether it is there.
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { readArguments } from "../../toolchain/lib/arguments.mjs";
import { CACHE, REPO } from "../../toolchain/lib/config.mjs";
import { hashOf } from "../../toolchain/lib/files.mjs";
import { checkTools } from "../../toolchain/lib/machine.mjs";
import { Progress } from "../../toolchain/lib/progress.mjs";
import { attempt, run } from "../../toolchain/lib/run.mjs";
import { main, Stop } from "../../toolchain/lib/stop.mjs";

const CRATE = join(REPO, "tests/cluster/node");
const KEPT = join(CACHE, "cluster");
/** Where the TypeScript side finds the node: a link into the cache. */
const LINK = join(REPO, "target/cluster-node");
const LOG = "cluster";

/** Another source or another lock is another node. */
const key = hashOf(CRATE, ["Cargo.toml", "Cargo.lock", "src"]).slice(0, 16);
const binary = join(KEPT, key, "cluster-node");

async function build(say) {
  let crates = 0;
  const count = (line) => {
    if (line.startsWith("Compiling")) crates += 1;
    say(`${crates} of some 900 crates: ${line}`);
  };
  // One of the runtime's signature checks uses OpenSSL: this machine's where there is one for
  // programs to link with, else it is compiled along, which takes minutes.
  const openssl = attempt(["pkg-config", "--atleast-version=3", "openssl"]).ok;
  const target = join(KEPT, "target");
  await run(["nice", "cargo", "build", "--release", "--locked"], {
    cwd: CRATE,
    env: {
      ...process.env,
      CARGO_TARGET_DIR: target,
      ...(openssl ? { OPENSSL_NO_VENDOR: "1" } : {}),
    },
    log: LOG,
    say: count,
    what: "the node's build",
  });
  mkdirSync(dirname(binary), { recursive: true });
  const part = `${binary}.${process.pid}.part`;
  copyFileSync(join(target, "release/cluster-node"), part);
  renameSync(part, binary);
}

function link() {
  mkdirSync(dirname(LINK), { recursive: true });
  rmSync(LINK, { force: true });
  symlinkSync(binary, LINK);
}

async function ensure() {
  if (!existsSync(binary)) {
    checkTools();
    process.stdout.write(
      `building the node, Surfpool with its 1,000 crates: once, 20 to 40 minutes on 2 cores; kept in ${KEPT}\n`,
    );
    // Not under the cache's lock, which other set-ups would wait for all that time: cargo has its own.
    await new Progress(1).step("the node", "30 min", build);
  }
  link();
}

await main(async () => {
  const usage = "usage: node tests/cluster/build.mjs [--cached]";
  const { cached } = readArguments({ cached: { type: "boolean" } }, usage);
  if (!cached) return ensure();
  if (!existsSync(binary)) throw new Stop("the node is not built: npm run test:cluster builds it");
});
