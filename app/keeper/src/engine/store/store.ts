/** A voucher as it is kept: the fact somebody signed, and when it came. */
export interface StoredVoucher {
  /** Base58 signature: what tells two vouchers apart. */
  signature: string;
  /** Base58 address. */
  book: string;
  /** Hex of the book's voucher domain that the signature was made for. */
  domain: string;
  /** Unix milliseconds of this host at which it was accepted. */
  receivedAtMs: number;
  /** The SDK's JSON form, as text. */
  voucher: string;
}

/** Lamports that went, or may have gone, into a transaction for one book. */
export interface Spend {
  /** Base58 signature of the transaction; with the book it tells two spends apart. */
  signature: string;
  /** Base58 address of the book, and of its payer; empty where an older version did not tell. */
  book: string;
  payer: string;
  /** Unix milliseconds of this host. */
  atMs: number;
  lamports: number;
}

/** Work of one task that failed by its own fault and waits. */
export interface Quarantined {
  task: string;
  key: string;
  reason: string;
  /** In a row. */
  failures: number;
  /** Unix milliseconds of this host. */
  untilMs: number;
}

/**
 * What the keeper remembers between runs. A cache of signed facts: with an empty store
 * nothing is lost but what providers would have to post again, and nothing is paid twice,
 * because the watermarks are on chain.
 *
 * Every method rejects with StoreError when it could not do all of what was asked.
 */
export interface Store {
  /** Where a thread may open the same store by itself; missing where that is not possible. */
  readonly bulk?: {
    /** File of the store. */
    path: string;
    /** Whether an earlier run left vouchers of the bulk thread. */
    isEmpty(): boolean;
  };
  /** All or nothing, and on the disk when it resolves. Inserting a known signature changes nothing. */
  change(args: { insert: readonly StoredVoucher[]; remove: readonly string[] }): Promise<void>;
  /** In the order of arrival. */
  vouchers(): Promise<StoredVoucher[]>;
  /** All or nothing, and on the disk when it resolves. */
  recordSpends(spends: readonly Spend[]): Promise<void>;
  /** A transaction that can no longer land cost nothing, for any book. */
  forgetSpend(signature: string): Promise<void>;
  /** Spends at or after `sinceMs`; older ones are deleted. */
  spends(args: { sinceMs: number }): Promise<Spend[]>;
  /** Work that waits after failures, of all tasks. */
  quarantine(): Promise<Quarantined[]>;
  /** Remembers and forgets such work of one task. All or nothing. */
  changeQuarantine(args: {
    task: string;
    put: readonly Quarantined[];
    /** Keys. */
    remove: readonly string[];
  }): Promise<void>;
  /** Addresses of the books that were known when this was told last, in base58. */
  books(): Promise<string[]>;
  /** Remembers and forgets books. All or nothing. */
  changeBooks(args: { put: readonly string[]; remove: readonly string[] }): Promise<void>;
  /** Proves that a write reaches the disk. */
  probe(): Promise<void>;
  close(): Promise<void>;
}
