import type { PublicKey } from "@solana/web3.js";
import { bytesOf, checkArguments, u16 } from "../arguments";
import { decodeFields, Reader } from "../codec/decode";
import { DecodeError } from "../failure";
import { type AccountLike, DISCRIMINATOR_LENGTH, orNone } from "../program/define";
import { STREAMS } from "./program";

/** Where the lines begin in the data of a book account. */
export const BOOK_HEADER_LENGTH = 376;

/** Bytes of one line. */
export const LINE_LENGTH = 96;

/** `closingAt` of a line that is not closing. */
export const OPEN = 0n;

const CONTROLLED = 1;
const RELEASED = 2;
const REMOVED = 4;

/** What one payer owes one payee. Amounts in base units, gross (fees inside), times in unix seconds. */
export interface Line {
  /** Its number in the book; never reused in one life of the book. */
  index: number;
  payee: PublicKey;
  /** Most that the line can ever pay. */
  deposit: bigint;
  /** Highest cumulative amount signed by vouchers; may lie above the deposit. */
  vouched: bigint;
  /** Base units a second; 0 is a line without a stream. */
  rate: bigint;
  /** Streamed until `accruedAt`. */
  accrued: bigint;
  accruedAt: bigint;
  /** Paid out so far. */
  claimed: bigint;
  /** 0 while open; else the time from which the line is closed (i64::MIN once removed). */
  closingAt: bigint;
  flags: number;
  /** Only the book's controller may set its rate or close it. */
  controlled: boolean;
  /** What was not earned has gone back to the book's free balance. */
  released: boolean;
  /** Everything earned is claimed; the line is over. */
  removed: boolean;
}

/** A book without its lines. Amounts in base units, times in unix seconds. */
export interface BookHeader {
  payer: PublicKey;
  mint: PublicKey;
  vault: PublicKey;
  voucherSigner: PublicKey;
  /** First 32 bytes of every voucher message of this life of the book. */
  voucherDomain: Uint8Array;
  /** Alone may change controlled lines, or null. */
  controller: PublicKey | null;
  /** From here on the voucher signer counts no more; i64::MAX is never. */
  voucherExpiresAt: bigint;
  /** Most that vouchers of this signer may raise in sum; u64::MAX is no cap. */
  voucherCap: bigint;
  /** What they have raised in sum; counted only while there is a cap. */
  voucherSpent: bigint;
  deposited: bigint;
  refunded: bigint;
  /** Gross, fees inside. */
  claimed: bigint;
  feesAccrued: bigint;
  feesCollected: bigint;
  /** Not bound to a line; refundable at once. */
  free: bigint;
  /** Sum over the lines of `deposit - claimed`. */
  committed: bigint;
  minDeposit: bigint;
  openedSlot: bigint;
  graceSeconds: number;
  /** Lines ever added; the index of the next one. */
  nextLine: number;
  /** Lines that are not removed. */
  lineCount: number;
  id: number;
  feeBps: number;
  bump: number;
  decimals: number;
  /** Bump of the vault's owner. */
  authorityBump: number;
  /** Voucher signer before the present one, or null; its vouchers are good until `formerExpiresAt`. */
  formerSigner: PublicKey | null;
  formerExpiresAt: bigint;
  formerCap: bigint;
  formerSpent: bigint;
  /** Unix second in which a line was last removed or free tokens last taken out. */
  lastTakenAt: bigint;
}

/** A book with its lines. */
export interface Book extends BookHeader {
  /** Lines ever added, `nextLine` of them, the removed ones included. */
  lines: Line[];
  /** Lines that fit without growing the account. */
  capacity: number;
}

/** The discriminator's last byte numbers the layout: of a book, only this SDK's is read. */
const LAYOUT_AT = DISCRIMINATOR_LENGTH - 1;

/** A reader behind the discriminator of a book. Throws {@link DecodeError}. */
function openBookAccount(account: AccountLike): Reader {
  try {
    return STREAMS.openAccount("Book", account);
  } catch (error) {
    const data = bytesOf(account) ?? bytesOf((account as { data?: unknown } | null)?.data);
    const known = STREAMS.accountDiscriminator("Book");
    const isBook = known.every((byte, at) => at === LAYOUT_AT || data?.[at] === byte);
    if (!(error instanceof DecodeError && error.code === "WRONG_DISCRIMINATOR" && isBook)) {
      throw error;
    }
    const message = `a Book of layout ${data?.[LAYOUT_AT]}: this SDK reads layout ${known[LAYOUT_AT]}`;
    throw new DecodeError("WRONG_DISCRIMINATOR", message);
  }
}

function capacityOf(data: Uint8Array): number {
  const room = data.length - BOOK_HEADER_LENGTH;
  if (room < 0 || room % LINE_LENGTH !== 0) {
    const message = `a Book has ${BOOK_HEADER_LENGTH} bytes and ${LINE_LENGTH} a line, not ${data.length}`;
    throw new DecodeError("WRONG_LENGTH", message);
  }
  return room / LINE_LENGTH;
}

function readHeader(reader: Reader): BookHeader {
  const { authorityTag: _, ...raw } = decodeFields(
    STREAMS.idl,
    STREAMS.fieldsOf("Book"),
    reader,
  ) as unknown as BookHeader & {
    authorityTag: unknown;
    controller: PublicKey;
    formerSigner: PublicKey;
  };
  return { ...raw, controller: orNone(raw.controller), formerSigner: orNone(raw.formerSigner) };
}

function readLine(reader: Reader, index: number): Line {
  reader.offset = BOOK_HEADER_LENGTH + index * LINE_LENGTH;
  const payee = reader.publicKey();
  const [deposit, vouched, rate, accrued] = [
    reader.u64(),
    reader.u64(),
    reader.u64(),
    reader.u64(),
  ];
  const accruedAt = reader.i64();
  const claimed = reader.u64();
  const closingAt = reader.i64();
  const flags = reader.u32();
  return {
    index,
    payee,
    deposit,
    vouched,
    rate,
    accrued,
    accruedAt,
    claimed,
    closingAt,
    flags,
    controlled: (flags & CONTROLLED) !== 0,
    released: (flags & RELEASED) !== 0,
    removed: (flags & REMOVED) !== 0,
  };
}

/** Reads a book without its lines. Throws {@link DecodeError}. */
export function decodeBookHeader(account: AccountLike): BookHeader {
  const reader = openBookAccount(account);
  capacityOf(reader.data);
  return readHeader(reader);
}

/** Reads a book with all its lines. Throws {@link DecodeError}. */
export function decodeBook(account: AccountLike): Book {
  const reader = openBookAccount(account);
  const capacity = capacityOf(reader.data);
  const header = readHeader(reader);
  if (header.nextLine > capacity) {
    const message = `a Book says it has ${header.nextLine} lines, its bytes hold ${capacity}`;
    throw new DecodeError("WRONG_LENGTH", message);
  }
  const lines = Array.from({ length: header.nextLine }, (_, index) => readLine(reader, index));
  return { ...header, lines, capacity };
}

/**
 * Reads one line of a book and nothing else, whatever the size of the book.
 * Throws {@link DecodeError}, also when the book has no such line.
 */
export function decodeLine(account: AccountLike, index: number): Line {
  u16(index, "index");
  const { data } = openBookAccount(account);
  const capacity = capacityOf(data);
  const { nextLine } = readHeader(new Reader(data, DISCRIMINATOR_LENGTH));
  if (index >= Math.min(nextLine, capacity)) {
    throw new DecodeError("WRONG_VALUE", `the book has ${nextLine} lines, none at ${index}`);
  }
  return readLine(new Reader(data), index);
}

/**
 * Reads `count` lines of a book from `from` on, or as many of them as it has, and nothing else,
 * whatever the size of the book. Throws {@link DecodeError}.
 */
export function decodeLines(account: AccountLike, args: { from: number; count: number }): Line[] {
  const { from, count } = checkArguments("decodeLines", { from: u16, count: u16 }, args);
  const { data } = openBookAccount(account);
  const { nextLine } = readHeader(new Reader(data, DISCRIMINATOR_LENGTH));
  const end = Math.min(from + count, nextLine, capacityOf(data));
  const reader = new Reader(data);
  return Array.from({ length: Math.max(0, end - from) }, (_, nth) => readLine(reader, from + nth));
}
