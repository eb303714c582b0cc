// Makes a member of the workspace a package of its own, in app/NAME/dist: ESM and CJS, each with its
// types, one file for each entry of its "exports". `npm publish app/NAME/dist` publishes it; the
// workspace itself keeps running from the sources.
//
//   node toolchain/package.mjs NAME...     build, then let publint and arethetypeswrong look at it
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";
import { build } from "tsup";

const ROOT = resolve(import.meta.dirname, "..");
const KEPT = [
  "name",
  "version",
  "description",
  "license",
  "engines",
  "dependencies",
  "peerDependencies",
];

/** Sources by the entry they serve: `{ index: "src/index.ts", streams: "src/streams/index.ts" }`. */
function entriesOf(folder, exports) {
  return Object.fromEntries(
    Object.entries(exports).flatMap(([path, source]) => {
      if (!path.includes("*")) return [[path === "." ? "index" : path.slice(2), source]];
      const names = readdirSync(join(folder, source.split("*")[0]));
      return names.map((name) => [path.slice(2).replace("*", name), source.replace("*", name)]);
    }),
  );
}

const conditions = (entry) => ({
  import: { types: `./${entry}.d.mts`, default: `./${entry}.mjs` },
  require: { types: `./${entry}.d.ts`, default: `./${entry}.js` },
});

function inspect(dist, argv) {
  const { status } = spawnSync("npx", ["--no", "--", ...argv], { cwd: dist, stdio: "inherit" });
  if (status !== 0) throw new Error(`${argv[0]} does not accept ${dist}`);
}

async function pack(name) {
  const folder = join(ROOT, "app", name);
  const dist = join(folder, "dist");
  const source = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const entry = entriesOf(folder, source.exports);
  await build({
    entry: Object.fromEntries(
      Object.entries(entry).map(([key, path]) => [key, join(folder, path)]),
    ),
    outDir: dist,
    format: ["esm", "cjs"],
    dts: true,
    sourcemap: true,
    clean: true,
    treeshake: true,
    target: "node20",
    tsconfig: join(ROOT, "tsconfig.json"),
    silent: true,
    config: false,
  });
  const names = Object.keys(entry);
  const manifest = {
    ...Object.fromEntries(KEPT.filter((key) => source[key]).map((key) => [key, source[key]])),
    ...(names.includes("index")
      ? { main: "index.js", module: "index.mjs", types: "index.d.ts" }
      : {}),
    exports: {
      ...Object.fromEntries(
        names.map((key) => [key === "index" ? "." : `./${key}`, conditions(key)]),
      ),
      ...(name === "sdk" ? { "./idl/*.json": "./idl/*.json" } : {}),
    },
    type: "commonjs",
    sideEffects: false,
  };
  writeFileSync(join(dist, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  if (name === "sdk") {
    mkdirSync(join(dist, "idl"), { recursive: true });
    const generated = join(folder, "src/generated");
    for (const program of readdirSync(generated)) {
      const idl = join(generated, program, "idl.json");
      if (existsSync(idl)) copyFileSync(idl, join(dist, "idl", `${program}.json`));
    }
  }
  for (const file of [join(folder, "README.md"), join(ROOT, "LICENSE")]) {
    if (existsSync(file)) copyFileSync(file, join(dist, basename(file)));
  }
  inspect(dist, ["publint", "--strict", "."]);
  inspect(dist, ["attw", "--pack", ".", "--profile", "node16"]);
  console.log(`built ${source.name} ${source.version} into app/${name}/dist`);
}

for (const name of process.argv.slice(2)) await pack(name);
