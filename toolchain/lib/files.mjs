// Hashing, copying and writing of trees, all in a way that an interruption cannot spoil.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

const NOT_SOURCE = new Set(["target", "node_modules", ".git"]);

/** Every source file at or below `path`, as paths relative to `base`, in a fixed order. */
export function filesOf(base, path) {
  const full = join(base, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full)
    .filter((name) => !NOT_SOURCE.has(name))
    .sort()
    .flatMap((name) => filesOf(base, join(path, name)));
}

/** One hash over the names and contents of the given files and folders, and over `extra`. */
export function hashOf(base, paths, extra = "") {
  const hash = createHash("sha256").update(extra);
  for (const path of paths) {
    for (const file of filesOf(base, path)) {
      const content = readFileSync(join(base, file));
      hash.update(`${file}\0${content.length}\0`).update(content);
    }
  }
  return hash.digest("hex");
}

export const sha256 = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");

/** Writes beside the target and renames: a reader sees the old file or the new one. */
export function writeWhole(file, content, mode = 0o644) {
  mkdirSync(dirname(file), { recursive: true });
  const part = `${file}.${process.pid}.part`;
  writeFileSync(part, content, { mode });
  renameSync(part, file);
}

/** As writeWhole, but leaves a file alone that already says this: tools that look at times rest. */
export function writeIfNew(file, content) {
  if (existsSync(file) && readFileSync(file).equals(Buffer.from(content))) return false;
  writeWhole(file, content);
  return true;
}

/** Makes `to` hold exactly the files of `from`, touching only those that differ. */
export function mirror(from, to, paths) {
  const wanted = new Set(paths.flatMap((path) => filesOf(from, path)));
  for (const file of wanted) writeIfNew(join(to, file), readFileSync(join(from, file)));
  for (const file of filesOf(to, ".")) if (!wanted.has(file)) rmSync(join(to, file));
  removeEmpty(to);
}

/** Removes folders in which nothing is left: to cargo, one in `programs` is a member of the workspace. */
function removeEmpty(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || NOT_SOURCE.has(entry.name)) continue;
    const inside = join(folder, entry.name);
    removeEmpty(inside);
    if (readdirSync(inside).length === 0) rmdirSync(inside);
  }
}

export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined; // absent, or cut off by an interruption: as good as absent
  }
}

export const writeJson = (file, value) => writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);
