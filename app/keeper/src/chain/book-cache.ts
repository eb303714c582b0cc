import { PublicKey } from "@solana/web3.js";
import type { Logger } from "pino";
import { type BookProblem, type BookView, readBook } from "./books";
import type { Chain, Testimony } from "./chain";

/** Addresses remembered beside the books; bounds what strangers can fill. */
const STRANGERS = 10_000;

/** Books as last read, so that a stream of vouchers does not become a stream of reads. */
export interface BookCache {
  /** A view not older than `maxAgeMs`. Requests made together are read together. */
  get(args: { address: string; maxAgeMs: number }): Promise<BookView | BookProblem>;
  /**
   * Reads a book now because what is known of it seems outdated; but at most once in `everyMs`,
   * so that bad vouchers cannot make the keeper read without end. Otherwise what is known.
   */
  recheck(args: { address: string; everyMs: number }): Promise<BookView | BookProblem>;
  /** Reads these now, whatever is known. Same order. */
  refresh(args: {
    addresses: readonly string[];
    signal?: AbortSignal | undefined;
  }): Promise<(BookView | BookProblem)[]>;
  /** What nodes say of these at the finalized level; what `get` knows stays as it is. */
  testify(args: {
    addresses: readonly string[];
    signal?: AbortSignal | undefined;
  }): Promise<BookTestimony>;
}

/** Books as each node has them at the finalized level, in the order asked for. See `Testimony`. */
export interface BookTestimony extends Pick<Testimony, "needed" | "isCertain"> {
  readings: { books: (BookView | BookProblem)[]; unixSeconds: bigint }[];
}

export function createBookCache(args: {
  chain: Chain;
  log: Logger;
  /** Unix milliseconds of this host. */
  clock: () => number;
}): BookCache {
  const { chain, log, clock } = args;
  const views = new Map<string, BookView>();
  const problems = new Map<string, { problem: BookProblem; atMs: number }>();
  const recheckedAtMs = new Map<string, number>();
  let wanted = new Map<string, Waiting[]>();

  const remember = (address: string, found: BookView | BookProblem): void => {
    if (typeof found !== "string") {
      views.set(address, found);
      problems.delete(address);
      return;
    }
    views.delete(address);
    if (problems.size >= STRANGERS) problems.clear();
    problems.set(address, { problem: found, atMs: clock() });
  };

  const read = async (args: {
    addresses: readonly string[];
    signal?: AbortSignal | undefined;
  }): Promise<(BookView | BookProblem)[]> => {
    const { signal } = args;
    const addresses = args.addresses.map(toKey);
    const accounts = await chain.accounts({ addresses, signal });
    const readAtMs = clock();
    return accounts.map((account) => readBook({ account, readAtMs }));
  };

  const refresh: BookCache["refresh"] = async (args) => {
    const found = await read(args);
    for (const [index, address] of args.addresses.entries()) {
      remember(address, found[index] ?? "UnknownBook");
    }
    return found;
  };

  const readWanted = async (): Promise<void> => {
    const batch = wanted;
    wanted = new Map();
    const addresses = [...batch.keys()];
    try {
      const found = await refresh({ addresses });
      for (const [index, address] of addresses.entries()) {
        for (const { resolve } of batch.get(address) ?? []) {
          resolve(found[index] ?? "UnknownBook");
        }
      }
    } catch (error) {
      log.warn({ error: (error as Error).message, books: addresses.length }, "books not read");
      for (const waiting of batch.values()) for (const { reject } of waiting) reject(error);
    }
  };

  const readSoon = (address: string): Promise<BookView | BookProblem> =>
    new Promise((resolve, reject) => {
      if (wanted.size === 0) setImmediate(() => void readWanted());
      const waiting = wanted.get(address) ?? [];
      waiting.push({ resolve, reject });
      wanted.set(address, waiting);
    });

  const get: BookCache["get"] = ({ address, maxAgeMs }) => {
    const view = views.get(address);
    const oldest = clock() - maxAgeMs;
    if (view !== undefined && view.readAtMs >= oldest) return Promise.resolve(view);
    const problem = problems.get(address);
    if (problem !== undefined && problem.atMs >= oldest) return Promise.resolve(problem.problem);
    return readSoon(address);
  };

  return {
    get,
    recheck({ address, everyMs }) {
      const last = recheckedAtMs.get(address) ?? Number.NEGATIVE_INFINITY;
      if (clock() - last < everyMs) return get({ address, maxAgeMs: everyMs });
      if (recheckedAtMs.size >= STRANGERS) recheckedAtMs.clear();
      recheckedAtMs.set(address, clock());
      return readSoon(address);
    },
    refresh,
    async testify({ addresses, signal }) {
      const { readings, ...rest } = await chain.testify({
        addresses: addresses.map(toKey),
        signal,
      });
      const readAtMs = clock();
      return {
        ...rest,
        readings: readings.map(({ accounts, unixSeconds }) => ({
          books: accounts.map((account) => readBook({ account, readAtMs })),
          unixSeconds,
        })),
      };
    },
  };
}

const toKey = (address: string): PublicKey => new PublicKey(address);

interface Waiting {
  resolve(read: BookView | BookProblem): void;
  reject(error: unknown): void;
}
