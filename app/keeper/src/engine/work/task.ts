import type { Budget, TransactionFormat } from "@pinfi/sdk";
import type { PublicKey, TransactionInstruction } from "@solana/web3.js";
import type { Logger } from "pino";
import type { Chain, Now } from "../chain/chain";
import type { SpendScope } from "../tx/limits";
import type { SigningPolicy } from "../tx/policy";
import type { PriorityFee } from "../tx/priority";

/** What `find` may use. Sending, retrying and measuring belong to the runner. */
export interface TaskContext {
  chain: Chain;
  now: Now;
  /** Somebody asks for this very pass: nothing remembered may stand for what the chain says. */
  fresh: boolean;
  log: Logger;
  signal?: AbortSignal | undefined;
}

/** What `build` may use: no I/O. */
export interface BuildContext {
  /** The keeper's key: fee payer, and signer of nothing else. */
  payer: PublicKey;
  format: TransactionFormat;
  /** Offered for each transaction on top of the base fee. */
  priorityFee: PriorityFee;
}

/** A piece of work. `key` is the same from tick to tick as long as the work is the same. */
export interface Item {
  key: string;
  /** What its cost counts for, the narrowest first, such as an account and then whose account it is. */
  scopes: readonly SpendScope[];
  /** Unix milliseconds of this host since when it waits; undefined: nobody knows, so it comes last. */
  receivedAtMs?: number;
  /** Cluster seconds after which some of it can no longer be done; undefined: no such time. */
  deadline?: bigint | undefined;
}

/**
 * `first`: its deadline is near, so it comes before all others. `ride`: not worth a transaction of
 * its own, but joins one that goes anyway.
 */
export type Due = "first" | "now" | "ride" | "wait";

/** What `find` brings: work, and work that cannot be done, with the reason. */
export interface Found<I extends Item> {
  items: I[];
  skipped: { key: string; reason: string }[];
}

/** A transaction that still lacks its blockhash and signature. */
export interface Draft<I extends Item = Item> {
  items: readonly I[];
  instructions: readonly TransactionInstruction[];
  /** What each instruction takes from the fee payer as rent or bond, by its position. Missing: nothing. */
  rentLamports?: readonly (bigint | undefined)[];
  budget: Budget;
  /** The items that an instruction serves: who is to blame when it is refused. */
  blame(instruction: number): readonly I[];
}

/**
 * One permissionless crank.
 *
 * `find` is the only method that does I/O. `due` and `build` are pure, so they are tested without
 * a chain; a crank is safe to repeat because the program, not the keeper, decides whether it
 * still applies.
 */
export interface Task<I extends Item> {
  readonly name: string;
  /** Milliseconds between the beginnings of two passes. */
  readonly everyMs: number;
  /** Most transactions of the task under way at once. */
  readonly inFlight: number;
  /** Most lamports, priority and rent included, that one item is worth. */
  readonly maxFeeLamports: number;
  /** All that the keeper's key may sign for in this task. */
  readonly signing: SigningPolicy;
  /** Ed25519 signatures that each item has verified, and that cost as much as a transaction. */
  readonly signatures: number;
  /** Program errors that mean somebody else was first. Not failures. */
  readonly settledBy: readonly string[];
  find(context: TaskContext): Promise<Found<I>>;
  due(item: I, now: Now): Due;
  build(items: readonly I[], context: BuildContext): Draft<I>[];
  /** What a draft does once it has landed, for the log and events. */
  describe(draft: Draft<I>): Work;
  /** Told of each draft that has landed, with what it did. Must not throw. */
  landed?(work: DoneWork): void;
}

/** What one transaction does. */
export interface Work {
  /** What it changes, base58, and how many changes the task counts there. */
  accounts: { address: string; changes: number }[];
  /** Unix milliseconds of this host at which what it brings to the chain had come in. */
  receivedAtMs: number[];
}

/** What one landed transaction did. */
export interface DoneWork {
  accounts: Work["accounts"];
  /** From when each piece had come in to now. Milliseconds of this host. */
  latenciesMs: number[];
}
