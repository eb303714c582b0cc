import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { PublicKey } from "@solana/web3.js";
import { LocalnetError } from "./error";

/** Where `npm run build` leaves the program files for simulators: SBPF v0. */
export const PROGRAM_DIRECTORY = resolve(__dirname, "../../../target/simulators");
/** The same programs as SBPF v3, which LiteSVM runs and bankrun does not. */
export const PROGRAM_DIRECTORY_V3 = join(PROGRAM_DIRECTORY, "v3");

/** A program of this repository: `target/simulators/<name>.so`, to be found at `address`. */
export interface NamedProgram {
  name: string;
  address: PublicKey;
}

/** A program with its bytes. */
export interface LoadedProgram extends NamedProgram {
  /** The ELF file. */
  elf: Uint8Array;
}

/**
 * Reads every program's file, before any cluster starts: bankrun never settles when
 * one is missing, and half a cluster helps nobody.
 *
 * @throws LocalnetError `program-file-missing`, naming each file and the command that makes it.
 */
export function readPrograms({
  programs,
  directory = PROGRAM_DIRECTORY,
}: {
  programs: readonly NamedProgram[];
  directory?: string;
}): LoadedProgram[] {
  const files = programs.map((program) => ({
    program,
    path: join(directory, `${program.name}.so`),
  }));
  const missing = files.filter(({ path }) => !existsSync(path)).map(({ path }) => path);
  if (missing.length > 0) {
    throw new LocalnetError(
      "program-file-missing",
      `program file not found: ${missing.join(", ")}; build it with: npm run build`,
    );
  }
  return files.map(({ program, path }) => ({ ...program, elf: readFileSync(path) }));
}
