import { PublicKey } from "@solana/web3.js";
import type { Logger } from "pino";
import type { AccountRead, Chain, Testimony } from "../../../engine/chain/chain";
import { RpcError } from "../../../engine/errors";
import { type BookProblem, type BookView, readBook } from "./books";

/** Addresses remembered beside the books; bounds what strangers can fill. */
const STRANGERS = 10_000;
/** Books of one look-up: what a node takes in one request. */
const LOOKED_UP_AT_ONCE = 100;
/** Look-ups under way at the same time, whatever strangers post. */
const LOOK_UPS = 2;

/** Books as last read, so that a stream of vouchers does not become a stream of reads. */
export interface BookCache {
  /** A view not older than `maxAgeMs`, as far as one is remembered. */
  known(args: { address: string; maxAgeMs: number }): BookView | BookProblem | undefined;
  /**
   * What is known, else what a look-up says that begins after the call. Requests made together are
   * read together, a hundred at a time, books that were read before first. Rejects with RpcError.
   */
  get(args: { address: string; maxAgeMs: number }): Promise<BookView | BookProblem>;
  /**
   * Reads a book now because what is known of it seems outdated; but at most once in `everyMs`,
   * so that bad vouchers cannot make the keeper read without end. Otherwise what is known.
   */
  recheck(args: { address: string; everyMs: number }): Promise<BookView | BookProblem>;
  /**
   * Reads these now, whatever is known. Same order; undefined for those that could not be read.
   * Rejects with RpcError when none could.
   */
  refresh(args: {
    addresses: readonly string[];
    signal?: AbortSignal | undefined;
  }): Promise<(BookView | BookProblem | undefined)[]>;
  /** What nodes say of these at the finalized level; what `get` knows stays as it is. */
  testify(args: {
    addresses: readonly string[];
    signal?: AbortSignal | undefined;
  }): Promise<BookTestimony>;
  /** Takes note of a book that is read elsewhere. */
  note(address: string): void;
  /** Addresses of all books read so far that were there when they were last read, and of those noted. */
  seen(): Iterable<string>;
}

/**
 * Books as each node has them at the finalized level, in the order asked for; undefined for those
 * that it could not tell of. See `Testimony`.
 */
export interface BookTestimony extends Pick<Testimony, "needed" | "isCertain"> {
  readings: { books: (BookView | BookProblem | undefined)[]; unixSeconds: bigint }[];
}

type Read = BookView | BookProblem | RpcError;

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
  /** Addresses to be looked up: books that were read before, and all others. */
  const wanted = { books: new Map<string, Waiting[]>(), strangers: new Map<string, Waiting[]>() };
  let lookUps = 0;
  const noted = new Set<string>();

  const remember = (address: string, found: BookView | BookProblem, atMs: number): void => {
    const newest = views.get(address)?.readAtMs ?? problems.get(address)?.atMs ?? 0;
    // Readings overtake each other; the one that began last counts.
    if (newest > atMs) return;
    if (typeof found !== "string") {
      views.set(address, found);
      problems.delete(address);
      return;
    }
    views.delete(address);
    problems.delete(address);
    putBounded(problems, address, { problem: found, atMs });
  };

  const read = async (args: {
    addresses: readonly string[];
    signal?: AbortSignal | undefined;
  }): Promise<Read[]> => {
    const addresses = args.addresses.map(toKey);
    const readAtMs = clock();
    const accounts = await chain.accounts({ addresses, signal: args.signal });
    const found = accounts.map((account) => readOf(account, readAtMs));
    const unread = found.filter((each) => each instanceof RpcError);
    if (unread[0] !== undefined) {
      log.warn({ error: unread[0].message, books: unread.length }, "some books not read");
    }
    for (const [index, address] of args.addresses.entries()) {
      const each = found[index];
      if (each !== undefined && !(each instanceof RpcError)) remember(address, each, readAtMs);
    }
    return found;
  };

  /** One page of what is wanted, and again as long as there is more. */
  const lookUp = async (): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    for (;;) {
      const page = new Map([...take(wanted.books, LOOKED_UP_AT_ONCE)]);
      for (const each of take(wanted.strangers, LOOKED_UP_AT_ONCE - page.size)) page.set(...each);
      if (page.size === 0) break;
      const addresses = [...page.keys()];
      try {
        const found = await read({ addresses });
        for (const [index, address] of addresses.entries()) {
          const each = found[index] ?? "UnknownBook";
          for (const { resolve, reject } of page.get(address) ?? []) {
            if (each instanceof RpcError) reject(each);
            else resolve(each);
          }
        }
      } catch (error) {
        log.warn({ error: (error as Error).message, books: addresses.length }, "books not read");
        for (const waiting of page.values()) for (const { reject } of waiting) reject(error);
      }
    }
    lookUps -= 1;
  };

  const readSoon = (address: string): Promise<BookView | BookProblem> =>
    new Promise((resolve, reject) => {
      const queue = views.has(address) ? wanted.books : wanted.strangers;
      const waiting = queue.get(address) ?? [];
      waiting.push({ resolve, reject });
      queue.set(address, waiting);
      if (lookUps >= LOOK_UPS) return;
      lookUps += 1;
      void lookUp();
    });

  const known: BookCache["known"] = ({ address, maxAgeMs }) => {
    const view = views.get(address);
    const oldest = clock() - maxAgeMs;
    if (view !== undefined && view.readAtMs >= oldest) return view;
    const problem = problems.get(address);
    return problem !== undefined && problem.atMs >= oldest ? problem.problem : undefined;
  };
  const get: BookCache["get"] = async (args) => known(args) ?? readSoon(args.address);

  return {
    known,
    get,
    async recheck({ address, everyMs }) {
      // A book that was not there a moment ago is not looked up again either.
      const last = Math.max(
        recheckedAtMs.get(address) ?? Number.NEGATIVE_INFINITY,
        problems.get(address)?.atMs ?? Number.NEGATIVE_INFINITY,
      );
      if (clock() - last < everyMs) return get({ address, maxAgeMs: everyMs });
      putBounded(recheckedAtMs, address, clock());
      return readSoon(address);
    },
    refresh: async (args) => (await read(args)).map(readable),
    async testify({ addresses, signal }) {
      const { readings, ...rest } = await chain.testify({
        addresses: addresses.map(toKey),
        signal,
      });
      const readAtMs = clock();
      return {
        ...rest,
        readings: readings.map(({ accounts, unixSeconds }) => ({
          books: accounts.map((account) => readable(readOf(account, readAtMs))),
          unixSeconds,
        })),
      };
    },
    note: (address) => void noted.add(address),
    seen: () => [...views.keys(), ...noted],
  };
}

const toKey = (address: string): PublicKey => new PublicKey(address);

const readOf = (account: AccountRead, readAtMs: number): Read =>
  account instanceof RpcError ? account : readBook({ account, readAtMs });

const readable = (read: Read): BookView | BookProblem | undefined =>
  read instanceof RpcError ? undefined : read;

interface Waiting {
  resolve(read: BookView | BookProblem): void;
  reject(error: unknown): void;
}

/** Puts an entry into a map that strangers can fill; the oldest one makes room. */
function putBounded<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  const [oldest] = map.keys();
  if (map.size >= STRANGERS && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}

/** Takes the first entries out of a queue. */
function* take<T>(queue: Map<string, T>, count: number): Generator<[string, T]> {
  let left = count;
  for (const [key, value] of queue) {
    if (left === 0) return;
    left -= 1;
    queue.delete(key);
    yield [key, value];
  }
}
