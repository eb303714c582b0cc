import type { Keypair } from "@solana/web3.js";
import type { Logger } from "pino";
import type { Chain } from "./chain/chain";
import type { Config } from "./config/schema";
import type { KeeperEvents } from "./events";
import type { Store } from "./store/store";

/** What a keeper is started with. */
export interface KeeperOptions {
  config: Config;
  chain: Chain;
  /** Stays the caller's to close. */
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
