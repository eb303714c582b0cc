import type { Keypair } from "@solana/web3.js";
import type { Logger } from "pino";
import type { Chain } from "../../../engine/chain/chain";
import type { Config } from "../../../engine/config/schema";
import type { KeeperEvents } from "../../../engine/events";
import type { Metrics } from "../../../engine/metrics";
import type { SpendCap } from "../../../engine/tx/spend";
import type { BookCache } from "../books/book-cache";
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
