import type { SendingConnection } from "@pinfi/sdk";
import type { AccountInfo, PublicKey, Transaction } from "@solana/web3.js";
import type { ClusterConfig } from "./config";

/** The part of Anchor's `AnchorProvider` that migrations use. */
export interface MigrationProvider {
  readonly publicKey: PublicKey;
  readonly connection: SendingConnection & {
    getAccountInfo(address: PublicKey): Promise<AccountInfo<Buffer> | null>;
    getGenesisHash(): Promise<string>;
    getMinimumBalanceForRentExemption(bytes: number): Promise<number>;
    getLatestBlockhash(
      commitment: "confirmed",
    ): Promise<{ blockhash: string; lastValidBlockHeight: number }>;
  };
  readonly wallet: { signTransaction(transaction: Transaction): Promise<Transaction> };
}

/** What every step is given. */
export interface MigrationContext {
  provider: MigrationProvider;
  config: ClusterConfig;
}

/**
 * One step towards the configuration. `isDone` looks at the chain, so a step that was interrupted
 * is taken up where it stopped, and one whose configuration changed is to do again.
 */
export interface StepWork {
  name: string;
  /** What it does, for `--plan`. */
  summary: string;
  isDone(context: MigrationContext): Promise<boolean>;
  run(context: MigrationContext): Promise<void>;
  /** Why it cannot be done here although nothing depends on it; undefined: it can, or it must. */
  leftOut?(context: MigrationContext): Promise<string | undefined>;
  /** What it costs, for `--plan`. */
  cost?(context: MigrationContext): Promise<string>;
}

/** A step in its place; `id`: its number and name. */
export interface Step extends StepWork {
  id: string;
}

/** Why a step cannot run; the message says what to do. */
export type MigrationErrorCode =
  | "NOT_DEPLOYED"
  | "NOT_UPGRADE_AUTHORITY"
  | "NOT_AUTHORITY"
  | "NO_MINT"
  | "NO_METADATA_PROGRAM"
  | "IDL_IMMUTABLE"
  | "NOT_SENT"
  | "NO_EFFECT";

/** A step cannot run, or ran without effect. */
export class MigrationError extends Error {
  constructor(
    readonly code: MigrationErrorCode,
    message: string,
  ) {
    super(message);
    this.name = "MigrationError";
  }
}
