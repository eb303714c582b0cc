import type { TransactionFormat } from "@pinfi/sdk";
import type { PublicKey } from "@solana/web3.js";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Chain } from "./chain/chain";
import type { ChainClock } from "./chain/clock";
import type { Settings } from "./config/schema";
import type { KeeperEvents } from "./events";
import type { ErrorNames, Explain } from "./explain";
import type { Check } from "./health";
import type { Metrics } from "./metrics";
import type { ProgramTables } from "./store/store";
import type { SpendCap } from "./tx/spend";
import type { StartSigningThread } from "./tx/template-signer";
import type { Item, Task } from "./work/task";

/** Any task: the engine never looks into items. */
export type AnyTask = Task<Item>;

/**
 * All that the keeper knows of one program: one object, named in one list (`programs/index.ts`).
 * `Config`: the engine's configuration and the program's settings. `Tables`: what it stores.
 */
export interface KeeperProgram<Config = unknown, Tables = unknown> {
  readonly name: string;
  /** What it adds to the configuration. */
  readonly settings: Settings;
  /** Its tables in the store; missing where it stores nothing. */
  readonly store?: ProgramTables<Tables>;
  readonly errors: ErrorNames;
  /** Begins its part of a keeper. When it rejects, all that it had opened is closed. */
  start(engine: Engine<Config, Tables>): Promise<RunningProgram>;
}

/** What the engine gives to a program. */
export interface Engine<Config = unknown, Tables = unknown> {
  config: Config;
  tables: Tables;
  chain: Chain;
  /** The cluster's clock, for what needs no fresher one than a second. */
  clock: ChainClock;
  /** Of all transactions. */
  format: TransactionFormat;
  spend: SpendCap;
  explain: Explain;
  /** Pays all fees. */
  payer: PublicKey;
  /**
   * Starts a thread of the program's own that signs with `createTemplateSigner`. Everything else is
   * signed for tasks, by the engine.
   */
  startSigningThread: StartSigningThread;
  metrics: Metrics;
  events: KeeperEvents;
  log: Logger;
  /** Tells of a failure that is not one of single items. `task`: whose, for metrics. */
  failed(task: string, error: unknown): void;
  /** Nothing is to be sent. */
  dryRun: boolean;
  /** Unix milliseconds of this host. */
  hostClock: () => number;
}

/** A program's part of a keeper that runs. */
export interface RunningProgram {
  /** Those that are enabled. */
  tasks: readonly AnyTask[];
  /** Adds its routes to the server that others post to. */
  addRoutes?(app: FastifyInstance): void;
  /** What it needs to do all of its work, by name: part of readiness. */
  checks?: Readonly<Record<string, () => Check>>;
  /** Brings its gauges up to date. */
  measure?(): void;
  /** Takes nothing more; resolves when all that has come in is decided. */
  close?(): Promise<void>;
  /** Begins nothing more; resolves when what its threads have under way has ended, or was given up. */
  stop?(): Promise<void>;
}
