import type { ClusterClock, Failure, Step } from "@pinfi/localnet";
import type { AccountInfo, Keypair, PublicKey, TransactionInstruction } from "@solana/web3.js";

export type BackendName = "bankrun" | "litesvm";

/** What a simulator said about one transaction. */
export interface Outcome {
  failure: Failure | null;
  logs: string[];
  /** Compute units of the whole transaction. */
  units: bigint;
}

/** The little a simulator must offer; everything tests see is built on it in `world.ts`. */
export interface Backend {
  readonly name: BackendName;
  /** Whether signatures of transactions and of precompile instructions are checked. */
  readonly verifiesSignatures: boolean;
  readonly payer: Keypair;
  readonly upgradeAuthority: Keypair;
  /** Runs the wire form of a transaction. */
  submit(transaction: Uint8Array): Promise<Outcome>;
  latestBlockhash(): Promise<string>;
  /** Instructions that tell the next transaction from an equal one before it. */
  distinction(): TransactionInstruction[];
  account(address: PublicKey): Promise<AccountInfo<Buffer> | null>;
  setAccount(address: PublicKey, account: AccountInfo<Buffer>): void;
  clock(): Promise<ClusterClock>;
  advance(step: Step): Promise<void>;
  /** Lamports that exempt an account of so many bytes from rent. */
  minimumBalance(bytes: number): Promise<bigint>;
}
