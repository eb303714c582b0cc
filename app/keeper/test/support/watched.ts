/** The loop may stand still for 50 ms by one request; a slow machine, for ten times that. */
export const STILL_MS = 500;

/**
 * Runs `work`, and resolves with what it gives and the longest time that the loop stood still meanwhile.
 * Time in which this process did not run, for the machine had others to serve, does not count.
 */
export async function watched<T>(work: () => Promise<T>): Promise<{ result: T; stillMs: number }> {
  let stillMs = 0;
  let [last, lastSpent] = [performance.now(), spentMs()];
  const look = (): void => {
    const [now, spent] = [performance.now(), spentMs()];
    stillMs = Math.max(stillMs, Math.min(now - last, spent - lastSpent));
    [last, lastSpent] = [now, spent];
  };
  const timer = setInterval(look, 1);
  try {
    const result = await work();
    look();
    return { result, stillMs };
  } finally {
    clearInterval(timer);
  }
}

/** Processor time of this process. */
function spentMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
