// sbpf-linker: links the LLVM bitcode that rustc emits, and turns LLVM's BPF into SBPF. It is built
// in the root, from crates.io, with two changes (see CHANGES).
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { PROVED, TOOLCHAIN } from "./config.mjs";
import { applyEdits } from "./edits.mjs";
import { hashOf, readJson, writeJson, writeWhole } from "./files.mjs";
import { Stop } from "./stop.mjs";

const SOURCES = { "sbpf-linker": PROVED.sbpfLinker, "bpf-linker": PROVED.bpfLinker };

const CHANGES = [
  {
    file: "sbpf-linker/src/fuse_args_stack.rs",
    why: "a sixth argument travels on the stack, and between two SBPF v0 frames lies a gap of 4 KiB that traps: it must be written beyond the gap, where the callee looks for it",
    replace: [["off.checked_neg()", "off.checked_neg().and_then(|off| off.checked_add(4096))"]],
  },
  {
    file: "sbpf-linker/Cargo.toml",
    why: "sbpf-linker must use the changed bpf-linker",
    replace: [
      ["[dependencies.bpf-linker]\n", '[dependencies.bpf-linker]\npath = "../bpf-linker"\n'],
    ],
  },
  {
    file: "bpf-linker/src/llvm/mod.rs",
    why: "SBPF v0 has no signed division: it is rewritten as unsigned division before optimising",
    replace: [
      [
        "mod types;\n",
        "mod signed_division;\nmod types;\npub(crate) use signed_division::lower_signed_division;\n",
      ],
    ],
  },
  {
    file: "bpf-linker/src/linker.rs",
    why: "the rewriting of signed division has to be called",
    replace: [
      [
        "        let target_machine = create_target_machine(options, &module)?;\n",
        "        let target_machine = create_target_machine(options, &module)?;\n        llvm::lower_signed_division(&module);\n",
      ],
    ],
  },
];

const MOVED = `The crates' versions are pinned in toolchain/lib/config.mjs, so this means a damaged download: delete the cache and run this again`;

const recipe = () =>
  hashOf(TOOLCHAIN, ["sbf/linker"], JSON.stringify([SOURCES, CHANGES, PROVED.llvm]));
const stampOf = (root) => join(root, "sbf/linker.json");

export const linkerReady = (root) =>
  existsSync(join(root, "sbf/bin/sbpf-linker")) && readJson(stampOf(root))?.recipe === recipe();

/** @param {import("./jail.mjs").Jail} jail */
export async function makeLinker(jail, say) {
  const options = { log: "linker", say };
  const fetch = jail.at("sbf/fetch");
  rmSync(fetch, { recursive: true, force: true });
  mkdirSync(join(fetch, "src"), { recursive: true });
  copyFileSync(join(TOOLCHAIN, "sbf/linker/Cargo.toml"), join(fetch, "Cargo.toml"));
  copyFileSync(join(TOOLCHAIN, "sbf/linker/Cargo.lock"), join(fetch, "Cargo.lock"));
  writeWhole(join(fetch, "src/lib.rs"), "");
  await jail.run(["cargo", "fetch", "--locked", "--manifest-path", "/sbf/fetch/Cargo.toml"], {
    ...options,
    what: "downloading sbpf-linker",
  });

  const work = jail.at("sbf/linker");
  rmSync(work, { recursive: true, force: true });
  for (const [crate, version] of Object.entries(SOURCES))
    cpSync(crateSource(jail, crate, version), join(work, crate), { recursive: true });
  applyEdits(work, CHANGES, MOVED);
  copyFileSync(
    join(TOOLCHAIN, "sbf/linker/signed_division.rs"),
    join(work, "bpf-linker/src/llvm/signed_division.rs"),
  );
  const lock = join(work, "sbpf-linker/Cargo.lock");
  const local = /(name = "bpf-linker"\nversion = "[^"]+"\n)source = .*\nchecksum = .*\n/;
  writeWhole(lock, readFileSync(lock, "utf8").replace(local, "$1"));

  const llvm = `/usr/lib/llvm-${PROVED.llvm}`;
  const argv = [
    "cargo",
    "install",
    "--path",
    "/sbf/linker/sbpf-linker",
    "--root",
    "/sbf",
    "--locked",
    "--force",
  ];
  await jail.run(
    [...argv, "--no-default-features", "--features", `bpf-linker/llvm-${PROVED.llvm}`],
    {
      ...options,
      what: "building sbpf-linker",
      env: {
        LLVM_SYS_231_PREFIX: llvm,
        LLVM_PREFIX: llvm,
        CARGO_TARGET_DIR: "/sbf/linker-target", // beside the sources: an interrupted build goes on
        CARGO_PROFILE_RELEASE_DEBUG: "0",
      },
    },
  );
  rmSync(jail.at("sbf/linker-target"), { recursive: true, force: true });
  rmSync(fetch, { recursive: true, force: true });
  writeJson(stampOf(jail.root), { recipe: recipe() });
}

function crateSource(jail, crate, version) {
  const registries = jail.at("cargo/registry/src");
  const found = readdirSync(registries)
    .map((name) => join(registries, name, `${crate}-${version}`))
    .find(existsSync);
  if (!found) throw new Stop(`cargo did not unpack ${crate} ${version}. ${MOVED}`);
  return found;
}
