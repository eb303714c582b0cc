import { ED25519_PROGRAM_ID, STREAMS_PROGRAM_ID } from "@pinfi/sdk";
import type { TransactionInstruction } from "@solana/web3.js";
import { KeeperError } from "../errors";

/** What the keeper's key may ever pay for. The budget program comes in when compiling. */
const PROGRAMS = [STREAMS_PROGRAM_ID, ED25519_PROGRAM_ID];

/**
 * The key signs for nothing but fees: an instruction of another program, or one that asks for
 * any signature, is refused before it is signed, whoever built it.
 * Throws KeeperError `ForeignInstruction`.
 */
export function assertHarmless(instructions: readonly TransactionInstruction[]): void {
  for (const { programId, keys } of instructions) {
    const known = PROGRAMS.some((program) => program.equals(programId));
    if (known && keys.every(({ isSigner }) => !isSigner)) continue;
    throw new KeeperError({
      failure: "internal",
      code: "ForeignInstruction",
      message: `an instruction of ${programId.toBase58()} is not the keeper's to sign`,
    });
  }
}
