import type { AcceptedVouchers } from "./accepted-vouchers";
import { type Absent, type BookState, readState } from "./book-state";
import type { BookFacts } from "./protocol";

/** By address. */
export type BookStates = ReadonlyMap<string, BookState | Absent>;

/** What the bulk thread knows of books, and how it asks for more. */
export interface KnownBooks {
  get(book: string): BookState | Absent | undefined;
  /** Reads these books. Requests made in one turn go together. Rejects when they could not be read. */
  read(books: Iterable<string>): Promise<void>;
  /** Reads an answer, and takes nothing in. */
  view(facts: readonly BookFacts[], unixSeconds: bigint): BookStates;
  /** Takes in what was read. */
  learn(states: BookStates, unixSeconds: bigint): void;
  /** The cluster's clock as last told. */
  unixSeconds(): bigint;
}

/** Books known at once; strangers' addresses must not fill the memory. */
const MOST_BOOKS = 20_000;

export function createKnownBooks(args: {
  accepted: AcceptedVouchers;
  ask: (books: string[]) => Promise<void>;
  hostClock: () => number;
}): KnownBooks {
  const { accepted } = args;
  const known = new Map<string, BookState | Absent>();
  let seconds = 0n;
  let wanted = new Set<string>();
  let asking: Promise<void> | undefined;

  const view = (facts: readonly BookFacts[], unixSeconds: bigint): BookStates => {
    const readAtMs = args.hostClock();
    return new Map(
      facts.map((each): [string, BookState | Absent] => {
        const vouchers = accepted.of(each.address);
        const read = readState({ facts: each, vouchers, unixSeconds, readAtMs });
        return [each.address, typeof read === "string" ? { problem: read, readAtMs } : read];
      }),
    );
  };

  return {
    get: (book) => known.get(book),
    read(books) {
      for (const book of books) wanted.add(book);
      if (wanted.size === 0) return Promise.resolve();
      asking ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        const now = [...wanted];
        wanted = new Set();
        asking = undefined;
        return args.ask(now);
      });
      return asking;
    },
    learn(states, unixSeconds) {
      seconds = unixSeconds;
      for (const [address, state] of states) {
        if (known.size >= MOST_BOOKS && !known.has(address)) known.clear();
        known.set(address, state);
      }
    },
    view,
    unixSeconds: () => seconds,
  };
}
