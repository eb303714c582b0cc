import type { Keypair } from "@solana/web3.js";
import type { Logger } from "pino";
import type { BookCache } from "../chain/book-cache";
import type { Chain } from "../chain/chain";
import type { Config } from "../config/schema";
import type { KeeperEvents } from "../events";
import type { Metrics } from "../metrics";
import type { SpendCap } from "../tx/spend";
import type { Intake } from "../vouchers/intake";

/** What the bulk thread works with. */
export interface BulkOptions {
  config: Config;
  chain: Chain;
  /** File of the store, in which the thread has a table of its own. */
  path: string;
  payer: Keypair;
  spend: SpendCap;
  intake: Intake;
  books: BookCache;
  metrics: Metrics;
  events: KeeperEvents;
  log: Logger;
  /** Unix milliseconds of this host. */
  hostClock: () => number;
}
