import type { Program } from "@pinfi/sdk";
import * as streams from "@pinfi/sdk/streams";
import type { AccountInfo, PublicKey, TransactionInstruction } from "@solana/web3.js";

/** A program with one authority, which its upgrade authority appoints and which hands itself on. */
export interface GovernedProgram {
  /** Its IDL is published, its errors are explained. */
  program: Program;
  configAddress(): PublicKey;
  decodeConfig(account: AccountInfo<Buffer>): { authority: PublicKey; nominated: PublicKey | null };
  initialize(keys: {
    payer: PublicKey;
    upgradeAuthority: PublicKey;
    authority: PublicKey;
  }): TransactionInstruction;
  nominateAuthority(keys: { authority: PublicKey; nominee: PublicKey }): TransactionInstruction;
}

/** Every program of `Anchor.toml`. */
export const PROGRAMS: readonly GovernedProgram[] = [{ ...streams, program: streams.STREAMS }];
