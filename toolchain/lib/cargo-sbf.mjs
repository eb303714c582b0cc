// The ordinary route: Solana's own `cargo build-sbf`, where it really works on this machine.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CACHE } from "./config.mjs";
import { readJson, writeJson, writeWhole } from "./files.mjs";
import { attempt, run } from "./run.mjs";

const STAMP = join(CACHE, "cargo-build-sbf.json");
const PROBE_MS = 10 * 60 * 1000; // the first build downloads the platform tools

/** The first line of `cargo build-sbf --version`, or undefined where there is no such command. */
function installedVersion() {
  const { ok, out } = attempt(["cargo", "build-sbf", "--version"]);
  return ok && out ? out.split("\n").join(", ") : undefined;
}

/**
 * The version of a cargo build-sbf that can build here. That the command exists proves little: it
 * downloads its compiler on first use. So a program of one function is built, once per version.
 * @returns {{ version?: string, reason?: string }} why not, where it is there and does not work
 */
export function probeCargoSbf() {
  const version = installedVersion();
  if (!version) return {};
  if (readJson(STAMP)?.works === version) return { version };
  const dir = mkdtempSync(join(tmpdir(), "pinfi-probe-"));
  try {
    writeWhole(
      join(dir, "Cargo.toml"),
      '[package]\nname = "probe"\nversion = "0.0.0"\nedition = "2021"\n[lib]\ncrate-type = ["cdylib"]\n[workspace]\n',
    );
    writeWhole(
      join(dir, "src/lib.rs"),
      '#[no_mangle]\npub extern "C" fn entrypoint(_input: *mut u8) -> u64 {\n    0\n}\n',
    );
    const { ok, err } = attempt(["cargo", "build-sbf"], { cwd: dir, timeout: PROBE_MS });
    if (!ok) return { reason: err.split("\n").filter(Boolean).at(-1) ?? "it gave no reason" };
    writeJson(STAMP, { works: version });
    return { version };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** @returns {Promise<Record<string, string>[]>} the .so of each version, in the order of `programs` */
export async function buildCargoSbf({ tree, programs, versions, out, say }) {
  for (const { dir } of programs) {
    const manifest = ["--manifest-path", join(tree, dir, "Cargo.toml")];
    for (const version of versions) {
      const to = ["--arch", version, "--sbf-out-dir", join(out, version)];
      const argv = ["cargo", "build-sbf", ...manifest, ...to];
      await run(argv, {
        cwd: tree,
        log: "programs",
        say,
        what: `cargo build-sbf --arch ${version}`,
      });
    }
  }
  return programs.map(({ name }) =>
    Object.fromEntries(versions.map((version) => [version, join(out, version, `${name}.so`)])),
  );
}
