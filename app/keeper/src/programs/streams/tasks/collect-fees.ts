import { collectFees as collect, decodeMintPolicy, escrowAddress, policyAddress } from "@pinfi/sdk";
import type { PublicKey } from "@solana/web3.js";
import type { AccountRead } from "../../../engine/chain/chain";
import { RpcError } from "../../../engine/errors";
import { packPieces } from "../../../engine/tx/pack";
import type { Found, Item, Task } from "../../../engine/work/task";
import type { BookView } from "../books/books";
import { loadedBook, type ScopesOf } from "../books/costs";
import type { Directory } from "../books/directory";
import { tokenAccountProblem } from "../books/tokens";
import type { StreamsConfig } from "../config";
import { BOOK_CLOSED } from "../errors";
import { COLLECT_SIGNING } from "../signing";

/** A book whose fees are worth collecting. */
export interface CollectItem extends Item {
  book: BookView;
  tokenProgram: PublicKey;
  treasury: PublicKey | null;
  /** Of the mint's policy; gets what the treasury cannot receive. */
  escrow: PublicKey;
}

/** Upper bounds for one collection. */
const UNITS = 60_000;
const TOKEN_BYTES = 16_384;

/** Burns and forwards protocol fees that have gathered in the vaults. */
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
      const books = busy.books.filter((book) => due(book) > 0n);
      const found: Found<CollectItem> = { items: [], skipped: [...busy.skipped] };
      const policies = await chain.accounts({
        addresses: books.map(({ header }) => policyAddress({ mint: header.mint })),
        signal,
      });
      const candidates = books.flatMap((book, index): CollectItem[] => {
        const key = book.address.toBase58();
        const policy = readPolicy(policies[index] ?? null);
        if (typeof policy === "string") {
          found.skipped.push({ key, reason: `Policy${policy}` });
          return [];
        }
        const { tokenProgram, treasury } = policy;
        const escrow = escrowAddress({ mint: book.header.mint, tokenProgram });
        return [{ key, scopes: scopesOf(book), book, tokenProgram, treasury, escrow }];
      });
      const addresses = candidates.flatMap(({ treasury, escrow }) => [
        ...(treasury ? [treasury] : []),
        escrow,
      ]);
      const outlets = await chain.accounts({ addresses, signal });
      const byAddress = new Map(
        addresses.map((address, index) => [address.toBase58(), outlets[index] ?? null]),
      );
      for (const item of candidates) {
        const { mint } = item.book.header;
        const problemOf = (address: PublicKey) =>
          tokenAccountProblem({ account: byAddress.get(address.toBase58()) ?? null, mint });
        const problem = item.treasury === null ? undefined : problemOf(item.treasury);
        // Somebody has to create the escrow first, at his own cost: not this keeper.
        if (problem === undefined || problemOf(item.escrow) === undefined) found.items.push(item);
        else found.skipped.push({ key: item.key, reason: `Treasury${problem}` });
      }
      return found;
    },

    due: ({ book }) => (due(book) >= config.minAmount && due(book) > 0n ? "now" : "wait"),

    build: (items, context) =>
      packPieces({
        context,
        pieces: items.map((item) => ({
          item,
          instruction: collect({
            book: item.book.address,
            mint: item.book.header.mint,
            vault: item.book.header.vault,
            tokenProgram: item.tokenProgram,
            treasury: item.treasury,
            escrow: item.escrow,
          }),
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
