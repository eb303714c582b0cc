/** Gathers what arrives together into one call. */
export interface GroupCommit<In, Out> {
  /** Settles with the entry's result, or with the error of the call that it was part of. */
  add(entry: In): Promise<Out>;
}

/**
 * Runs at most one call at a time over everything that has come in meanwhile, so that one fsync
 * serves many; an entry that comes alone waits for nothing but the end of the event loop's turn.
 */
export function createGroupCommit<In, Out>(args: {
  /** Most entries of one call. */
  atOnce: number;
  /** Gives one result for each entry, in order. */
  run: (entries: readonly In[]) => Promise<readonly Out[]>;
}): GroupCommit<In, Out> {
  interface Waiting {
    entry: In;
    resolve(result: Out): void;
    reject(error: unknown): void;
  }
  let queue: Waiting[] = [];
  let running = false;

  const flush = async (): Promise<void> => {
    while (queue.length > 0) {
      const part = queue.slice(0, args.atOnce);
      queue = queue.slice(args.atOnce);
      try {
        const results = await args.run(part.map(({ entry }) => entry));
        part.forEach(({ resolve }, index) => {
          resolve(results[index] as Out);
        });
      } catch (error) {
        for (const { reject } of part) reject(error);
      }
      // Lets the sockets deliver what has arrived during the call.
      await new Promise((resolve) => setImmediate(resolve));
    }
    running = false;
  };

  return {
    add(entry) {
      return new Promise<Out>((resolve, reject) => {
        queue.push({ entry, resolve, reject });
        if (running) return;
        running = true;
        setImmediate(() => void flush());
      });
    },
  };
}
