// The Rust tests of the crates, on this machine, with a mutant switched on by the environment: for
// what is arithmetic or reads bytes they are a thousand times quicker than a simulator.
import { spawn } from "node:child_process";
import { basename, dirname, join } from "node:path";
import { CACHE } from "../../toolchain/lib/config.mjs";
import { run } from "../../toolchain/lib/run.mjs";

/** Milliseconds for one binary: a mutant may make a test wait for ever. */
const TIMEOUT = 120_000;
/** What does nothing without a transaction; `common/hot` is a library's, and tested by itself. */
const NEEDS_TRANSACTION = /^(?!common\/)[^/]+\/(instructions|hot)\//;

export const isReached = ({ file }) => !NEEDS_TRANSACTION.test(file);

/**
 * Builds the test binaries of the tree. Each runs in the folder of its package, as cargo runs it.
 * @returns {Promise<{ executable: string, folder: string }[]>}
 */
export async function buildHostTests(tree, say) {
  const argv = ["cargo", "test", "--workspace", "--no-run", "--locked"];
  const target = ["--target-dir", join(CACHE, "mutants/host")];
  const stdout = await run([...argv, ...target, "--message-format", "json"], {
    cwd: tree,
    log: "mutants",
    say: (line) => line.startsWith("{") || say(line),
    what: "building the Rust tests",
  });
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line))
    .filter(({ profile, executable }) => profile?.test && executable)
    .map(({ executable, manifest_path }) => ({ executable, folder: dirname(manifest_path) }));
}

/** Those of a mutant's own crate: what the others see of it, the simulators see too. */
export const ofItsCrate = (binaries, { file }) =>
  binaries.filter(({ folder }) => basename(folder) === file.split("/")[0]);

/** The first test of the binaries that fails under a mutant (0: none), or null. */
export async function runHostTests(binaries, number) {
  for (const binary of binaries) {
    const failed = await failure(binary, number);
    if (failed === null) continue;
    return { file: basename(binary.executable).replace(/-[0-9a-f]+$/, ".rs"), ...failed };
  }
  return null;
}

function failure({ executable, folder }, number) {
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      PINFI_MUTANT: String(number),
      PROPTEST_DISABLE_FAILURE_PERSISTENCE: "1",
    };
    let output = "";
    const stdio = ["ignore", "pipe", "ignore"];
    const child = spawn(executable, [], { cwd: folder, env, timeout: TIMEOUT, stdio });
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return resolve(null);
      resolve({ test: output.match(/^test (\S+) \.\.\. FAILED/m)?.[1] ?? "it does not end" });
    });
  });
}
