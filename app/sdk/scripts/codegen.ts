/**
 * Rebuilds `app/sdk/src/generated` from the IDLs that the build wrote.
 *
 *   npm run codegen                 write the files
 *   npm run codegen -- --check      write nothing; fail when a file would change
 *   npm run codegen -- --target DIR read DIR/idl and DIR/types instead of target/
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { renderFramework } from "./render-framework";
import { renderProgram } from "./render-program";

const ROOT = resolve(__dirname, "../../..");
const OUTPUT = resolve(__dirname, "../src/generated");
const PROGRAMS = ["streams"] as const;

function read(path: string): string {
  if (!existsSync(path)) {
    throw new Error(`${relative(ROOT, path)} is missing: run \`npm run build\` first`);
  }
  return readFileSync(path, "utf8");
}

function main(): void {
  const { values } = parseArgs({
    options: { check: { type: "boolean", default: false }, target: { type: "string" } },
  });
  const target = values.target ? resolve(values.target) : join(ROOT, "target");
  const files = new Map<string, string>([["framework.ts", renderFramework()]]);
  for (const program of PROGRAMS) {
    files.set(
      `${program}.ts`,
      renderProgram({
        idl: JSON.parse(read(join(target, "idl", `${program}.json`))),
        types: read(join(target, "types", `${program}.ts`)),
      }),
    );
  }

  const stale: string[] = [];
  mkdirSync(OUTPUT, { recursive: true });
  for (const [name, text] of files) {
    const path = join(OUTPUT, name);
    const same = existsSync(path) && readFileSync(path, "utf8") === text;
    if (same) continue;
    stale.push(relative(ROOT, path));
    if (!values.check) writeFileSync(path, text);
  }
  if (stale.length === 0) {
    console.log(`codegen: ${files.size} files are up to date`);
  } else if (values.check) {
    throw new Error(`out of date: ${stale.join(", ")}: run \`npm run codegen\` and commit`);
  } else {
    console.log(`codegen: wrote ${stale.join(", ")}`);
  }
}

try {
  main();
} catch (error) {
  console.error(`codegen: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
