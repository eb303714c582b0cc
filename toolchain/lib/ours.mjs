// The route without cargo build-sbf: PinFi's own SBF toolchain, made from Debian packages and crates.
import { PROVED } from "./config.mjs";
import { openJail } from "./jail.mjs";
import { linkerReady, makeLinker } from "./linker.mjs";
import { connect } from "./registry.mjs";
import { makeRoot, ROOT, rootStamp } from "./root.mjs";
import { buildSbf, builtinsReady, makeBuiltins } from "./sbf.mjs";
import { patchStd, stdReady } from "./std.mjs";

export const STAGES = 3;

export const oursReady = () =>
  rootStamp() !== undefined && stdReady(ROOT) && linkerReady(ROOT) && builtinsReady(ROOT);

/** Makes whatever part of the toolchain is missing or was made by an older recipe. */
export async function ensureOurs(progress) {
  const stage = (ready, title, about, work) =>
    ready ? progress.skip(title) : progress.step(title, about, work);

  const note = (text) => progress.note(text);
  await stage(
    rootStamp() !== undefined,
    "Rust and LLVM from Debian packages",
    "40 s, 390 MB to download",
    (say) => makeRoot(say, note),
  );
  let jail;
  const enter = () => {
    connect(ROOT);
    jail ??= openJail(ROOT);
    return jail;
  };
  await stage(linkerReady(ROOT), `the linker, sbpf-linker ${PROVED.sbpfLinker}`, "2 min", (say) =>
    makeLinker(enter(), say),
  );
  const compiler = stdReady(ROOT) && builtinsReady(ROOT);
  await stage(
    compiler,
    "the standard library's edits and the compiler's builtins",
    "20 s",
    async (say) => {
      patchStd(ROOT);
      await makeBuiltins(enter(), say);
    },
  );
}

/** @returns {Promise<Record<string, string>[]>} the .so of each version, in the order of `packages` */
export function buildOurs(build) {
  connect(ROOT);
  return buildSbf(openJail(ROOT), build);
}
