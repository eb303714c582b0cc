import { lstat, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UsageError } from "./errors";

/** The files of a run, by name. */
const NAMES = ["summary.json", "report.html"] as const;
type Name = (typeof NAMES)[number];

/** A folder that has been tried before the run, so that no run is in vain. */
export interface Output {
  /** Writes each file whole or not at all; a file of an earlier run stands until then. */
  write(files: Record<Name, string>): Promise<{ paths: string[]; reason?: string }>;
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Whether something stands there, be it a link to nothing. */
async function stands(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** `mkdir` of Node with `recursive` tries for ever below a folder that takes none, such as /proc. */
async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let at = folder; !(await stands(at)); at = dirname(at)) missing.unshift(at);
  for (const each of missing) {
    await mkdir(each).catch((error) => {
      // Made by somebody else meanwhile.
      if (codeOf(error) !== "EEXIST") throw error;
    });
  }
  if (!(await stat(folder)).isDirectory()) throw new Error("it is no folder");
}

/** Beside the file, so that it can take the file's place in one step. */
const partOf = (folder: string, name: Name): string => join(folder, `${name}.part`);

async function writeWhole(folder: string, name: Name, text: string): Promise<void> {
  const part = partOf(folder, name);
  try {
    await writeFile(part, text);
    await rename(part, join(folder, name));
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
}

const reasonOf = (error: unknown): string =>
  codeOf(error) === "ENOSPC" ? "the disk is full" : (codeOf(error) ?? (error as Error).message);

/**
 * Makes the folder where it is missing, and tries to write to it.
 *
 * @throws UsageError when files cannot be written there
 */
export async function openOutput(folder: string): Promise<Output> {
  try {
    await makeFolder(folder);
    for (const name of NAMES) {
      const path = join(folder, name);
      if ((await stands(path)) && (await lstat(path)).isDirectory()) {
        throw new Error(`${name} in it is a folder`);
      }
    }
    const probe = partOf(folder, NAMES[0]);
    await writeFile(probe, "\n");
    await rm(probe);
  } catch (error) {
    const message = `${folder} cannot hold the results (${reasonOf(error)}): give another folder with --out`;
    throw new UsageError({ code: "BadOutput", message });
  }
  return {
    async write(files) {
      const paths: string[] = [];
      try {
        for (const name of NAMES) {
          await writeWhole(folder, name, files[name]);
          paths.push(join(folder, name));
        }
      } catch (error) {
        return { paths, reason: `the files in ${folder} are not written (${reasonOf(error)})` };
      }
      return { paths };
    },
  };
}
