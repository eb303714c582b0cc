// sbpf-linker: links the LLVM bitcode that rustc emits, and turns LLVM's BPF into SBPF. It is built
// in the root, from crates.io, with a few changes (see CHANGES).
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
    why: "a sixth argument travels on the stack, and between two SBPF v0 frames lies a gap of 4 KiB that traps: it must be written beyond the gap, where the callee looks for it; v3 has no gaps",
    replace: [
      [
        "    stack_frame_size: i32,\n) -> Result<(), Vec<CompileError>> {\n",
        "    stack_frame_size: i32,\n    frame_gap: i16,\n) -> Result<(), Vec<CompileError>> {\n",
      ],
      ["off.checked_neg()", "off.checked_neg().and_then(|off| off.checked_add(frame_gap))"],
    ],
  },
  {
    file: "sbpf-linker/src/byteparser.rs",
    why: "read-only data of SBPF v3 begins at address 0, which Rust takes for a null pointer: its first 16 bytes are kept free",
    replace: [
      [
        "rewrite_r11_stack_args(&mut ast, stack_frame_size)\n",
        "rewrite_r11_stack_args(&mut ast, stack_frame_size, if arch.is_v3() { 0 } else { 4096 })\n",
      ],
      [
        "    let mut rodata_size = 0u64;\n",
        "    let mut rodata_size = if arch.is_v3() && !pending_rodata.is_empty() { 16u64 } else { 0 };\n",
      ],
      [
        "    ast.rodata_nodes.extend(rodata_target_nodes);\n",
        `    ast.rodata_nodes.extend(rodata_target_nodes);
    if let Some(first) = pending_rodata.first()
        && first.address_out > 0
    {
        ast.rodata_nodes.push(ASTNode::ROData {
            rodata: ROData {
                name: String::from(".rodata.__null"),
                args: vec![
                    Token::Directive(String::from("byte"), 0..1),
                    Token::VectorLiteral(
                        vec![Number::Int(0); first.address_out as usize],
                        0..1,
                    ),
                ],
                span: 0..1,
            },
            offset: 0,
        });
    }
`,
      ],
    ],
  },
  {
    file: "sbpf-linker/src/bin/sbpf-linker.rs",
    why: "one object of LLVM becomes both versions of SBPF: NAME.v0.so and NAME.v3.so",
    replace: [
      [
        `    let bytecode = link_program(
        &program,
        ProgramOptions::new(sbpf_optimization, arch.0, stack_frame_size),
    )
    .map_err(|errors| {
        anyhow::anyhow!("{}", SbpfLinkerError::format_errors(&errors))
    })?;
`,
        `    for (version, name) in [(SbpfArch::V0, "v0"), (SbpfArch::V3, "v3")] {
        let options =
            ProgramOptions::new(sbpf_optimization.clone(), version, stack_frame_size);
        let bytecode = link_program(&program, options).map_err(|errors| {
            anyhow::anyhow!("SBPF {name}: {}", SbpfLinkerError::format_errors(&errors))
        })?;
        fs::write(output.with_extension(format!("{name}.so")), &bytecode)?;
    }
    let name = if arch.0.is_v3() { "v3" } else { "v0" };
    let bytecode = fs::read(output.with_extension(format!("{name}.so")))?;
`,
      ],
    ],
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
    why: "SBPF v0 has no signed division: it is rewritten as unsigned division before optimising; and functions are told for size or for speed",
    replace: [
      [
        "mod types;\n",
        `mod effort;
mod signed_division;
mod types;
pub(crate) use effort::share_out_effort;
pub(crate) use signed_division::lower_signed_division;
`,
      ],
      // LLVM 23 takes the functions' own attributes for it. A second time because no crate was
      // optimised before: what was inlined the first time leaves much to be dropped.
      ['"default<Os>"', '"default<O3>,default<O3>"'],
    ],
  },
  {
    file: "bpf-linker/src/linker.rs",
    why: "both have to be done",
    replace: [
      [
        "        let target_machine = create_target_machine(options, &module)?;\n",
        `        let target_machine = create_target_machine(options, &module)?;
        llvm::share_out_effort(&module);
        llvm::lower_signed_division(&module);
`,
      ],
    ],
  },
];

/** Files of our own, added to bpf-linker. */
const OURS = ["effort.rs", "signed_division.rs"];

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
  for (const file of OURS)
    copyFileSync(join(TOOLCHAIN, "sbf/linker", file), join(work, "bpf-linker/src/llvm", file));
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
