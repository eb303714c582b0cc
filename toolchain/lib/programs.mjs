// Sources in, target/deploy, target/idl and target/types out, by whichever route works here.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildCargoSbf, probeCargoSbf } from "./cargo-sbf.mjs";
import { PROVED, treeId } from "./config.mjs";
import { sbpfVersion } from "./elf.mjs";
import { hashOf, readJson, sha256, writeIfNew, writeJson } from "./files.mjs";
import { idlToolReady, makeIdls, makeIdlTool } from "./idl.mjs";
import { buildOurs, ensureOurs, STAGES } from "./ours.mjs";
import { Stop } from "./stop.mjs";
import { readWorkspace } from "./workspace.mjs";

const INPUTS = [
  "programs",
  "Cargo.toml",
  "Cargo.lock",
  "rust-toolchain.toml",
  ".cargo/config.toml",
];
const RECIPE = ["build.mjs", "prepare.mjs", "lib", "sbf", "idl"].map((path) =>
  join("toolchain", path),
);
/** Where the tests, the demo and the benchmarks find programs: SBPF v0, which both simulators run. */
export const SIMULATORS = "target/simulators";
/** Where Anchor and the Solana tools put and expect them, of the version that clusters want. */
const DEPLOY = "target/deploy";
const record = (tree) => join(tree, "target/.pinfi-build.json");

export const inputsOf = (tree) => hashOf(tree, [...INPUTS, ...RECIPE], process.env.PINFI_SBF ?? "");

/** Whether all outputs are there, and were made from exactly these sources. */
export function builtReady(tree) {
  const built = readJson(record(tree));
  if (built?.inputs !== inputsOf(tree)) return false;
  return Object.entries(built.outputs).every(
    ([file, sum]) => existsSync(join(tree, file)) && sha256(join(tree, file)) === sum,
  );
}

/** @returns {{ name: "cargo build-sbf" | "pinfi toolchain", version: string }} */
export function chooseRoute() {
  const wish = process.env.PINFI_SBF || "auto";
  if (!["auto", "ours", "cargo"].includes(wish))
    throw new Stop(`PINFI_SBF must be ours, cargo or auto, not "${wish}"`);
  const ours = {
    name: "pinfi toolchain",
    version: `rustc ${PROVED.rustc}, sbpf-linker ${PROVED.sbpfLinker}`,
  };
  if (wish === "ours") return ours;
  const { version, reason } = probeCargoSbf();
  if (version) return { name: "cargo build-sbf", version };
  if (wish === "cargo") {
    throw new Stop(
      `PINFI_SBF=cargo, but cargo build-sbf ${reason ? `cannot build here: ${reason}` : "is not installed: install the Solana (Agave) command line tools"}`,
    );
  }
  if (reason)
    process.stdout.write(
      `cargo build-sbf is installed but cannot build (${reason}): taking PinFi's own toolchain\n`,
    );
  return ours;
}

/** How many steps buildAll counts. */
export const stepsOf = (route) => (route.name === "pinfi toolchain" ? STAGES : 0) + 3;

/**
 * Builds programs (all, or those named), their IDLs and types.
 * What other tools have made for a cluster stays in target/deploy unless `replace` is true.
 * @param {{ tree: string, route: { name: string }, arch: string, only?: string, replace: boolean }} build
 * @param {import("./progress.mjs").Progress} progress
 */
export async function buildAll({ tree, route, arch, only, replace }, progress) {
  const inputs = inputsOf(tree); // before the build: what changes meanwhile is built next time
  if (route.name === "pinfi toolchain") await ensureOurs(progress);
  const { programs: all, sources } = await readWorkspace(tree);
  const programs = only
    ? all.filter(({ name, package: crate }) => only === name || only === crate)
    : all;
  if (programs.length === 0) {
    throw new Stop(
      only
        ? `no program is called ${only}; there are: ${all.map(({ name }) => name).join(", ")}`
        : "no member of the workspace has crate-type cdylib: no program to build",
    );
  }
  const names = programs.map(({ name }) => name).join(", ");
  const built = await progress.step(
    `programs: ${names}`,
    "2 min, 10 s after a small change",
    (say) => compile({ tree, route, arch, programs, sources, say }),
  );
  for (const { name, file, version } of built) {
    const deployed = join(tree, DEPLOY, `${name}.so`);
    if (replace || !existsSync(deployed) || sbpfVersion(deployed) === "v0")
      put(join(tree, file), deployed);
    const bytes = statSync(join(tree, file)).size.toLocaleString("en-US");
    progress.note(`built ${name}.so  SBPF ${version}, ${bytes} bytes, via ${route.name}`);
  }
  if (idlToolReady()) progress.skip("Anchor's IDL builder");
  else await progress.step("Anchor's IDL builder", "30 s", makeIdlTool);
  const idls = await progress.step(
    "IDLs and TypeScript types",
    "1 min, 10 s after a small change",
    (say) => makeIdls(tree, programs, say),
  );

  if (only || arch !== "v0") return built; // not everything, or not what the simulators run: no record
  const outputs = [...built.map(({ file }) => file), ...idls];
  writeJson(record(tree), {
    inputs,
    outputs: Object.fromEntries(outputs.map((file) => [file, sha256(join(tree, file))])),
  });
  return built;
}

/** Compiles programs and puts them, whole, where the simulators or the deployers look. */
export async function compile({ tree, route, arch, programs, sources, say }) {
  const scratch = mkdtempSync(join(tmpdir(), "pinfi-build-"));
  try {
    const made =
      route.name === "cargo build-sbf"
        ? await buildCargoSbf({ tree, programs, arch, out: scratch, say })
        : await buildOurs({
            tree,
            sources,
            id: treeId(tree),
            packages: programs.map((program) => program.package),
            arch,
            dump: process.env.PINFI_DUMP,
            say,
          });
    return programs.map(({ name }, i) => {
      const file = `${arch === "v0" ? SIMULATORS : DEPLOY}/${name}.so`;
      put(made[i], join(tree, file));
      return { name, file, version: sbpfVersion(made[i]) };
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function put(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  writeIfNew(to, readFileSync(from));
}
