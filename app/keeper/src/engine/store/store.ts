import type Database from "libsql";
import type { Migration } from "./migrate";

/** Lamports that went, or may have gone, into a transaction for one thing. */
export interface Spend {
  /** Base58 signature of the transaction; with the scopes it tells two spends apart. */
  signature: string;
  /** Names of the scopes that it counts for; none where an older version did not tell. */
  scopes: readonly string[];
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

/** What the engine remembers. Every method rejects with StoreError when it could not do all of what was asked. */
export interface EngineTables {
  /** All or nothing, and on the disk when it resolves. */
  recordSpends(spends: readonly Spend[]): Promise<void>;
  /** A transaction that can no longer land cost nothing. */
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
  /** Proves that a write reaches the disk. */
  probe(): Promise<void>;
}

/**
 * What the keeper remembers between runs: the engine's tables, and those of each program by its name.
 * With an empty store nothing is paid twice, for the chain has its own records of what was done.
 */
export interface Store<Tables = Readonly<Record<string, unknown>>> extends EngineTables {
  readonly tables: Tables;
  close(): Promise<void>;
}

/** What tables are opened with. */
export interface TableContext {
  database: Database.Database;
  /** File of the store, which a thread may open by itself; undefined where it is on a server. */
  path: string | undefined;
  /** Runs a step whose failure is told as StoreError, with what could not be done. */
  step<T>(what: string, run: () => T): Promise<T>;
}

/** Tables of one program. Those of a new program begin with its name. */
export interface ProgramTables<Tables = unknown> {
  migrations: readonly Migration[];
  open(context: TableContext): Tables;
}

/** A row as the database gives it. */
export type Columns = Readonly<Record<string, unknown>>;
