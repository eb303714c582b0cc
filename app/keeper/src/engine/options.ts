import type { Keypair } from "@solana/web3.js";
import type { Logger } from "pino";
import type { Chain } from "./chain/chain";
import type { EngineConfig } from "./config/schema";
import type { KeeperEvents } from "./events";
import type { KeeperProgram } from "./program";
import type { Store } from "./store/store";

/** What a keeper is started with. */
export interface EngineOptions {
  /** What the programs' settings are part of, as `composeSchema` puts them together. */
  config: EngineConfig;
  programs: readonly KeeperProgram[];
  chain: Chain;
  /** With the tables of the programs. Stays the caller's to close. */
  store: Store;
  /** Pays the fees; an authority over nothing. */
  payer: Keypair;
  log: Logger;
  events?: KeeperEvents;
  /** Stop before sending; log what would be sent. */
  dryRun?: boolean;
  /** False: passes happen only through `runOnce`. */
  loop?: boolean;
  /** Adds memory, CPU and event-loop figures to the metrics. */
  processMetrics?: boolean;
  /** Stops the keeper, as `stop` does. */
  signal?: AbortSignal;
  /** Unix milliseconds of this host. */
  hostClock?: () => number;
}
