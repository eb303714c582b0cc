import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "smol-toml";

/** The repository. */
export const ROOT = resolve(__dirname, "../../..");

/** The suite's programs, as Anchor.toml lists them: the one place where they are named. */
export function programNames(): string[] {
  const manifest = parse(readFileSync(join(ROOT, "Anchor.toml"), "utf8"));
  const { localnet } = manifest.programs as { localnet: Record<string, string> };
  return Object.keys(localnet).sort();
}
