/** Longest that a test waits for something to happen. */
const LIMIT_MS = 60_000;

/** Waits until `reached` gives something other than false or undefined; fails when it takes too long. */
export async function until<T>(what: string, reached: () => T | false | undefined): Promise<T> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const found = reached();
    if (found !== false && found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`waited too long: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
