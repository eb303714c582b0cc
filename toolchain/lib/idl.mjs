// IDLs and TypeScript types, by Anchor's own IDL build on this machine's ordinary Rust.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CACHE, TOOLCHAIN, treeId } from "./config.mjs";
import { hashOf, readJson, writeIfNew, writeJson } from "./files.mjs";
import { run } from "./run.mjs";
import { typesOf } from "./types.mjs";

const HOME = join(CACHE, "idl");
const TOOL = join(HOME, "tool");
const STAMP = join(HOME, "tool.json");

const recipe = () => hashOf(TOOLCHAIN, ["idl"]);

export const idlToolReady = () => readJson(STAMP)?.recipe === recipe();

export async function makeIdlTool(say) {
  const argv = ["cargo", "build", "--locked", "--target-dir", TOOL];
  await run(argv, {
    cwd: join(TOOLCHAIN, "idl"),
    log: "idl",
    say,
    what: "building Anchor's IDL builder",
  });
  writeJson(STAMP, { recipe: recipe() });
}

/**
 * Writes target/idl/NAME.json and target/types/NAME.ts for each program.
 * @returns {Promise<string[]>} the files, relative to `tree`
 */
export async function makeIdls(tree, programs, say) {
  const out = mkdtempSync(join(tmpdir(), "pinfi-idl-"));
  try {
    const dirs = programs.map(({ dir }) => join(tree, dir));
    await run([join(TOOL, "debug/pinfi-idl"), out, ...dirs], {
      cwd: tree,
      env: {
        ...process.env,
        CARGO_TARGET_DIR: join(HOME, treeId(tree)),
        CARGO_PROFILE_DEV_DEBUG: "0",
        CARGO_PROFILE_TEST_DEBUG: "0",
        CARGO_INCREMENTAL: "0",
      },
      log: "idl",
      say,
      what: "Anchor's IDL build",
    });
    return programs.flatMap(({ name }) => {
      const text = readFileSync(join(out, `${name}.json`), "utf8");
      const files = [`target/idl/${name}.json`, `target/types/${name}.ts`];
      writeIfNew(join(tree, files[0]), text);
      writeIfNew(join(tree, files[1]), typesOf(JSON.parse(text)));
      return files;
    });
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
