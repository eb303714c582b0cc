import type { Logger } from "pino";
import { asKeeperError, type FailureClass } from "./errors";
import type { Metrics } from "./metrics";

/** A transaction of the keeper that landed and succeeded. */
export interface LandedEvent {
  task: string;
  signature: string;
  slot: bigint;
  /** Cluster time of the pass that made it. */
  unixSeconds: bigint;
  feeLamports: bigint;
  computeUnits: bigint | undefined;
  /** As the scheduler counts them, where the cluster says so. */
  costUnits: bigint | undefined;
  /** On the wire. */
  bytes: number;
  /** What it changed, base58, and how many changes the task counts there. */
  accounts: { address: string; changes: number }[];
  /** For each piece that it brought to the chain, from when that had come in to now. Milliseconds of this host. */
  latenciesMs: number[];
}

/** Something that did not work; the items are tried again later. */
export interface FailureEvent {
  task: string;
  failure: FailureClass;
  code: string;
  message: string;
  items: string[];
  /** Set when a transaction landed and failed, and so cost its fee. */
  signature: string | undefined;
}

/** Called as things happen, before the pass that caused them resolves. Must not throw. */
export interface KeeperEvents {
  onLanded?(event: LandedEvent): void;
  onFailure?(event: FailureEvent): void;
  /** Many transactions of a program's own sender landed together. */
  onManyLanded?(event: { transactions: number; changes: number; feeLamports: bigint }): void;
}

/** What became of a pass's work. */
export interface PassSummary {
  /** Items that were worth a transaction, the ones riding along included. */
  due: number;
  landed: number;
  /** Somebody else was first. */
  settled: number;
  /** Left out for their price or for a cap. */
  refused: number;
  failed: number;
  /** Left out by `find`, with a reason, or waiting after failures. */
  skipped: number;
  transactions: number;
  /** Dry run: transactions that would have been sent. */
  planned: number;
}

export const emptySummary = (): PassSummary => ({
  due: 0,
  landed: 0,
  settled: 0,
  refused: 0,
  failed: 0,
  skipped: 0,
  transactions: 0,
  planned: 0,
});

/** Tells of a failure that is not one of single items: in the log, the metrics and the events. */
export function reportFailure(
  parts: { metrics: Metrics; events: KeeperEvents; log: Logger },
  task: string,
  thrown: unknown,
): void {
  const { failure, code, message } = asKeeperError(thrown);
  parts.metrics.failures.inc({ task, failure, code });
  parts.log.error({ task, failure, code, message }, "failed");
  parts.events.onFailure?.({ task, failure, code, message, items: [], signature: undefined });
}
