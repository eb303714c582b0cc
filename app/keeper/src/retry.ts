import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs until it succeeds, `attempts` are used up, or the error is not one to repeat.
 * Waits `firstWaitMs` doubled each time, with jitter so that keepers do not march in step.
 */
export async function retry<T>(args: {
  attempts: number;
  firstWaitMs: number;
  again: (error: unknown) => boolean;
  run: () => Promise<T>;
  signal?: AbortSignal | undefined;
}): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    args.signal?.throwIfAborted();
    try {
      return await args.run();
    } catch (error) {
      if (attempt >= args.attempts || !args.again(error)) throw error;
      const wait = args.firstWaitMs * 2 ** (attempt - 1);
      await pause(wait / 2 + (Math.random() * wait) / 2, args.signal);
    }
  }
}

/** Waits, or rejects as soon as the signal aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal });
}
