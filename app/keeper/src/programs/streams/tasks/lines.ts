import type { Line } from "@pinfi/sdk/streams";
import { turn } from "../../../engine/retry";
import type { BookView } from "../books/books";

/** Lines looked at on end: some milliseconds' worth. */
const LOOKED_AT_ONCE = 256;

export interface BookLine {
  book: BookView;
  line: Line;
}

/**
 * The lines that are wanted of all books, in order. A book may have 65,535 of them: everything else
 * in the process has its turn in between.
 */
export async function linesOf(
  books: readonly BookView[],
  isWanted: (each: BookLine) => boolean,
): Promise<BookLine[]> {
  const found: BookLine[] = [];
  let looked = 0;
  for (const book of books) {
    for (let index = 0; index < book.header.nextLine; index += 1) {
      const line = book.line(index);
      if (line !== undefined && isWanted({ book, line })) found.push({ book, line });
      looked += 1;
      if (looked % LOOKED_AT_ONCE === 0) await turn();
    }
  }
  return found;
}
