import { PublicKey } from "@solana/web3.js";
import { inSlices, turn } from "../../../engine/slices";
import { DEPENDS_ON_BOOK } from "../vouchers/admission";
import type { AcceptedVouchers } from "./accepted-vouchers";
import { amountsOf, hasAll, raise, sumUp } from "./amounts";
import { emptyAnswer, tellShortfall } from "./answer";
import type { BulkVoucher } from "./bulk-voucher";
import type { Commit } from "./commit";
import { judge, type Rules, type Verdict } from "./judge";
import type { KnownBooks } from "./known-books";
import { type FeedLine, parseFeed } from "./parse";
import { type FeedAnswer, REFUSALS_TOLD, type Remainder, type Shortfall } from "./protocol";

/** A refusal for reasons of the book looks at that book again, at most this often. */
const SECOND_LOOK_MS = 1_000;
/** Vouchers judged on end before what else waits has its turn. */
const AT_ONCE = 32;

type Entry = Extract<FeedLine, { packed: unknown }> & { book: string };

export interface FeedOptions {
  accepted: AcceptedVouchers;
  knownBooks: KnownBooks;
  commit: Commit;
  rules: Rules;
  bookCacheMs: number;
  /** Resolves when so many accepted vouchers are under way that more may come. */
  room: () => Promise<void>;
  /** So many of the book's vouchers wait for its fee limits that no more can be taken. */
  isCrowded: (book: string) => boolean;
  hostClock: () => number;
}

/** Decides on one feed. Resolves when everything in it is decided and on the disk. */
export async function takeFeed(
  body: Uint8Array,
  options: FeedOptions,
): Promise<{ answer: FeedAnswer; rest: Remainder }> {
  const { knownBooks, hostClock } = options;
  const answer = emptyAnswer();
  const rest: Entry[] = [];
  const refuse = (line: number, code: string, message: string): void => {
    answer.refused[code] = (answer.refused[code] ?? 0) + 1;
    if (answer.refusals.length < REFUSALS_TOLD) answer.refusals.push({ line, code, message });
  };
  const entries: Entry[] = [];
  await inSlices(parseFeed(body), (each) => {
    if ("malformed" in each) refuse(each.line, "MalformedVoucher", each.malformed);
    else entries.push({ ...each, book: spell(each.packed.book) });
    return true;
  });

  const older = (ms: number) => (book: string) =>
    hostClock() - (knownBooks.get(book)?.readAtMs ?? Number.NEGATIVE_INFINITY) > ms;
  const names = new Set(entries.map(({ book }) => book));
  const outdated = [...names].filter(older(options.bookCacheMs));
  // A book that is known serves on while it is read anew.
  const reading = knownBooks.read(outdated);
  if (outdated.some((book) => knownBooks.get(book) === undefined)) await reading;
  else reading.catch(() => undefined);
  await options.room();

  const superseded: Entry[] = [];
  const accepted: BulkVoucher[] = [];
  const doubtful: Entry[] = [];
  const settle = (entry: Entry, verdict: Verdict): void => {
    if (verdict === "rest") rest.push(entry);
    else if (!("taken" in verdict)) refuse(entry.line, verdict.code, verdict.message);
    else if (verdict.taken === "accepted" && options.isCrowded(entry.book)) {
      answer.unavailable += 1;
    } else {
      if (verdict.taken === "accepted") accepted.push(accept(entry, options));
      else superseded.push(entry);
      if (!verdict.isCovered) tellShortfall(answer, shortfallOf(entry, options));
    }
  };
  for (const [index, entry] of entries.entries()) {
    if (index % AT_ONCE === AT_ONCE - 1) await turn();
    const verdict = judgeEntry(entry, options);
    const mayChange =
      typeof verdict === "object" && "code" in verdict && DEPENDS_ON_BOOK.has(verdict.code);
    if (mayChange && older(SECOND_LOOK_MS)(entry.book)) doubtful.push(entry);
    else settle(entry, verdict);
  }
  if (doubtful.length > 0) {
    const read = await knownBooks.read(new Set(doubtful.map(({ book }) => book))).then(
      () => true,
      () => false,
    );
    // Not their fault: they may be good by what could not be read.
    if (!read) answer.unavailable += doubtful.length;
    else for (const entry of doubtful) settle(entry, judgeEntry(entry, options));
  }
  await options.commit.add(accepted);
  answer.accepted += accepted.length;
  // What superseded them may have failed to reach the disk meanwhile: then nothing is promised.
  const covered = superseded.filter((entry) => isPromised(entry, knownBooks)).length;
  answer.superseded += covered;
  answer.unavailable += superseded.length - covered;
  return { answer, rest: gather(rest) };
}

/** Puts the vouchers one behind the other into memory that can be handed over. */
function gather(entries: readonly Entry[]): Remainder {
  const lengths = entries.map(({ bytes }) => bytes.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const entry of entries) {
    bytes.set(entry.bytes, at);
    at += entry.bytes.length;
  }
  return { lines: entries.map(({ line }) => line), lengths, bytes };
}

function judgeEntry({ packed, book }: Entry, { knownBooks, rules }: FeedOptions): Verdict {
  const known = knownBooks.get(book);
  // Dropped for others meanwhile: the ordinary intake reads it by itself.
  if (known === undefined) return "rest";
  return judge({ packed, known, unixSeconds: knownBooks.unixSeconds(), rules });
}

/** Whether the chain or what is accepted still has everything that the voucher says. */
function isPromised({ packed, book }: Entry, knownBooks: KnownBooks): boolean {
  const state = knownBooks.get(book);
  if (state === undefined || "problem" in state) return false;
  const { targets, start, count } = packed;
  return hasAll(state.best, amountsOf(targets, start, count), state.shut);
}

/** How far the deposits cover a voucher of which they do not cover all. */
function shortfallOf({ line, packed, book }: Entry, { knownBooks }: FeedOptions): Shortfall {
  const state = knownBooks.get(book);
  if (state === undefined || "problem" in state) throw new Error("judged on a known book");
  const { targets, start, count } = packed;
  const coverage = sumUp(amountsOf(targets, start, count), state);
  return { line, promised: String(coverage.promised), covered: String(coverage.covered) };
}

/** Holds the voucher, so that the next one is judged against it too. */
function accept({ bytes, book }: Entry, options: FeedOptions): BulkVoucher {
  const state = options.knownBooks.get(book);
  if (state === undefined || "problem" in state) throw new Error("accepted on a known book");
  const domain = state.book.voucherDomain;
  const receivedAtMs = options.hostClock();
  const voucher = options.accepted.take({ book, bytes, domain, receivedAtMs });
  raise(state.best, voucher.amounts);
  return voucher;
}

/** Few books send many vouchers, and base58 costs as much as a signature's half. */
const spelled = new Map<string, string>();
const SPELLED = 20_000;

function spell(book: Uint8Array): string {
  const name = Buffer.from(book.buffer, book.byteOffset, book.byteLength).toString("latin1");
  const known = spelled.get(name);
  if (known !== undefined) return known;
  if (spelled.size >= SPELLED) spelled.clear();
  const text = new PublicKey(book).toBase58();
  spelled.set(name, text);
  return text;
}
