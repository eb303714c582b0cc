// Makes a member of the workspace a package of its own, in app/NAME/dist: ESM and CJS, each with its
// types, one file for each entry of its "exports". `npm publish app/NAME/dist` publishes it; the
// workspace itself keeps running from the sources. A package with commands names its programs in
// "publishConfig": each becomes a file of its own, NAME.cjs, which "bin" or a worker thread starts;
// "files" there are copied as they are.
//
//   node toolchain/package.mjs NAME...     build, then let publint and arethetypeswrong look at it
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
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

/** Every file that "exports" names, by the path it is exported as: `{ index: "src/index.ts" }`. */
function filesOf(folder, exports) {
  return Object.entries(exports).flatMap(([path, source]) => {
    if (!path.includes("*")) return [[path === "." ? "index" : path.slice(2), source]];
    const names = readdirSync(join(folder, source.split("*")[0]));
    return names
      .map((name) => [path.slice(2).replace("*", name), source.replace("*", name)])
      .filter(([, file]) => existsSync(join(folder, file)));
  });
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
  const files = filesOf(folder, source.exports);
  const copied = files.filter(([, file]) => file.endsWith(".json"));
  const entry = Object.fromEntries(files.filter(([, file]) => !file.endsWith(".json")));
  const { bin, programs = {}, files: texts = [] } = source.publishConfig ?? {};
  rmSync(dist, { recursive: true, force: true });
  const common = {
    outDir: dist,
    external: Object.keys({ ...source.dependencies, ...source.peerDependencies }),
    sourcemap: true,
    treeshake: true,
    target: "node20",
    tsconfig: join(ROOT, "tsconfig.json"),
    silent: true,
    config: false,
  };
  const inFolder = (paths) =>
    Object.fromEntries(Object.entries(paths).map(([key, path]) => [key, join(folder, path)]));
  await build({
    ...common,
    entry: inFolder(entry),
    format: ["esm", "cjs"],
    // Entries share their classes: an error of one is an instance of the other's.
    splitting: true,
    // What finds files beside its own does so in ESM, too.
    shims: Object.keys(programs).length > 0,
    dts: true,
  });
  if (Object.keys(programs).length > 0) {
    await build({
      ...common,
      entry: inFolder(programs),
      format: ["cjs"],
      outExtension: () => ({ js: ".cjs" }),
    });
  }
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
      ...Object.fromEntries(copied.map(([path]) => [`./${path}`, `./${path}`])),
    },
    ...(bin && { bin }),
    type: "commonjs",
    sideEffects: false,
  };
  writeFileSync(join(dist, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const [path, file] of copied) {
    mkdirSync(dirname(join(dist, path)), { recursive: true });
    copyFileSync(join(folder, file), join(dist, path));
  }
  const own = ["README.md", ...texts].map((name) => join(folder, name));
  for (const file of [...own, join(ROOT, "LICENSE")]) {
    if (existsSync(file)) copyFileSync(file, join(dist, basename(file)));
  }
  inspect(dist, ["publint", "--strict", "."]);
  inspect(dist, ["attw", "--pack", ".", "--profile", "node16"]);
  console.log(`built ${source.name} ${source.version} into app/${name}/dist`);
}

for (const name of process.argv.slice(2)) await pack(name);
