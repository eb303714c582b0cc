// Edits to other people's source, by exact text. Each must match exactly once: a source that moved
// is refused with the place and the reason, never half patched.
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "./files.mjs";
import { Stop } from "./stop.mjs";

/**
 * Applies edits to files below `base`, always starting from the untouched original (kept beside the
 * file as NAME.before-pinfi), so that it may be done again after an interruption or with other edits.
 * @param {string} base
 * @param {{ file: string, why: string, replace: [string, string][] }[]} edits
 * @param {string} advice what to do when the text is not there
 */
export function applyEdits(base, edits, advice) {
  for (const { file, why, replace } of edits) {
    const path = join(base, file);
    const original = `${path}.before-pinfi`;
    if (!existsSync(path))
      throw new Stop(`${file} is gone, where this had to be changed: ${why}. ${advice}`);
    if (!existsSync(original)) copyFileSync(path, original);
    let text = readFileSync(original, "utf8");
    for (const [from, to] of replace) {
      if (text.split(from).length !== 2) {
        throw new Stop(`${file} has changed, where this had to be changed: ${why}. ${advice}`);
      }
      text = text.replace(from, () => to);
    }
    writeWhole(path, text);
  }
}
