import { abortSignal, func, having, optional, u32 } from "../arguments";

/** Sending a transaction, as the loop of {@link untilSettled} needs it. */
export interface Sending<Status extends { settled: boolean }> {
  /**
   * Hands the bytes over. What it throws ends everything: swallow what is not certain, such as a
   * lost answer. `first` of its signature: later refusals can come from its own landing.
   */
  handOver(first: boolean): Promise<void>;
  /** Watches; resolves with the status once it is settled, and in any way once `over` aborts. */
  settled(over: AbortSignal): Promise<Status | undefined>;
  /** The status now; undefined where the cluster has not seen the transaction. */
  look(): Promise<Status | undefined>;
  /** Whether the finalized chain is higher than the last block that may hold the transaction. */
  isPast(): Promise<boolean>;
  /** Milliseconds after which it is handed over again. */
  resendMs: number;
  /** Ends the waiting, never the transaction. */
  signal?: AbortSignal | undefined;
}

const sendingShape = having({
  handOver: func,
  settled: func,
  look: func,
  isPast: func,
  resendMs: u32,
  signal: optional(abortSignal),
});

/**
 * Hands a transaction over again and again until it is settled: the one loop behind all that sends.
 * Resolves with its status, or with undefined once it has expired: it has not landed and no longer
 * can. Nothing but what the cluster says decides: no notification, no clock of this machine.
 */
export async function untilSettled<Status extends { settled: boolean }>(
  sending: Sending<Status>,
): Promise<Status | undefined> {
  sendingShape(sending, "sending");
  const { signal } = sending;
  const over = new AbortController();
  const ends = signal === undefined ? over.signal : AbortSignal.any([over.signal, signal]);
  try {
    const seen = sending.settled(ends);
    for (let first = true; ; first = false) {
      await sending.handOver(first);
      const status = await Promise.race([seen, rest(sending.resendMs, over.signal)]);
      if (status !== "rested") {
        signal?.throwIfAborted();
        return status;
      }
      if (await sending.isPast()) {
        // It may have landed between the last look and now: look once more before giving up.
        const last = await sending.look();
        if (last === undefined || last.settled) return last;
      }
    }
  } finally {
    over.abort();
  }
}

/** Resolves after the time, or at once when the signal aborts. */
export function rest(ms: number, signal: AbortSignal): Promise<"rested"> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve("rested");
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
