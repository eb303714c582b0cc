import type { Metrics } from "../../../engine/metrics";
import type { Engine } from "../../../engine/program";
import type { BookCache } from "../books/book-cache";
import type { StreamsConfig } from "../config";
import type { StreamsMetrics } from "../metrics";
import type { Intake } from "../vouchers/intake";

/** What the bulk thread works with. */
export interface BulkOptions
  extends Pick<
    Engine<StreamsConfig>,
    | "config"
    | "chain"
    | "format"
    | "spend"
    | "explain"
    | "payer"
    | "startSigningThread"
    | "events"
    | "log"
    | "hostClock"
  > {
  /** File of the store, in which the thread has a table of its own. */
  path: string;
  intake: Intake;
  books: BookCache;
  metrics: StreamsMetrics;
  engineMetrics: Metrics;
}
