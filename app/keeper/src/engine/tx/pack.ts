import {
  type Budget,
  MAX_ACCOUNTS,
  MAX_COMPUTE_UNITS,
  MAX_INSTRUCTIONS,
  MAX_TRANSACTION_BYTES,
  TransactionError,
  transactionSize,
} from "@pinfi/sdk";
import type { TransactionInstruction } from "@solana/web3.js";
import type { BuildContext, Draft, Item } from "../work/task";

/** Instructions of the budget that v0 adds behind the others. */
const BUDGET_INSTRUCTIONS = 3;
/** What each of them uses. */
const UNITS_A_TRANSACTION = 150 * BUDGET_INSTRUCTIONS;

/** Code of a program and of a token program, and the sysvars, with room to grow. */
const PROGRAM_BYTES = 2 * 1024 * 1024;

/** One item's instruction and what it may use. */
export interface Piece<I extends Item> {
  item: I;
  instruction: TransactionInstruction;
  /** What it takes from the fee payer as rent or bond. Lamports; missing: nothing. */
  rentLamports?: bigint | undefined;
  /** Upper bound of compute units. */
  units: number;
  /** Upper bound of account data it loads beside `accounts` and programs, in bytes. */
  loadedBytes: number;
  /** Accounts that pieces may share, base58, with the bytes of their data: each is loaded once. */
  accounts: readonly { address: string; bytes: number }[];
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
  const shared = new Map(
    pieces.flatMap(({ accounts }) => accounts.map(({ address, bytes }) => [address, bytes])),
  );
  let loadedBytes = pieces.reduce((sum, piece) => sum + piece.loadedBytes, PROGRAM_BYTES);
  for (const bytes of shared.values()) loadedBytes += bytes;
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
    rentLamports: pieces.map(({ rentLamports }) => rentLamports),
    budget,
    blame: (index) => pieces.slice(index, index + 1).map(({ item }) => item),
  };
}
