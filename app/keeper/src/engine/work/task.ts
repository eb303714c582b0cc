import type { Budget, TransactionFormat } from "@pinfi/sdk";
import type { PublicKey, TransactionInstruction } from "@solana/web3.js";
import type { Logger } from "pino";
import type { BookCache } from "../../programs/streams/books/book-cache";
import type { BookView } from "../../programs/streams/books/books";
import type { Chain, Now } from "../chain/chain";
import type { PriorityFee } from "../tx/priority";

/** What `find` may use. Sending, retrying and measuring belong to the runner. */
export interface TaskContext {
  chain: Chain;
  books: BookCache;
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
  /** Its fees count against the limits of this book and of its payer. */
  book: BookView;
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
  /** Most lamports, priority included, that one item is worth. */
  readonly maxFeeLamports: number;
  /** Ed25519 signatures that each item has verified, and that cost as much as a transaction. */
  readonly signatures: number;
  /** Program errors that mean somebody else was first. Not failures. */
  readonly settledBy: readonly string[];
  find(context: TaskContext): Promise<Found<I>>;
  due(item: I, now: Now): Due;
  build(items: readonly I[], context: BuildContext): Draft<I>[];
  /** What a landed draft did, for events and metrics. */
  describe(draft: Draft<I>): LandedWork;
}

/** What one landed transaction did. */
export interface LandedWork {
  books: { book: string; targets: number }[];
  /** Unix milliseconds of this host at which the settled vouchers had come in. */
  receivedAtMs: number[];
}
