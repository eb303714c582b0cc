import {
  collectFees as collect,
  collectEscrow,
  decodeMintPolicy,
  escrowAddress,
  policyAddress,
} from "@pinfi/sdk/streams";
import type { PublicKey } from "@solana/web3.js";
import type { AccountRead } from "../../../engine/chain/chain";
import { RpcError } from "../../../engine/errors";
import { packPieces } from "../../../engine/tx/pack";
import type { Found, Item, Task } from "../../../engine/work/task";
import type { BookView } from "../books/books";
import { loadedBook, type ScopesOf } from "../books/costs";
import type { Directory } from "../books/directory";
import { tokenAccountProblem, tokenAmount } from "../books/tokens";
import type { StreamsConfig } from "../config";
import { BOOK_CLOSED } from "../errors";
import { COLLECT_SIGNING } from "../signing";

/** Fees worth collecting: of a book, or those that wait in the escrow of a mint's policy. */
export interface CollectItem extends Item {
  from: "book" | "escrow";
  /** One of the mint's, where `from` is the escrow. */
  book: BookView;
  /** Base units. */
  amount: bigint;
  tokenProgram: PublicKey;
  treasury: PublicKey | null;
  /** Of the mint's policy; gets what no treasury can receive. */
  escrow: PublicKey;
}

/** Upper bounds for one collection. */
const UNITS = 60_000;
/** Of a fee, in basis points: all of it is burned. */
const ALL_BPS = 10_000;
const TOKEN_BYTES = 16_384;

/**
 * Burns and forwards protocol fees that have gathered in the vaults, and sends on what has waited in
 * an escrow once a treasury can receive it.
 */
export function collectFees(args: {
  config: StreamsConfig["tasks"]["collectFees"];
  directory: Directory;
  scopesOf: ScopesOf;
}): Task<CollectItem> {
  const { config, directory, scopesOf } = args;
  const due = ({ header }: BookView): bigint => header.feesAccrued - header.feesCollected;
  return {
    name: "collect-fees",
    everyMs: config.everyMs,
    inFlight: config.inFlight,
    maxFeeLamports: config.maxFeeLamports,
    signatures: 0,
    signing: COLLECT_SIGNING,
    settledBy: ["NothingToCollect", BOOK_CLOSED],

    async find(context) {
      const { chain, signal } = context;
      const busy = await directory.busy(context);
      const found: Found<CollectItem> = { items: [], skipped: [...busy.skipped] };
      const mints = new Map(busy.books.map((book) => [book.header.mint.toBase58(), book]));
      const one = [...mints.values()];
      const policies = await chain.accounts({
        addresses: one.map(({ header }) => policyAddress({ mint: header.mint })),
        signal,
      });
      const read = [...mints.keys()].map(
        (mint, index) => [mint, readPolicy(policies[index] ?? null)] as const,
      );
      const termsOf = new Map(read);
      const addresses = one.flatMap(({ header: { mint } }) => {
        const terms = termsOf.get(mint.toBase58());
        if (terms === undefined || typeof terms === "string") return [];
        const escrow = escrowAddress({ mint, tokenProgram: terms.tokenProgram });
        return terms.treasury ? [terms.treasury, escrow] : [escrow];
      });
      const outlets = await chain.accounts({ addresses, signal });
      const byAddress = new Map(
        addresses.map((address, index) => [address.toBase58(), outlets[index] ?? null]),
      );
      for (const book of busy.books) {
        const { mint } = book.header;
        const terms = termsOf.get(mint.toBase58()) ?? "Missing";
        const key = book.address.toBase58();
        const amount = due(book);
        if (typeof terms === "string") {
          if (amount > 0n) found.skipped.push({ key, reason: `Policy${terms}` });
          continue;
        }
        const { tokenProgram, treasury, burnBps } = terms;
        const escrow = escrowAddress({ mint, tokenProgram });
        const accountAt = (address: PublicKey) => byAddress.get(address.toBase58()) ?? null;
        const problemOf = (address: PublicKey) =>
          tokenAccountProblem({ account: accountAt(address), mint });
        const problem = treasury === null ? "Missing" : problemOf(treasury);
        const item = { scopes: scopesOf(book), book, tokenProgram, treasury, escrow };
        // Somebody has to create the escrow first, at his own cost: not this keeper.
        const open =
          problem === undefined || burnBps === ALL_BPS || problemOf(escrow) === undefined;
        if (amount > 0n && open) found.items.push({ ...item, key, from: "book", amount });
        else if (amount > 0n) found.skipped.push({ key, reason: `Treasury${problem}` });
        // Once for each mint.
        if (mints.get(mint.toBase58()) !== book || problem !== undefined) continue;
        const waiting = problemOf(escrow) === undefined ? tokenAmount(accountAt(escrow)) : 0n;
        if (waiting > 0n) {
          found.items.push({ ...item, key: escrow.toBase58(), from: "escrow", amount: waiting });
        }
      }
      return found;
    },

    due: ({ amount }) => (amount >= config.minAmount && amount > 0n ? "now" : "wait"),

    build: (items, context) =>
      packPieces({
        context,
        pieces: items.map((item) => ({
          item,
          instruction: instructionFor(item),
          units: UNITS,
          loadedBytes: TOKEN_BYTES,
          accounts: [loadedBook(item.book)],
        })),
      }),

    describe: ({ items }) => ({
      accounts: items.map(({ key }) => ({ address: key, changes: 1 })),
      receivedAtMs: [],
    }),
  };
}

function instructionFor({ from, book, tokenProgram, treasury, escrow }: CollectItem) {
  const { mint, vault } = book.header;
  if (from === "escrow" && treasury) return collectEscrow({ mint, tokenProgram, treasury, escrow });
  return collect({ book: book.address, mint, vault, tokenProgram, treasury, escrow });
}

function readPolicy(account: AccountRead) {
  if (account instanceof RpcError) return "Unread";
  if (account === null) return "Missing";
  try {
    return decodeMintPolicy(account);
  } catch {
    // Another program's account, or a layout of another version: not for this keeper to touch.
    return "Missing";
  }
}
