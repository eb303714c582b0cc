// Compiles crates to SBF bytecode inside the root: the flags, and the two kinds of build.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { TOOLCHAIN } from "./config.mjs";
import { hashOf, mirror, readJson, writeIfNew, writeJson } from "./files.mjs";
import { Stop } from "./stop.mjs";

const TARGET = "sbpf-solana";
const STACK = 4096; // bytes in a frame of SBPF
/** The versions of SBPF that every build makes: from one object of LLVM's, instruction for instruction. */
export const VERSIONS = ["v0", "v3"];

// LLVM makes calls to these while it generates code, after the linker has dropped what nothing uses.
const LIBRARY_CALLS = [
  ...["__multi3", "__udivti3", "__umodti3", "__divti3", "__modti3"],
  ...["__adddf3", "__subdf3", "__muldf3", "__divdf3", "__negdf2"],
  ...["__floatundidf", "__floatdidf", "__fixdfdi", "__fixunsdfdi"],
  ...["__gedf2", "__gtdf2", "__nedf2", "__eqdf2", "__ltdf2", "__ledf2", "__unorddf2"],
  ...["fmaximum_num", "fminimum_num"], // f64::max and min
];

const BUILTINS = ["libsolana_compiler_builtins.rlib", "libpinfi_builtins.rlib", "returns.ll"];

/** What decides about the generated code besides the sources: a change means a new build of all. */
const recipe = (root) =>
  hashOf(root, ["pinfi-root.json", "sbf/std.json", "sbf/linker.json"]) +
  hashOf(
    TOOLCHAIN,
    ["sbf/builtins", `sbf/${TARGET}.json`, "sbf/returns.ll"],
    JSON.stringify(compilerFlags()),
  );

const stampOf = (root) => join(root, "sbf/builtins.json");
export const builtinsReady = (root) => readJson(stampOf(root))?.recipe === recipe(root);
/** Names the compiler as a whole, for stamps of what it made. */
export const compilerId = (root) => recipe(root).slice(0, 16);

function compilerFlags() {
  const llvm = [
    `-bpf-stack-size=${STACK}`,
    "--bpf-max-stores-per-memfunc=5", // longer copies are calls of the runtime's memcpy
    "--disable-gotox", // three kinds of instruction that SBPF has not
    "--disable-ldsx",
    "--disable-movsx",
    "--inline-threshold=20", // above what a call itself takes; hot code names what it inlines
    "--enable-merge-functions",
  ];
  return [
    "-Zunstable-options",
    "-Cpanic=immediate-abort", // no text: of a failed program the runtime says that it panicked
    "-Cno-prepopulate-passes", // the linker optimises the program as a whole
    "-Crelocation-model=static",
    "-Ctarget-cpu=v2", // of BPF's instruction sets, the one that all of SBPF has
    "-Ctarget-feature=+allows-misaligned-mem-access",
    "-Cpasses=lower-atomic", // there is one thread: atomics become plain loads and stores
    ...llvm.map((arg) => `-Clink-arg=--llvm-args=${arg}`),
    "-Clink-arg=--arch=v0",
    "-Clink-arg=--deploy=false",
    `-Clink-arg=--export=${LIBRARY_CALLS.join(",")}`,
    '--cfg=target_os="solana"',
    '--cfg=target_feature="static-syscalls"',
    "-Aexplicit_builtin_cfgs_in_flags",
  ];
}

/** Runs cargo for the SBF target. @param {import("./jail.mjs").Jail} jail */
function cargo(jail, args, { flags, std, ...options }) {
  const unchecked = ["core", "alloc", "std"].map(
    (name) => `profile.release.package.${name}.overflow-checks=false`,
  );
  const config = std.includes("std") ? unchecked.flatMap((setting) => ["--config", setting]) : [];
  const target = [
    "--target",
    `/sbf/${TARGET}.json`,
    "-Zjson-target-spec",
    "-Zpanic-immediate-abort",
    `-Zbuild-std=${std}`,
    `-Zbuild-std-features=${std === "core" ? "" : "optimize_for_size"}`,
  ];
  return jail.run(["cargo", ...args, "--release", "--locked", ...config, ...target], {
    ...options,
    env: {
      RUSTC_BOOTSTRAP: "1", // building std, and a target of one's own, count as unstable
      RUSTC_BOOTSTRAP_SYNTHETIC_TARGET: "1",
      CARGO_INCREMENTAL: "0",
      CARGO_PROFILE_RELEASE_LTO: "off", // the linker optimises the program as a whole
      CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "1",
      CARGO_PROFILE_RELEASE_DEBUG: "0",
      CARGO_PROFILE_RELEASE_PANIC: "immediate-abort",
      // Small, except for packages that Cargo.toml or the linker (sbf/linker/effort.rs) wants fast.
      ...(std === "core" ? {} : { CARGO_PROFILE_RELEASE_OPT_LEVEL: "s" }),
      CARGO_ENCODED_RUSTFLAGS: flags.join("\x1f"),
    },
  });
}

/**
 * Compiles what the code generator expects to find in every program, once, to bitcode: 128-bit
 * arithmetic, and the memory and floating point functions that Solana's runtime is tuned for.
 */
export async function makeBuiltins(jail, say) {
  writeIfNew(jail.at(`sbf/${TARGET}.json`), readFileSync(join(TOOLCHAIN, `sbf/${TARGET}.json`)));
  const work = jail.at("sbf/builtins");
  rmSync(work, { recursive: true, force: true });
  cpSync(join(TOOLCHAIN, "sbf/builtins"), work, { recursive: true });
  await cargo(
    jail,
    [
      "build",
      "--manifest-path",
      "/sbf/builtins/Cargo.toml",
      "--target-dir",
      "/sbf/builtins/target",
    ],
    {
      flags: compilerFlags(),
      std: "core",
      log: "builtins",
      say,
      what: "compiling the builtins",
    },
  );
  const made = join(work, "target", TARGET, "release");
  const deps = readdirSync(join(made, "deps")).filter((name) => name.endsWith(".rlib"));
  for (const name of BUILTINS.filter((file) => file.endsWith(".rlib"))) {
    const found = deps.find((dep) => dep.startsWith(`${name.replace(".rlib", "")}-`));
    if (!found)
      throw new Stop(`the builtins build made no ${name}; see the log builtins.log in the cache`);
    cpSync(join(made, "deps", found), jail.at("sbf", name));
  }
  cpSync(join(TOOLCHAIN, "sbf/returns.ll"), jail.at("sbf/returns.ll"));
  rmSync(join(work, "target"), { recursive: true, force: true });
  writeJson(stampOf(jail.root), { recipe: recipe(jail.root) });
}

/**
 * Builds packages of a workspace and returns, for each, the path of its .so of each version.
 * @param {import("./jail.mjs").Jail} jail
 * @param {{ tree: string, sources: string[], id: string, packages: string[], say: (line: string) => void,
 *   dump?: string }} build `sources`: the files and folders of `tree` that the build reads; `id`
 *   names its place in the root, where cargo's state is kept for the next time.
 * @returns {Promise<Record<string, string>[]>}
 */
export async function buildSbf(jail, { tree, sources, id, packages, say, dump }) {
  const home = `/build/${id}`;
  mirror(tree, jail.at(home, "src"), sources);
  if (dump) mkdirSync(jail.at("sbf/dump"), { recursive: true });
  const flags = [
    ...BUILTINS.map((file) => `-Zpre-link-arg=/sbf/${file}`),
    ...compilerFlags(),
    `--cfg=pinfi_compiler="${compilerId(jail.root)}"`, // cargo does not watch std or the linker
    ...(dump ? ["-Clink-arg=--dump-module=/sbf/dump"] : []),
  ];
  await cargo(
    jail,
    [
      "build",
      "--lib",
      "--manifest-path",
      `${home}/src/Cargo.toml`,
      "--target-dir",
      `${home}/target`,
      ...packages.flatMap((name) => ["-p", name]),
    ],
    { flags, std: "std,panic_abort", log: "programs", say, what: "compiling the programs" },
  );
  if (dump) cpSync(jail.at("sbf/dump"), dump, { recursive: true });
  const made = jail.at(home, "target", TARGET, "release/deps");
  return packages.map((name) => {
    const file = (version) => join(made, `lib${name.replaceAll("-", "_")}.${version}.so`);
    const missing = VERSIONS.find((version) => !existsSync(file(version)));
    if (missing)
      throw new Stop(
        `cargo made no ${file(missing)}: is "cdylib" among the crate-types of ${name}?`,
      );
    return Object.fromEntries(VERSIONS.map((version) => [version, file(version)]));
  });
}
