import {
  BOOK_HEADER_LENGTH,
  type BookHeader,
  bookAddress,
  decodeBook,
  decodeBookHeader,
  decodeLines,
  LINE_LENGTH,
  type Line,
  OPEN,
} from "@pinfi/sdk/streams";
import type { PublicKey } from "@solana/web3.js";
import type { AccountRecord } from "../../../engine/chain/chain";

/** A book as last read from the chain. Lines are decoded when they are asked for. */
export interface BookView {
  address: PublicKey;
  header: BookHeader;
  /** Lines that the account has room for. */
  capacity: number;
  /** Unix milliseconds of this host at which it was read. */
  readAtMs: number;
  /** All lines ever added, removed ones included, by index. Of 65,535 that takes a tenth of a second. */
  lines(): readonly Line[];
  /** One line; undefined where the book has none. A request that names few lines reads few. */
  line(index: number): Line | undefined;
}

/** Lines that are decoded together. */
const GROUP = 64;

/** Whether vouchers can no longer raise the line. */
export const isShut = (line: Line, unixSeconds: bigint): boolean =>
  line.removed || (line.closingAt !== OPEN && unixSeconds >= line.closingAt);

/**
 * What a voucher must exceed on a line to bring anything: what the chain has recorded, 0 for a
 * line it does not have, and more than any promise for one that is shut.
 */
export const floorOf =
  (book: BookView, unixSeconds: bigint) =>
  (index: number): bigint => {
    const line = book.line(index);
    if (line === undefined) return 0n;
    return isShut(line, unixSeconds) ? BEYOND : line.vouched;
  };

/** More than any cumulative amount of a voucher. */
const BEYOND = 2n ** 64n;

/** Why an account is not a book of the program. */
export type BookProblem = "UnknownBook" | "NotABook";

/**
 * Reads the beginning of an account as a book's, and refuses look-alikes: owner, discriminator and
 * length by the SDK's decoder, then the address, which must be the one derived from the book's own fields.
 */
export function readHeader(account: AccountRecord): BookHeader | BookProblem {
  let header: BookHeader;
  try {
    header = decodeBookHeader(account);
  } catch {
    // Whatever the decoder found wrong, it is somebody else's account.
    return "NotABook";
  }
  return isAtItsAddress(account.address, header) ? header : "NotABook";
}

/** Reads an account as a book, under the checks of {@link readHeader}; all lines must be there. */
export function readBook(args: {
  account: AccountRecord | null;
  readAtMs: number;
}): BookView | BookProblem {
  const { account, readAtMs } = args;
  if (account === null || account.data.length === 0) return "UnknownBook";
  const header = readHeader(account);
  if (typeof header === "string") return header;
  const capacity = (account.data.length - BOOK_HEADER_LENGTH) / LINE_LENGTH;
  if (header.nextLine > capacity) return "NotABook";
  let lines: readonly Line[] | undefined;
  const groups = new Map<number, readonly Line[]>();
  return {
    address: account.address,
    header,
    capacity,
    readAtMs,
    lines() {
      lines ??= decodeBook(account).lines;
      return lines;
    },
    line(index) {
      if (lines !== undefined || index >= header.nextLine) return lines?.[index];
      const from = index - (index % GROUP);
      const group = groups.get(from) ?? decodeLines(account, { from, count: GROUP });
      groups.set(from, group);
      return group[index - from];
    },
  };
}

/** Addresses proved once; the fields they derive from never change in a book. */
const proved = new Map<string, string>();
const PROVED_LIMIT = 65_536;

/** Whether a book stands at the address that is derived from its own fields. */
export function isAtItsAddress(address: PublicKey, header: BookHeader): boolean {
  const { payer, mint, id } = header;
  const fields = `${payer.toBase58()} ${mint.toBase58()} ${id}`;
  const name = address.toBase58();
  if (proved.get(name) === fields) return true;
  if (!bookAddress({ payer, mint, id }).equals(address)) return false;
  if (proved.size >= PROVED_LIMIT) proved.clear();
  proved.set(name, fields);
  return true;
}

/** Bytes of a book account that hold everything but its lines. */
export const BOOK_HEADER_BYTES = BOOK_HEADER_LENGTH;
