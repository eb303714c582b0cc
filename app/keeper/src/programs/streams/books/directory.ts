import { type BookHeader, STREAMS, STREAMS_PROGRAM_ID } from "@pinfi/sdk/streams";
import type { Logger } from "pino";
import type { Chain, Now, Waiting } from "../../../engine/chain/chain";
import { asKeeperError, type KeeperError, MethodUnavailableError } from "../../../engine/errors";
import type { VoucherStore } from "../store";
import type { BookCache } from "./book-cache";
import { BOOK_HEADER_BYTES, type BookView, readHeader } from "./books";

/** A book that is there no longer stays known for so long, where nothing lists them: nodes may lag. */
const GONE_MS = 3_600_000;

/** A pass that looks for books. */
interface Pass extends Waiting {
  /** The same object for all tasks of a pass. */
  now: Now;
  /** List anew, though not twice in one pass. */
  fresh: boolean;
}

/** All books of the program, whoever opened them; those that are known, where no node lists them. */
export interface Directory {
  /** Books with something in them: a live line, or fees to collect. Read now, lines included. */
  busy(pass: Pass): Promise<Busy>;
  /** Why the last list could not be had; undefined where it could, or was not asked for yet. */
  problem(): KeeperError | undefined;
}

export interface Busy {
  books: BookView[];
  /** Books that could not be read now. */
  skipped: { key: string; reason: "BookUnread" }[];
}

/**
 * Lists the program's accounts rarely (nodes dislike it), reading headers only; between two
 * lists, the known books are read by address. Where the list cannot be had, the books of the last one
 * serve on, with all that have been read meanwhile, such as for a voucher. The store remembers them.
 */
export function createDirectory(args: {
  chain: Chain;
  books: BookCache;
  store: VoucherStore;
  log: Logger;
  /** Told of each list that could not be had. */
  failed: (error: KeeperError) => void;
  everyMs: number;
  /** Unix milliseconds of this host. */
  hostClock: () => number;
}): Directory {
  const { chain, books, store, log, hostClock } = args;
  const prefix = STREAMS.accountDiscriminator("Book");
  /** What the store remembers; undefined until it has been asked. */
  let stored: Set<string> | undefined;
  let known: readonly string[] = [];
  let problem: KeeperError | undefined;
  let listedAtMs = Number.NEGATIVE_INFINITY;
  let listedFor: Now | undefined;
  let looking: Promise<void> | undefined;
  /** Unix milliseconds of this host since when known books are there no longer. */
  const goneSinceMs = new Map<string, number>();

  const list = async (signal: AbortSignal | undefined): Promise<string[]> => {
    const accounts = await chain.programAccounts({
      program: STREAMS_PROGRAM_ID,
      prefix,
      bytes: BOOK_HEADER_BYTES,
      signal,
    });
    // Look-alikes cannot be here: `readHeader` derives each address anew.
    return accounts
      .filter((account) => {
        const header = readHeader(account);
        return typeof header !== "string" && isBusy(header);
      })
      .map(({ address }) => address.toBase58());
  };

  /** Brings the store's memory up to date. Without it the known ones are known for this run. */
  const remember = async (): Promise<void> => {
    try {
      stored ??= new Set(await store.books());
      const wanted = new Set(known);
      const put = known.filter((address) => !stored?.has(address));
      const remove = [...stored].filter((address) => !wanted.has(address));
      if (put.length + remove.length > 0) await store.changeBooks({ put, remove });
      stored = wanted;
    } catch (error) {
      log.warn({ error: (error as Error).message }, "known books not stored");
    }
  };

  const look = async ({ now, fresh, signal }: Pass): Promise<void> => {
    const outdated = hostClock() - listedAtMs > args.everyMs;
    const mayPass = problem !== undefined && !(problem instanceof MethodUnavailableError);
    if (outdated || mayPass || (fresh && listedFor !== now)) {
      try {
        known = await list(signal);
        problem = undefined;
      } catch (error) {
        signal?.throwIfAborted();
        problem = asKeeperError(error);
        args.failed(problem);
      }
      listedAtMs = hostClock();
      listedFor = now;
    }
    if (problem !== undefined) {
      const remembered = stored ?? (await store.books().catch(() => []));
      known = [...new Set([...remembered, ...known, ...books.seen()])].filter(
        (address) => hostClock() - (goneSinceMs.get(address) ?? hostClock()) <= GONE_MS,
      );
    }
    await remember();
  };

  return {
    problem: () => problem,
    async busy(pass) {
      // Tasks whose passes begin together share one list.
      looking ??= look(pass).finally(() => {
        looking = undefined;
      });
      await looking;
      const addresses = known;
      const views = await books.refresh({ addresses, signal: pass.signal });
      const found: Busy = { books: [], skipped: [] };
      for (const [index, key] of addresses.entries()) {
        const view = views[index];
        if (view === undefined) {
          found.skipped.push({ key, reason: "BookUnread" });
        } else if (typeof view === "string") {
          goneSinceMs.set(key, goneSinceMs.get(key) ?? hostClock());
        } else {
          goneSinceMs.delete(key);
          if (isBusy(view.header)) found.books.push(view);
        }
      }
      return found;
    },
  };
}

const isBusy = ({ lineCount, feesAccrued, feesCollected }: BookHeader): boolean =>
  lineCount > 0 || feesAccrued > feesCollected;
