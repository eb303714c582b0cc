// Sources in, programs, IDLs and types out (below `target`), by whichever route works here.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buildCargoSbf, probeCargoSbf } from "./cargo-sbf.mjs";
import { PROVED, treeId } from "./config.mjs";
import { sbpfVersion } from "./elf.mjs";
import { hashOf, readJson, sha256, writeIfNew, writeJson } from "./files.mjs";
import { idlToolReady, makeIdls, makeIdlTool } from "./idl.mjs";
import { buildOurs, ensureOurs, STAGES } from "./ours.mjs";
import { VERSIONS } from "./sbf.mjs";
import { Stop } from "./stop.mjs";
import { readWorkspace, TEST_PROGRAMS } from "./workspace.mjs";

const INPUTS = [
  "programs",
  TEST_PROGRAMS,
  "Cargo.toml",
  "Cargo.lock",
  "rust-toolchain.toml",
  ".cargo/config.toml",
];
const RECIPE = ["build.mjs", "prepare.mjs", "lib", "sbf", "idl"].map((path) =>
  join("toolchain", path),
);
/**
 * Where the tests, the demo and the benchmarks find programs. Of SBPF v0, which every simulator
 * runs, and of v3, which LiteSVM runs as well.
 */
const SIMULATORS = { v0: "target/simulators", v3: "target/simulators/v3" };
/** Where in these folders the programs are that nobody deploys. */
const FOR_TESTS = "tests";
/** Where Anchor and the Solana tools put and expect them, of the version that clusters want. */
const DEPLOY = "target/deploy";
/** The version that clusters want: soon they take no other for a new program (SIMD-0500). */
export const DEPLOYED = "v3";
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
 * All versions are made for the simulators; `deploy` says which goes to target/deploy. Without it
 * that folder keeps what it has, unless it has nothing or what this toolchain put there.
 * @param {{ tree: string, route: { name: string }, deploy?: string, only?: string }} build
 * @param {import("./progress.mjs").Progress} progress
 */
export async function buildAll({ tree, route, deploy, only }, progress) {
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
    (say) => compile({ tree, route, programs, sources, say }),
  );
  const earlier = readJson(record(tree)) ?? { outputs: {} };
  for (const { name, files, forTests } of built) {
    if (forTests) continue;
    const deployed = join(tree, DEPLOY, `${name}.so`);
    const version = deploy ?? versionToKeep(deployed, Object.values(earlier.outputs));
    if (version) put(join(tree, files[version]), deployed);
  }
  for (const { name, files, forTests } of built) {
    const sizes = Object.entries(files).map(([version, file]) => {
      const bytes = statSync(join(tree, file)).size.toLocaleString("en-US");
      return `SBPF ${version} ${bytes} bytes`;
    });
    progress.note(`built ${name}.so  ${sizes.join(", ")}, via ${route.name}`);
    if (forTests) continue;
    const deployed = sbpfVersion(join(tree, DEPLOY, `${name}.so`));
    progress.note(`${DEPLOY}/${name}.so, for \`anchor deploy\`, is SBPF ${deployed}`);
  }
  if (idlToolReady()) progress.skip("Anchor's IDL builder");
  else await progress.step("Anchor's IDL builder", "30 s", makeIdlTool);
  const suite = programs.filter(({ forTests }) => !forTests);
  const idls = await progress.step(
    "IDLs and TypeScript types",
    "1 min, 10 s after a small change",
    (say) => makeIdls(tree, suite, say),
  );

  const files = [...built.flatMap((program) => Object.values(program.files)), ...idls];
  const sums = Object.fromEntries(files.map((file) => [file, sha256(join(tree, file))]));
  // Where not everything was made, the rest still belongs to the sources of the time before.
  const outputs = only ? { ...earlier.outputs, ...sums } : sums;
  writeJson(record(tree), { inputs: only ? earlier.inputs : inputs, outputs });
  return built;
}

/** The version to put at `file`, or none where another tool's work lies there. @param {string[]} ours */
function versionToKeep(file, ours) {
  if (!existsSync(file)) return DEPLOYED;
  return ours.includes(sha256(file)) ? sbpfVersion(file) : undefined;
}

/** Compiles programs and puts them, whole and of every version, where the simulators look. */
export async function compile({ tree, route, programs, sources, say }) {
  const scratch = mkdtempSync(join(tmpdir(), "pinfi-build-"));
  try {
    const made =
      route.name === "cargo build-sbf"
        ? await buildCargoSbf({ tree, programs, versions: VERSIONS, out: scratch, say })
        : await buildOurs({
            tree,
            sources,
            id: treeId(tree),
            packages: programs.map((program) => program.package),
            dump: process.env.PINFI_DUMP,
            say,
          });
    return programs.map(({ name, forTests }, i) => {
      const file = forTests ? `${FOR_TESTS}/${name}.so` : `${name}.so`;
      const files = VERSIONS.map((version) => [version, `${SIMULATORS[version]}/${file}`]);
      for (const [version, file] of files) put(made[i][version], join(tree, file));
      return { name, forTests, files: Object.fromEntries(files) };
    });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function put(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  writeIfNew(to, readFileSync(from));
}
