import { claimableAt, type Line, removeLine } from "@pinfi/sdk/streams";
import { packPieces } from "../../../engine/tx/pack";
import type { Due, Item, Task } from "../../../engine/work/task";
import { type BookView, isShut } from "../books/books";
import { loadedBook, type ScopesOf } from "../books/costs";
import type { Directory } from "../books/directory";
import type { StreamsConfig } from "../config";
import { BOOK_CLOSED } from "../errors";
import { CLOSE_SIGNING } from "../signing";
import { linesOf } from "./lines";

/** A line whose grace is over. */
export interface CloseItem extends Item {
  book: BookView;
  line: Line;
}

/** Upper bound for one removal. */
const UNITS = 30_000;

/**
 * Removes lines whose grace is over. Normally in one step, once the payee has been paid; when
 * the payee cannot be paid, the payer's remainder is returned first and the line is freed later.
 */
export function closeExpired(args: {
  config: StreamsConfig["tasks"]["closeExpired"];
  directory: Directory;
  scopesOf: ScopesOf;
}): Task<CloseItem> {
  const { config, directory, scopesOf } = args;
  return {
    name: "close-expired",
    everyMs: config.everyMs,
    inFlight: config.inFlight,
    maxFeeLamports: config.maxFeeLamports,
    signatures: 0,
    signing: CLOSE_SIGNING,
    settledBy: ["LineRemoved", "LineOutOfRange", BOOK_CLOSED],

    async find(context) {
      const { books, skipped } = await directory.busy(context);
      const expired = await linesOf(
        books,
        ({ line }) => !line.removed && isShut(line, context.now.unixSeconds),
      );
      const items = expired.map(({ book, line }) => ({
        key: `${book.address.toBase58()} ${line.index}`,
        scopes: scopesOf(book),
        book,
        line,
      }));
      return { items, skipped };
    },

    due: ({ line }, now): Due => {
      if (line.removed || !isShut(line, now.unixSeconds)) return "wait";
      if (claimableAt({ line, now: now.unixSeconds }) === 0n) return "now";
      const unclaimedFor = now.unixSeconds - line.closingAt;
      const waitedEnough = unclaimedFor >= BigInt(config.releaseAfterSeconds);
      return !line.released && waitedEnough ? "now" : "wait";
    },

    build: (items, context) =>
      packPieces({
        context,
        pieces: items.map((item) => ({
          item,
          instruction: removeLine({ book: item.book.address, line: item.line.index }),
          units: UNITS,
          loadedBytes: 0,
          accounts: [loadedBook(item.book)],
        })),
      }),

    describe: ({ items }) => ({
      accounts: items.map(({ book }) => ({ address: book.address.toBase58(), changes: 1 })),
      receivedAtMs: [],
    }),
  };
}
