// Formats the Rust code that is no member of the workspace: each of these is built by itself.
//
//   node toolchain/format-others.mjs [--check]
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { REPO } from "./lib/config.mjs";

const OTHERS = ["tests/fuzz", "tests/mutants/rewrite", "tests/cluster/node", "toolchain/selftest"];

for (const folder of OTHERS) {
  const manifest = join(REPO, folder, "Cargo.toml");
  const argv = ["fmt", "--all", ...process.argv.slice(2), "--manifest-path", manifest];
  const { status } = spawnSync("cargo", argv, { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
