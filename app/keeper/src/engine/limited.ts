/** Places for work that may be under way at the same time. */
export interface Slots {
  /** Waits for a free place and takes it; call what it resolves to when the work has ended. */
  take(): Promise<() => void>;
}

export function createSlots(limit: number): Slots {
  let taken = 0;
  const waiting: (() => void)[] = [];
  const free = (): void => {
    const next = waiting.shift();
    // The place goes on to who waits for it.
    if (next !== undefined) next();
    else taken -= 1;
  };
  return {
    async take() {
      if (taken < limit) taken += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return free;
    },
  };
}

/** Runs `work` over all items, at most `limit` at a time. Rejects with the first error, after all have ended. */
export async function eachLimited<T>(args: {
  items: readonly T[];
  limit: number;
  work: (item: T) => Promise<void>;
}): Promise<void> {
  const queue = args.items.values();
  const errors: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      try {
        await args.work(item);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(args.limit, args.items.length) }, worker));
  if (errors.length > 0) throw errors[0];
}
