import type { FailureClass } from "../../../engine/errors";

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
  | {
      type: "testimony";
      /** The request that this answers. */
      id: number;
      /** What each node says at the finalized level. */
      readings: { unixSeconds: bigint; books: BookFacts[] }[];
      needed: number;
      isCertain: boolean;
    }
  | ({ type: "unread"; id: number } & Failed)
  | { type: "blockhash"; blockhash: Uint8Array }
  /** So many more transactions may be sent for each book: their fees are booked. 0: none now. */
  | { type: "allow"; grants: { book: string; transactions: number }[] }
  | { type: "results"; id: number; results: TransactionResult[] }
  | { type: "stop" };

/** `gone`: its blockhash is past and the cluster never saw it. */
export type TransactionResult = "landed" | "failed" | "gone";

export type FromThread =
  | { type: "fed"; id: number; answer: FeedAnswer; rest: Remainder }
  | ({ type: "unavailable"; id: number } & Failed)
  /** `finalized`: from every node. */
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
  /** Vouchers wait for nothing but fees; what has a deadline stands in front. */
  | { type: "starved"; wants: Want[] }
  | { type: "state"; unsettled: number; waiting: number; checked: number; unrecorded: number };

/** A KeeperError as it passes between threads. */
export interface Failed {
  failure: FailureClass;
  code: string;
  message: string;
}

/** Fees wanted for a book's transactions. */
export interface Want {
  book: string;
  /** Base58. */
  payer: string;
  /** That wait. */
  transactions: number;
  /** That are worth booking at once, as many were used of late; more than wait, or fewer. */
  upTo: number;
  /** Some of those that wait have a deadline that is near. */
  pressing: boolean;
}

/** What became of a feed; every voucher is in exactly one of the numbers. */
export interface FeedAnswer {
  accepted: number;
  superseded: number;
  refused: Record<string, number>;
  unavailable: number;
  /** The first of the refused, by line of the feed, from 1 on. */
  refusals: Refused[];
  /** Those accepted or superseded of which the deposits, as they stand, do not cover all. */
  uncovered: number;
  /** The first of them. */
  shortfalls: Shortfall[];
}

/** How far the deposits cover a voucher of a feed. Decimal strings of base units. */
export interface Shortfall {
  line: number;
  /** What it signs for, over all its lines. */
  promised: string;
  /** What of it the payees earn by it. */
  covered: string;
}

export interface Refused {
  line: number;
  code: string;
  message: string;
}

/** The vouchers of a feed that the ordinary intake decides on, packed one behind the other. */
export interface Remainder {
  /** Of the feed, for each voucher. */
  lines: number[];
  lengths: number[];
  bytes: Uint8Array;
}

/** Refusals told one by one; the rest is in the numbers. */
export const REFUSALS_TOLD = 100;

/** What the thread is started with. */
export interface ThreadOptions {
  /** File of the store. */
  path: string;
  format: "v0" | "v1";
  priorityFeeLamports: bigint;
  /** Base units that the lines must earn by a voucher to be worth a transaction. */
  minEarns: bigint;
  bookCacheMs: number;
  /** Vouchers accepted and not yet landed, beyond which feeds wait for their turn. */
  waitingLimit: number;
  /** How long a settled voucher is kept after the only node has called it final. */
  keepSettledMs: number;
}
