import { associatedTokenAddress } from "@pinfi/sdk";
import { claim, claimableAt, type Line } from "@pinfi/sdk/streams";
import type { PublicKey } from "@solana/web3.js";
import type { Now } from "../../../engine/chain/chain";
import { packPieces } from "../../../engine/tx/pack";
import type { Found, Item, Task, TaskContext } from "../../../engine/work/task";
import type { BookView } from "../books/books";
import { loadedBook, type ScopesOf } from "../books/costs";
import type { Directory } from "../books/directory";
import { type TokenPrograms, tokenAccountProblem } from "../books/tokens";
import type { StreamsConfig } from "../config";
import { BOOK_CLOSED } from "../errors";
import { CLAIM_SIGNING } from "../signing";
import { linesOf } from "./lines";

/** A line that owes its payee enough to be worth a claim. */
export interface ClaimItem extends Item {
  book: BookView;
  line: Line;
  /** Claimable base units that make it worth a transaction. */
  threshold: bigint;
  tokenProgram: PublicKey;
  destination: PublicKey;
}

/** Upper bounds for one claim. */
const UNITS = 60_000;
const TOKEN_BYTES = 16_384;

/** Pushes what has been earned to the payees' associated token accounts: no signature is needed. */
export function claimDue(args: {
  config: StreamsConfig["tasks"]["claimDue"];
  directory: Directory;
  scopesOf: ScopesOf;
  tokenPrograms: TokenPrograms;
}): Task<ClaimItem> {
  const { config, directory } = args;
  return {
    name: "claim-due",
    everyMs: config.everyMs,
    inFlight: config.inFlight,
    maxFeeLamports: config.maxFeeLamports,
    signatures: 0,
    signing: CLAIM_SIGNING,
    settledBy: ["NothingToClaim", "LineRemoved", "LineOutOfRange", BOOK_CLOSED],

    async find(context) {
      const { books, skipped } = await directory.busy(context);
      const worth = await linesOf(books, ({ book, line }) =>
        isWorth({ line, threshold: thresholdOf(config, book), now: context.now }),
      );
      const found = await withDestinations({ ...args, worth, context });
      return { ...found, skipped: [...skipped, ...found.skipped] };
    },

    due: (item, now) => (isWorth({ ...item, now }) ? "now" : "wait"),

    build: (items, context) =>
      packPieces({
        context,
        pieces: items.map((item) => ({
          item,
          instruction: claim({
            book: item.book.address,
            mint: item.book.header.mint,
            vault: item.book.header.vault,
            tokenProgram: item.tokenProgram,
            line: item.line.index,
            payee: item.line.payee,
          }),
          units: UNITS,
          loadedBytes: TOKEN_BYTES,
          accounts: [loadedBook(item.book)],
        })),
      }),

    describe: ({ items }) => ({
      accounts: items.map(({ book }) => ({ address: book.address.toBase58(), changes: 1 })),
      receivedAtMs: [],
    }),
  };
}

const thresholdOf = (config: StreamsConfig["tasks"]["claimDue"], { header }: BookView): bigint =>
  config.minAmountByMint[header.mint.toBase58()] ?? config.minAmount;

/** Zero is never worth a claim, whatever the threshold. Pure. */
export function isWorth(args: { line: Line; threshold: bigint; now: Now }): boolean {
  const claimable = claimableAt({ line: args.line, now: args.now.unixSeconds });
  return claimable > 0n && claimable >= args.threshold;
}

/** Where each goes, leaving out those whose account cannot take tokens. */
async function withDestinations(args: {
  worth: readonly { book: BookView; line: Line }[];
  config: StreamsConfig["tasks"]["claimDue"];
  scopesOf: ScopesOf;
  tokenPrograms: TokenPrograms;
  context: TaskContext;
}): Promise<Found<ClaimItem>> {
  const { config, context } = args;
  const programs = await args.tokenPrograms.of({
    mints: args.worth.map(({ book }) => book.header.mint),
    signal: context.signal,
  });
  const found: Found<ClaimItem> = { items: [], skipped: [] };
  const candidates = args.worth.flatMap(({ book, line }, index): ClaimItem[] => {
    const key = `${book.address.toBase58()} ${line.index}`;
    const tokenProgram = programs[index];
    const { mint } = book.header;
    if (tokenProgram === undefined) {
      found.skipped.push({ key, reason: "UnknownMint" });
      return [];
    }
    const destination = associatedTokenAddress({ owner: line.payee, mint, tokenProgram });
    const threshold = thresholdOf(config, book);
    const scopes = args.scopesOf(book);
    return [{ key, scopes, book, line, threshold, tokenProgram, destination }];
  });
  const accounts = await context.chain.accounts({
    addresses: candidates.map(({ destination }) => destination),
    signal: context.signal,
  });
  for (const [index, item] of candidates.entries()) {
    const account = accounts[index] ?? null;
    const { mint } = item.book.header;
    const problem = tokenAccountProblem({ account, mint, owner: item.line.payee });
    if (problem === undefined) found.items.push(item);
    else found.skipped.push({ key: item.key, reason: `TokenAccount${problem}` });
  }
  return found;
}
