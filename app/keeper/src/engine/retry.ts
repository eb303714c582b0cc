import { setTimeout as sleep } from "node:timers/promises";
import { MethodUnavailableError, RpcError } from "./errors";

/**
 * Runs until it succeeds, `attempts` are used up, or the error is none that passes.
 * Waits `firstWaitMs` doubled each time, or as long as the node asks for; where that is longer than
 * `longestWaitMs`, the error comes at once.
 */
export async function retry<T>(args: {
  attempts: number;
  firstWaitMs: number;
  longestWaitMs: number;
  run: () => Promise<T>;
  signal?: AbortSignal | undefined;
}): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    args.signal?.throwIfAborted();
    try {
      return await args.run();
    } catch (error) {
      const mayPass = error instanceof RpcError && !(error instanceof MethodUnavailableError);
      if (attempt >= args.attempts || !mayPass) throw error;
      const { retryAfterMs = 0 } = error;
      if (retryAfterMs > args.longestWaitMs) throw error;
      await pause(retryAfterMs + jittered(args.firstWaitMs * 2 ** (attempt - 1)), args.signal);
    }
  }
}

const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;

/** Milliseconds for which work waits that has failed so many times in a row by its own fault. */
export const waitAfter = (failures: number): number =>
  Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS);

/** Between half of it and all of it, so that keepers do not march in step. */
export const jittered = (ms: number): number => ms / 2 + (Math.random() * ms) / 2;

/** Lets sockets, timers and all else that waits in the process have a turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Waits, or rejects as soon as the signal aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await sleep(ms, undefined, signal === undefined ? {} : { signal });
}
