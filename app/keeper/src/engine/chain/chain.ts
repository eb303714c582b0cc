import type { PublicKey } from "@solana/web3.js";
import type { RpcError } from "../errors";

/** The cluster's clock, read once per tick so that every item is judged alike. */
export interface Now {
  slot: bigint;
  /** The cluster's, never the host's. */
  unixSeconds: bigint;
}

export interface AccountRecord {
  address: PublicKey;
  owner: PublicKey;
  lamports: bigint;
  data: Buffer;
}

/** An account; `null`: there is none; an error: it could not be read now, though others could. */
export type AccountRead = AccountRecord | null | RpcError;

/** What one node says at the finalized level. */
export interface Reading {
  /** In the order asked for. */
  accounts: readonly AccountRead[];
  unixSeconds: bigint;
}

/** What nodes say at the finalized level, each by itself. */
export interface Testimony {
  /** At least one. */
  readings: readonly Reading[];
  /** So many of them must agree before anything is believed that cannot be taken back. */
  needed: number;
  /** False where there is but one node, which may be wrong. */
  isCertain: boolean;
}

/** Why a transaction was refused, the same for a simulator and for JSON-RPC. */
export type RuntimeFailure =
  | { kind: "transaction"; name: string }
  | { kind: "instruction"; index: number; name: string; code?: number };

/** What a transaction is signed under, and until when. */
export interface RecentBlockhash {
  blockhash: string;
  lastValidBlockHeight: bigint;
}

/** What the cluster knows of a signature. */
export interface SignatureStatus {
  slot: bigint;
  failure: RuntimeFailure | null;
  /** Believed at the configured commitment. */
  settled: boolean;
}

/** What a landed transaction cost, as far as the cluster tells. */
export interface LandedDetails {
  computeUnits: bigint | undefined;
  /** As the scheduler counts: signatures, locks, data, pages and execution. */
  costUnits: bigint | undefined;
  logs: readonly string[];
}

/** One of the nodes that a chain asks. */
export interface NodeState {
  /** Without what may be a key in the address. */
  host: string;
  /** Reads go to it. */
  inUse: boolean;
  /** Too many slots behind the best to be believed. */
  behind: boolean;
  /** Failed requests since the start. */
  failures: number;
}

export interface Waiting {
  signal?: AbortSignal | undefined;
}

/**
 * All that the keeper asks of a cluster.
 *
 * Every method rejects with RpcError when the cluster cannot be asked; `send` also
 * rejects with ProgramFailure or FundsError when the node refuses the transaction, and with
 * KeeperError `UnsupportedTransaction` when it cannot read it.
 */
export interface Chain {
  now(options?: Waiting): Promise<Now>;
  /** In the order asked for, any number of addresses. Rejects when none of them can be read. */
  accounts(args: { addresses: readonly PublicKey[] } & Waiting): Promise<AccountRead[]>;
  /** Accounts at the finalized level from every node that works: what is stored is deleted by it. */
  testify(args: { addresses: readonly PublicKey[] } & Waiting): Promise<Testimony>;
  /**
   * Accounts of `program` whose data begins with `prefix`; only the first `bytes` of each. Rejects
   * with MethodUnavailableError where no node lists accounts.
   */
  programAccounts(
    args: { program: PublicKey; prefix: Uint8Array; bytes: number } & Waiting,
  ): Promise<AccountRecord[]>;
  /** Lamports. */
  balance(args: { address: PublicKey } & Waiting): Promise<bigint>;
  /** May be some seconds old; never `unlike`, which the caller knows to be past. */
  latestBlockhash(options?: Waiting & { unlike?: string | undefined }): Promise<RecentBlockhash>;
  /** Height at the finalized level: what decides that a blockhash is past. */
  finalizedBlockHeight(options?: Waiting): Promise<bigint>;
  /** Hands over a signed transaction; the same bytes may be sent any number of times. */
  send(args: { wire: Uint8Array } & Waiting): Promise<void>;
  /**
   * Where the cluster says at once what became of a transaction: hands over many, in order, and
   * tells each one's fate. Where it is missing, `send` and `statuses` do the same in longer.
   */
  deliver?(args: { wires: readonly Uint8Array[] } & Waiting): Promise<SignatureStatus[]>;
  /** In the order asked for; `undefined` where the cluster has not seen the signature. */
  statuses(
    args: { signatures: readonly string[] } & Waiting,
  ): Promise<(SignatureStatus | undefined)[]>;
  landed(args: { signature: string } & Waiting): Promise<LandedDetails>;
  /** Whether such a transaction can be read there, whatever it would do; missing where all can. */
  takes?(args: { wire: Uint8Array } & Waiting): Promise<boolean>;
  /**
   * Micro-lamports a compute unit that were the least to land in each of the recent slots; missing
   * where nobody pays for priority.
   */
  recentPrices?(options?: Waiting): Promise<bigint[]>;
  /** In the order of preference; missing where the cluster is asked without a network. */
  nodes?(): NodeState[];
}
