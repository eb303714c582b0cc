import { claimableAt, type Line, removeLine } from "@pinfi/sdk";
import { BOOK_CLOSED } from "../../../engine/chain/failure";
import type { Config } from "../../../engine/config/schema";
import { packPieces } from "../../../engine/tx/pack";
import type { Due, Task } from "../../../engine/work/task";
import { type BookView, isShut } from "../books/books";
import type { Directory } from "../books/directory";
import { linesOf } from "./lines";

/** A line whose grace is over. */
export interface CloseItem {
  /** Book and line. */
  key: string;
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
  config: Config["tasks"]["closeExpired"];
  directory: Directory;
}): Task<CloseItem> {
  const { config, directory } = args;
  return {
    name: "close-expired",
    everyMs: config.everyMs,
    inFlight: config.inFlight,
    maxFeeLamports: config.maxFeeLamports,
    signatures: 0,
    settledBy: ["LineRemoved", "LineOutOfRange", BOOK_CLOSED],

    async find(context) {
      const { books, skipped } = await directory.busy(context);
      const expired = await linesOf(
        books,
        ({ line }) => !line.removed && isShut(line, context.now.unixSeconds),
      );
      const items = expired.map(({ book, line }) => ({
        key: `${book.address.toBase58()} ${line.index}`,
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
          books: [item.book],
        })),
      }),

    describe: ({ items }) => ({
      books: items.map(({ book }) => ({ book: book.address.toBase58(), targets: 1 })),
      receivedAtMs: [],
    }),
  };
}
