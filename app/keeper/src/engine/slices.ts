/** Milliseconds of work between two turns of the event loop. */
const SLICE_MS = 5;

/** Resolves in the next turn of the event loop: what else waits comes first. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Goes through all of `items`, with pauses for others; stops as soon as `visit` returns false.
 * Resolves with whether it came to the end.
 */
export async function inSlices<T>(
  items: Iterable<T>,
  visit: (item: T) => boolean,
): Promise<boolean> {
  let until = performance.now() + SLICE_MS;
  for (const item of items) {
    if (!visit(item)) return false;
    if (performance.now() < until) continue;
    await turn();
    until = performance.now() + SLICE_MS;
  }
  return true;
}

/** Small pieces of work of many requests, in the order they come, with pauses for everything else. */
export interface Slices {
  /** Settles with what the work returns or throws. */
  run<T>(work: () => T): Promise<T>;
}

export function createSlices(): Slices {
  let queue: (() => void)[] = [];

  const drain = (): void => {
    const until = performance.now() + SLICE_MS;
    let done = 0;
    while (done < queue.length && performance.now() < until) queue[done++]?.();
    queue = queue.slice(done);
    if (queue.length > 0) setImmediate(drain);
  };

  return {
    run: (work) =>
      new Promise((resolve, reject) => {
        if (queue.length === 0) setImmediate(drain);
        queue.push(() => {
          try {
            resolve(work());
          } catch (error) {
            reject(error);
          }
        });
      }),
  };
}
