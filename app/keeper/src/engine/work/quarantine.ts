import type { Logger } from "pino";
import { waitAfter } from "../retry";
import type { Quarantined, Store } from "../store/store";

/** Work that has not failed again for so long after its wait begins anew. */
const FORGOTTEN_MS = 86_400_000;

/**
 * Work that failed by its own fault waits here, longer each time, so that the rest goes on. The
 * store remembers it across restarts; where it cannot, the wait holds for this run only.
 */
export interface Quarantine {
  /** Whether the item may not be tried yet. */
  holds(key: string): boolean;
  add(keys: readonly string[], reason: string): Promise<void>;
  /** It went well. */
  free(keys: readonly string[]): Promise<void>;
  size(): number;
}

export function createQuarantine(args: {
  task: string;
  store: Store;
  /** What the store remembers, of all tasks. */
  remembered: readonly Quarantined[];
  log: Logger;
  /** Unix milliseconds of this host. */
  hostClock: () => number;
}): Quarantine {
  const { task, hostClock } = args;
  const waiting = new Map(
    args.remembered.filter((entry) => entry.task === task).map((entry) => [entry.key, entry]),
  );

  const remember = async (put: readonly Quarantined[], remove: readonly string[]) => {
    try {
      await args.store.changeQuarantine({ task, put, remove });
    } catch (error) {
      args.log.warn({ task, error: (error as Error).message }, "quarantine not stored");
    }
  };
  const forgotten = (): string[] =>
    [...waiting.values()]
      .filter(({ untilMs }) => untilMs + FORGOTTEN_MS < hostClock())
      .map(({ key }) => key);

  return {
    holds: (key) => (waiting.get(key)?.untilMs ?? 0) > hostClock(),
    async add(keys, reason) {
      const gone = forgotten();
      for (const key of gone) waiting.delete(key);
      const put = keys.map((key): Quarantined => {
        const failures = (waiting.get(key)?.failures ?? 0) + 1;
        return { task, key, reason, failures, untilMs: hostClock() + waitAfter(failures) };
      });
      for (const entry of put) waiting.set(entry.key, entry);
      await remember(put, gone);
    },
    async free(keys) {
      const freed = keys.filter((key) => waiting.delete(key));
      if (freed.length > 0) await remember([], freed);
    },
    size: () => waiting.size,
  };
}
