import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Idl } from "@coral-xyz/anchor";
import { fixedKeypair, type NamedProgram } from "@pinfi/localnet";
import { PublicKey } from "@solana/web3.js";
import { programNames } from "../../app/sdk/scripts/workspace";

/** A program of this repository, by its name in Anchor.toml. */
export type ProgramName = string;

const IDL_DIRECTORY = resolve(__dirname, "../../target/idl");

/** Where LiteSVM finds other program files than those of the build: mutants, of SBPF v0, are put there. */
export const OTHER_DIRECTORY =
  process.env.PINFI_PROGRAMS === undefined ? undefined : resolve(process.env.PINFI_PROGRAMS);

/** The IDL the build left for a program. */
export function readIdl(name: ProgramName): Idl {
  const path = resolve(IDL_DIRECTORY, `${name}.json`);
  if (!existsSync(path)) throw new Error(`IDL not found: ${path}; build it with: npm run build`);
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Programs with the addresses that their IDLs state; default: all of the repository. */
export const repositoryPrograms = (
  names: readonly ProgramName[] = programNames(),
): (NamedProgram & { name: ProgramName })[] =>
  names.map((name) => ({ name, address: new PublicKey(readIdl(name).address) }));

/** Fee payer of every world. */
export const PAYER = fixedKeypair(7);
/** May upgrade, and so initialise, the programs of every world. Not the fee payer. */
export const UPGRADE_AUTHORITY = fixedKeypair(8);
