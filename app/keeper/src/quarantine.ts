const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;

/** Work that failed by its own fault waits here, longer each time, so that the rest goes on. */
export interface Quarantine {
  /** Whether the item may not be tried yet. */
  holds(key: string): boolean;
  add(key: string, reason: string): void;
  /** It went well, or is no work any more. */
  free(key: string): void;
  entries(): { key: string; reason: string; failures: number; untilMs: number }[];
}

export function createQuarantine(args: {
  /** Unix milliseconds of this host. */
  hostClock: () => number;
}): Quarantine {
  const held = new Map<string, { reason: string; failures: number; untilMs: number }>();
  return {
    holds: (key) => (held.get(key)?.untilMs ?? 0) > args.hostClock(),
    add(key, reason) {
      const failures = (held.get(key)?.failures ?? 0) + 1;
      const wait = Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS);
      held.set(key, { reason, failures, untilMs: args.hostClock() + wait });
    },
    free: (key) => void held.delete(key),
    entries: () => [...held].map(([key, entry]) => ({ key, ...entry })),
  };
}
