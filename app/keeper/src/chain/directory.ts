import { STREAMS_IDL, STREAMS_PROGRAM_ID } from "@pinfi/sdk";
import type { BookCache } from "./book-cache";
import { BOOK_HEADER_BYTES, type BookView, readBook } from "./books";
import type { Chain, Now, Waiting } from "./chain";

/** All books of the program, whoever opened them. */
interface Pass extends Waiting {
  /** The same object for all tasks of a pass. */
  now: Now;
  /** List anew, though not twice in one pass. */
  fresh: boolean;
}

export interface Directory {
  /** Books with something in them: a live line, or fees to collect. Read now, lines included. */
  busy(pass: Pass): Promise<BookView[]>;
}

/**
 * Lists the program's accounts rarely (nodes dislike it), reading headers only; between two
 * lists, the known books are read by address.
 */
export function createDirectory(args: {
  chain: Chain;
  books: BookCache;
  everyMs: number;
  /** Unix milliseconds of this host. */
  hostClock: () => number;
}): Directory {
  const { chain, books, hostClock } = args;
  const prefix = discriminatorOf("Book");
  let known: readonly string[] = [];
  let listedAtMs = Number.NEGATIVE_INFINITY;
  let listedFor: Now | undefined;

  return {
    async busy({ now, fresh, signal }) {
      const outdated = hostClock() - listedAtMs > args.everyMs;
      if (outdated || (fresh && listedFor !== now)) {
        const readAtMs = hostClock();
        const accounts = await chain.programAccounts({
          program: STREAMS_PROGRAM_ID,
          prefix,
          bytes: BOOK_HEADER_BYTES,
          signal,
        });
        // Look-alikes cannot be here: `readBook` derives each address anew.
        known = accounts
          .map((account) => readBook({ account, readAtMs }))
          .filter((view): view is BookView => typeof view !== "string" && isBusy(view))
          .map(({ address }) => address.toBase58());
        listedAtMs = readAtMs;
        listedFor = now;
      }
      const views = await books.refresh({ addresses: known, signal });
      return views.filter((view): view is BookView => typeof view !== "string" && isBusy(view));
    },
  };
}

const isBusy = ({ header }: BookView): boolean =>
  header.lineCount > 0 || header.feesAccrued > header.feesCollected;

function discriminatorOf(name: string): Uint8Array {
  const found = STREAMS_IDL.accounts?.find((account) => account.name === name);
  if (found === undefined) throw new Error(`the IDL of streams has no account ${name}`);
  return Uint8Array.from(found.discriminator);
}
