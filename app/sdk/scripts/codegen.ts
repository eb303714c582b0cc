/**
 * Rebuilds what is generated from the IDLs that the build wrote: the SDK's tables, and the clients
 * that Codama makes for `@solana/kit` and for Umi.
 *
 *   npm run codegen                 write the files
 *   npm run codegen -- --check      write nothing; fail when a file would change
 *   npm run codegen -- --target DIR read DIR/idl and DIR/types instead of target/
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Idl } from "../src/idl";
import { renderClients } from "./render-clients";
import { renderFramework } from "./render-framework";
import { renderProgram } from "./render-program";
import { programNames, ROOT } from "./workspace";

/** Folders that hold generated files and nothing else. */
const SDK = "app/sdk/src/generated";
const KIT = "app/client-kit/src/generated";
const UMI = "app/client-umi/src/generated";

function read(path: string): string {
  if (!existsSync(path)) {
    throw new Error(`${relative(ROOT, path)} is missing: run \`npm run build\` first`);
  }
  return readFileSync(path, "utf8");
}

/** All that is generated, by path from the repository's root. */
async function render(target: string): Promise<Map<string, string>> {
  const files = new Map([[`${SDK}/framework.ts`, renderFramework()]]);
  const add = (folder: string, some: Map<string, string>): void => {
    for (const [name, text] of some) files.set(join(folder, name), text);
  };
  for (const program of programNames()) {
    const idl = JSON.parse(read(join(target, "idl", `${program}.json`))) as Idl;
    const types = read(join(target, "types", `${program}.ts`));
    const { kit, umi } = await renderClients(idl);
    add(`${SDK}/${program}`, renderProgram({ idl, types }));
    add(`${KIT}/${program}`, kit);
    add(`${UMI}/${program}`, umi);
  }
  return files;
}

/** Files that stand in the generated folders. */
const present = (): string[] =>
  [SDK, KIT, UMI]
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));

/** Paths in a message: the first few, and how many more. */
const some = (paths: readonly string[]): string =>
  paths.slice(0, 5).join(", ") + (paths.length > 5 ? ` (${paths.length - 5} more)` : "");

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { check: { type: "boolean", default: false }, target: { type: "string" } },
  });
  const target = values.target ? resolve(values.target) : join(ROOT, "target");
  const files = await render(target);
  const old = present();
  const gone = old.filter((path) => !files.has(path));
  const changed = [...files].filter(
    ([path, text]) => !old.includes(path) || readFileSync(join(ROOT, path), "utf8") !== text,
  );
  const stale = [...gone, ...changed.map(([path]) => path)].sort();
  if (stale.length === 0) {
    console.log(`codegen: ${files.size} files are up to date`);
    return;
  }
  if (values.check) {
    throw new Error(`out of date: ${some(stale)}: run \`npm run codegen\` and commit`);
  }
  for (const path of gone) rmSync(join(ROOT, path));
  for (const [path, text] of changed) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
  console.log(`codegen: wrote ${some(stale)}`);
}

main().catch((error: unknown) => {
  console.error(`codegen: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
