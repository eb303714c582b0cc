import type { FailureClass } from "../errors";

/** What the keeper and its bulk thread tell each other. Bytes are handed over or shared, not copied. */

/** An account as the chain has it; empty when there is none. Whether it is a book the thread finds out. */
export interface BookFacts {
  /** Base58. */
  address: string;
  owner: Uint8Array;
  data: Uint8Array;
}

export type ToThread =
  | { type: "feed"; id: number; body: Uint8Array }
  | {
      type: "books";
      /** The request that this answers. */
      id: number;
      unixSeconds: bigint;
      books: BookFacts[];
    }
  | ({ type: "unread"; id: number } & Failed)
  | { type: "blockhash"; blockhash: Uint8Array }
  /** So many more transactions may be sent: their fees are booked. */
  | { type: "allow"; transactions: number }
  | { type: "outcomes"; id: number; outcomes: Outcome[] }
  | { type: "stop" };

/** `gone`: its blockhash is past and the cluster never saw it. */
export type Outcome = "landed" | "failed" | "gone";

export type FromThread =
  | { type: "fed"; id: number; answer: FeedAnswer; rest: Remainder[] }
  | ({ type: "unavailable"; id: number } & Failed)
  | { type: "read"; id: number; level: "working" | "finalized"; addresses: string[] }
  | {
      type: "send";
      id: number;
      /** The transactions, one behind the other; written over once their outcomes are told. */
      memory: SharedArrayBuffer;
      lengths: number[];
      targets: number;
      receivedAtMs: number;
    }
  | { type: "starved" }
  | { type: "state"; held: number; waiting: number; checked: number; unrecorded: number };

/** A KeeperError as it passes between threads. */
export interface Failed {
  failure: FailureClass;
  code: string;
  message: string;
}

/** What became of a feed; every voucher is in exactly one of the numbers. */
export interface FeedAnswer {
  accepted: number;
  superseded: number;
  refused: Record<string, number>;
  unavailable: number;
  /** The first of the refused, by line of the feed, from 1 on. */
  refusals: Refused[];
}

export interface Refused {
  line: number;
  code: string;
  message: string;
}

/** A voucher of a feed that the ordinary intake decides on. */
export interface Remainder {
  line: number;
  json: unknown;
}

/** Refusals told one by one; the rest is in the numbers. */
export const REFUSALS_TOLD = 100;

/** What the thread is started with. */
export interface ThreadOptions {
  /** File of the store. */
  path: string;
  /** Seed of the fee payer's key, and the key. */
  seed: Uint8Array;
  payer: Uint8Array;
  format: "v0" | "v1";
  priorityFeeLamports: bigint;
  minRaise: bigint;
  bookCacheMs: number;
  /** Vouchers of one feed. */
  batchLimit: number;
  /** Vouchers accepted and not yet landed, beyond which feeds wait for their turn. */
  heldLimit: number;
}
