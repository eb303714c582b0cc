import {
  BOOK_HEADER_LENGTH,
  type Budget,
  LINE_LENGTH,
  MAX_ACCOUNTS,
  MAX_COMPUTE_UNITS,
  MAX_INSTRUCTIONS,
  MAX_TRANSACTION_BYTES,
  TransactionError,
  transactionSize,
} from "@pinfi/sdk";
import type { TransactionInstruction } from "@solana/web3.js";
import type { BookView } from "../../programs/streams/books/books";
import type { BuildContext, Draft, Item } from "../work/task";

/** Instructions of the budget that v0 adds behind the others. */
const BUDGET_INSTRUCTIONS = 3;
/** What each of them uses. */
const UNITS_A_TRANSACTION = 150 * BUDGET_INSTRUCTIONS;

/** Code of streams and of a token program, and the sysvars, with room to grow. */
const PROGRAM_BYTES = 2 * 1024 * 1024;

/** One item's instruction and what it may use. */
export interface Piece<I extends Item> {
  item: I;
  instruction: TransactionInstruction;
  /** Upper bound of compute units. */
  units: number;
  /** Upper bound of account data it loads beside books and programs, in bytes. */
  loadedBytes: number;
  books: readonly BookView[];
}

/**
 * Puts single instructions into transactions, in order, as many as fit: each transaction is
 * closed when the next piece would break a limit on bytes, accounts, instructions or units.
 */
export function packPieces<I extends Item>(args: {
  pieces: readonly Piece<I>[];
  context: BuildContext;
}): Draft<I>[] {
  const drafts: Draft<I>[] = [];
  let open: Piece<I>[] = [];
  for (const piece of args.pieces) {
    if (open.length > 0 && !fits([...open, piece], args.context)) {
      drafts.push(toDraft(open, args.context));
      open = [];
    }
    open.push(piece);
  }
  if (open.length > 0) drafts.push(toDraft(open, args.context));
  return drafts;
}

function fits<I extends Item>(pieces: readonly Piece<I>[], context: BuildContext): boolean {
  const { payer, format } = context;
  const { instructions, budget } = toDraft(pieces, context);
  if (instructions.length + BUDGET_INSTRUCTIONS > MAX_INSTRUCTIONS) return false;
  if ((budget.computeUnitLimit ?? 0) >= MAX_COMPUTE_UNITS) return false;
  const accounts = new Set(
    instructions.flatMap(({ programId, keys }) =>
      [programId, ...keys.map(({ pubkey }) => pubkey)].map((key) => key.toBase58()),
    ),
  );
  // The fee payer and, in v0, the budget program come on top.
  if (accounts.size + 2 > MAX_ACCOUNTS) return false;
  try {
    return (
      transactionSize({ format, payer, instructions: [...instructions], budget }) <=
      MAX_TRANSACTION_BYTES[format]
    );
  } catch (error) {
    if (error instanceof TransactionError) return false;
    throw error;
  }
}

function toDraft<I extends Item>(pieces: readonly Piece<I>[], context: BuildContext): Draft<I> {
  const units = pieces.reduce((sum, piece) => sum + piece.units, UNITS_A_TRANSACTION);
  const books = new Map(
    pieces.flatMap(({ books: used }) => used.map((book) => [book.address.toBase58(), book])),
  );
  let loadedBytes = pieces.reduce((sum, piece) => sum + piece.loadedBytes, PROGRAM_BYTES);
  for (const { capacity } of books.values())
    loadedBytes += BOOK_HEADER_LENGTH + LINE_LENGTH * capacity;
  const computeUnitLimit = Math.min(units, MAX_COMPUTE_UNITS);
  const priorityFeeLamports = context.priorityFee(computeUnitLimit);
  const budget: Budget = {
    computeUnitLimit,
    loadedAccountsDataSizeLimit: loadedBytes,
    ...(priorityFeeLamports > 0n && { priorityFeeLamports }),
  };
  return {
    items: pieces.map(({ item }) => item),
    instructions: pieces.map(({ instruction }) => instruction),
    budget,
    blame: (index) => pieces.slice(index, index + 1).map(({ item }) => item),
  };
}
