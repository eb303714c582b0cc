// The root's own copy of Rust's standard library, with the few edits that SBF needs: no threads, no
// randomness, no writable statics, a stack of small frames, and a panic that belongs to the program.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PROVED } from "./config.mjs";
import { applyEdits } from "./edits.mjs";
import { hashOf, readJson, writeJson } from "./files.mjs";
import { Stop } from "./stop.mjs";

const EDITS = [
  {
    file: "std/src/sys/alloc/mod.rs",
    why: "std has to know the alignment that the programs' bump allocator gives",
    replace: [
      ['    target_arch = "x86",\n', '    target_arch = "bpf",\n    target_arch = "x86",\n'],
    ],
  },
  {
    file: "std/src/sys/pal/zkvm/mod.rs",
    why: "abort is a system call of the runtime",
    replace: [
      [
        "    core::intrinsics::abort();\n",
        `    unsafe extern "C" {
        fn abort() -> !;
    }
    unsafe { abort() }
`,
      ],
    ],
  },
  {
    file: "std/src/alloc.rs",
    why: "out of memory aborts; the hook would need a writable static",
    replace: [
      [
        "pub fn rust_oom(layout: Layout) -> ! {\n",
        `pub fn rust_oom(layout: Layout) -> ! {
    #[cfg(target_arch = "bpf")]
    crate::process::abort();
    #[cfg(not(target_arch = "bpf"))]
`,
      ],
    ],
  },
  {
    file: "std/src/panicking.rs",
    why: "a panic calls the program's custom_panic and aborts; hooks and counts need writable statics",
    replace: [
      [
        "pub fn panic_handler(info: &core::panic::PanicInfo<'_>) -> ! {\n",
        `pub fn panic_handler(info: &core::panic::PanicInfo<'_>) -> ! {
    #[cfg(target_arch = "bpf")]
    unsafe {
        unsafe extern "Rust" {
            fn custom_panic(info: &core::panic::PanicInfo<'_>);
        }
        custom_panic(info);
        process::abort();
    }
`,
      ],
      ["#[used(compiler)]\n", '#[cfg(not(target_arch = "bpf"))]\n#[used(compiler)]\n'],
      [
        "    let must_abort = panic_count::increase(true);\n",
        `    #[cfg(target_arch = "bpf")]
    process::abort();
    let must_abort = panic_count::increase(true);
`,
      ],
    ],
  },
  {
    file: "std/src/hash/random.rs",
    why: "hash maps have fixed keys: there is no randomness, and no writable static to count with",
    replace: [
      [
        "        thread_local!(static KEYS",
        '        #[cfg(target_arch = "bpf")]\n        return RandomState { k0: 0, k1: 0 };\n        #[cfg(not(target_arch = "bpf"))]\n        thread_local!(static KEYS',
      ],
      [
        "        KEYS.with(|keys| {\n",
        '        #[cfg(not(target_arch = "bpf"))]\n        KEYS.with(|keys| {\n',
      ],
    ],
  },
  {
    file: "core/src/slice/sort/stable/mod.rs",
    why: "the stable sort's scratch space on the stack has to fit a frame of 4 KiB with all the rest",
    replace: [
      [
        "                    let mut stack_buf = AlignedStorage::<T, 4096>",
        "                    let mut stack_buf = AlignedStorage::<T, 1024>",
      ],
      [
        "\n    let mut stack_buf = AlignedStorage::<T, 4096>",
        "\n    let mut stack_buf = AlignedStorage::<T, 1024>",
      ],
    ],
  },
];

const MOVED = `This was proved with Debian's rustc ${PROVED.rustc}; compare the file with the edit in toolchain/lib/std.mjs, adapt the edit, and run \`npm run selftest\`. Until then use Solana's own \`cargo build-sbf\``;

const stampOf = (root) => join(root, "sbf/std.json");
const recipe = (root) => hashOf(root, ["pinfi-root.json"], JSON.stringify(EDITS));

export const stdReady = (root) => readJson(stampOf(root))?.recipe === recipe(root);

export function patchStd(root) {
  const sources = join(root, "usr/src");
  const rust =
    existsSync(sources) && readdirSync(sources).find((name) => name.startsWith("rustc-"));
  if (!rust)
    throw new Stop(`Debian's rust-src no longer puts its source into /usr/src/rustc-*. ${MOVED}`);
  applyEdits(join(sources, rust, "library"), EDITS, MOVED);
  writeJson(stampOf(root), { recipe: recipe(root) });
}
