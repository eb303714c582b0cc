import type { SendingConnection } from "@pinfi/sdk";
import type { AccountInfo, PublicKey, Transaction } from "@solana/web3.js";
import type { ClusterConfig } from "./config";

/** The part of Anchor's `AnchorProvider` that migrations use. */
export interface MigrationProvider {
  readonly publicKey: PublicKey;
  readonly connection: SendingConnection & {
    getAccountInfo(address: PublicKey): Promise<AccountInfo<Buffer> | null>;
    getGenesisHash(): Promise<string>;
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
export interface Step {
  /** Number and name; steps run in this order. */
  id: string;
  /** What it does, for `--plan`. */
  summary: string;
  isDone(context: MigrationContext): Promise<boolean>;
  run(context: MigrationContext): Promise<void>;
}

/** Why a step cannot run; the message says what to do. */
export type MigrationErrorCode =
  | "NOT_DEPLOYED"
  | "NOT_UPGRADE_AUTHORITY"
  | "NOT_AUTHORITY"
  | "NO_MINT"
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
