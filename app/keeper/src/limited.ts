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
