import type { Program } from "@pinfi/sdk";
import * as registry from "@pinfi/sdk/registry";
import * as streams from "@pinfi/sdk/streams";
import type { AccountInfo, PublicKey, TransactionInstruction } from "@solana/web3.js";

/** What a program with one authority brings, which its upgrade authority appoints and which hands itself on. */
export interface Authority {
  configAddress(): PublicKey;
  decodeConfig(account: AccountInfo<Buffer>): { authority: PublicKey; nominated: PublicKey | null };
  initialize(keys: {
    payer: PublicKey;
    upgradeAuthority: PublicKey;
    authority: PublicKey;
  }): TransactionInstruction;
  nominateAuthority(keys: { authority: PublicKey; nominee: PublicKey }): TransactionInstruction;
}

/** A program and what there is to migrate of it. */
export interface MigratedProgram {
  /** Its IDL is published, its errors are explained. */
  program: Program;
  /** Missing where it has none: then it is not set up, nor handed over. */
  authority?: Authority;
}

/** Every program of `Anchor.toml`. */
export const PROGRAMS: readonly MigratedProgram[] = [
  { program: registry.REGISTRY, authority: registry },
  { program: streams.STREAMS, authority: streams },
];
