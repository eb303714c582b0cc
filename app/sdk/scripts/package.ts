/**
 * Second half of `npm run build -w app/sdk`: makes `dist` a package of its own, compiled, with the
 * IDLs beside the code. `npm publish app/sdk/dist` publishes it; the workspace itself keeps running
 * from `src`.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { STREAMS_IDL } from "../src";

const SDK = resolve(__dirname, "..");
const DIST = join(SDK, "dist");

const { name, version, description, license, engines, dependencies } = JSON.parse(
  readFileSync(join(SDK, "package.json"), "utf8"),
);
const manifest = {
  name,
  version,
  description,
  license,
  engines,
  main: "index.js",
  types: "index.d.ts",
  exports: {
    ".": { types: "./index.d.ts", default: "./index.js" },
    "./idl/*.json": "./idl/*.json",
  },
  sideEffects: false,
  dependencies,
};

mkdirSync(join(DIST, "idl"), { recursive: true });
writeFileSync(join(DIST, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(join(DIST, "idl", "streams.json"), `${JSON.stringify(STREAMS_IDL, null, 2)}\n`);
copyFileSync(join(SDK, "README.md"), join(DIST, "README.md"));
copyFileSync(resolve(SDK, "../../LICENSE"), join(DIST, "LICENSE"));
console.log(`built ${name} ${version} into app/sdk/dist`);
