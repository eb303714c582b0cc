import type { PublicKey, TransactionInstruction } from "@solana/web3.js";
import { oneOf, publicKey } from "../arguments";
import { VoucherError } from "../failure";
import { settleBudget } from "../streams/budget";
import { type Targets, targetCount } from "../streams/vouchers/message";
import {
  ED25519_ENTRY_LENGTH,
  ed25519DataLength,
  type Settle,
  settleDataLength,
  settleInstructions,
} from "../streams/vouchers/settle";
import { textOf } from "./accounts";
import { type Budget, budgetInstructions, budgetWords } from "./budget";
import {
  KEY_LENGTH,
  MAX_ACCOUNTS,
  MAX_INSTRUCTIONS,
  MAX_TRANSACTION_BYTES,
  type TransactionFormat,
} from "./limits";
import { shapeSize, transactionSize } from "./size";

/** How settles are put into transactions. */
export interface PackOptions {
  format: TransactionFormat;
  /** Compute unit and loaded data limits. Default: only in v1, which fails without them. */
  limits?: boolean;
  /** Offered for each transaction; needs `limits`. Default: nothing. */
  priorityFeeLamports?: bigint;
}

/** One transaction of settles: `compileTransaction({ ...batch, blockhash })`. */
export interface SettleBatch {
  format: TransactionFormat;
  payer: PublicKey;
  settles: Settle[];
  /** The ed25519 instruction, then one settle for each entry of `settles`. */
  instructions: TransactionInstruction[];
  budget: Budget;
  /** Targets of all its settles. */
  targets: number;
  /** Exact size on the wire. */
  bytes: number;
}

/** Fee payer, instructions sysvar, ed25519 program, streams program. */
const SHARED_ACCOUNTS = 4;
const ACCOUNTS_A_SETTLE = 2;

function budgetFor(settles: readonly Settle[], options: PackOptions): Budget {
  const { format, limits = format === "v1", priorityFeeLamports } = options;
  return {
    ...(limits ? settleBudget(settles) : {}),
    ...(priorityFeeLamports === undefined ? {} : { priorityFeeLamports }),
  };
}

/** Size of a transaction that holds only these settles, from numbers alone. */
function packedShape(
  load: { targets: Targets[]; books: number },
  options: PackOptions,
): { bytes: number; accounts: number; instructions: number } {
  const { format } = options;
  const budget = budgetFor([], options);
  const budgetData = format === "v0" ? budgetInstructions(budget) : [];
  const accounts = SHARED_ACCOUNTS + load.books + (budgetData.length > 0 ? 1 : 0);
  const instructions = [
    { accounts: 0, data: ed25519DataLength(load.targets.length) },
    ...load.targets.map((targets) => ({
      accounts: ACCOUNTS_A_SETTLE,
      data: settleDataLength(targets),
    })),
    ...budgetData.map(({ data }) => ({ accounts: 0, data: data.length })),
  ];
  const budgetBytes = format === "v1" ? budgetWords(budget).words.length : 0;
  const bytes = shapeSize({ format, signers: 1, accounts, instructions, budgetBytes });
  return { bytes, accounts, instructions: instructions.length };
}

function fits(load: { targets: Targets[]; books: number }, options: PackOptions): boolean {
  const { bytes, accounts, instructions } = packedShape(load, options);
  return (
    bytes <= MAX_TRANSACTION_BYTES[options.format] &&
    accounts <= MAX_ACCOUNTS &&
    instructions <= MAX_INSTRUCTIONS
  );
}

function mostTargets(make: (count: number) => Targets, options: PackOptions): number {
  let [low, high] = [0, MAX_TRANSACTION_BYTES[options.format]];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits({ targets: [make(middle)], books: 1 }, options)) low = middle;
    else high = middle;
  }
  return low;
}

const asOptions = (options: PackOptions | TransactionFormat): PackOptions =>
  typeof options === "string" ? { format: options } : options;

/** Most targets that one dense voucher may have to fit into a transaction. */
export function maxDenseTargets(options: PackOptions | TransactionFormat): number {
  const make = (count: number): Targets => ({
    kind: "dense",
    start: 0,
    cumulative: new Array<bigint>(count).fill(0n),
  });
  return mostTargets(make, asOptions(options));
}

/** Most targets that one sparse voucher may have to fit into a transaction. */
export function maxSparseTargets(options: PackOptions | TransactionFormat): number {
  const make = (count: number): Targets => ({
    kind: "sparse",
    entries: new Array(count).fill({ line: 0, cumulative: 0n }),
  });
  return mostTargets(make, asOptions(options));
}

/** Most books, each with a voucher of its own for one line, that one transaction can settle. */
export function maxBooks(options: PackOptions | TransactionFormat): number {
  const one: Targets = { kind: "dense", start: 0, cumulative: [0n] };
  let books = 0;
  const load = (count: number) => ({ targets: new Array<Targets>(count).fill(one), books: count });
  while (fits(load(books + 1), asOptions(options))) books += 1;
  return books;
}

function tooLarge({ voucher }: Settle, options: PackOptions): VoucherError {
  const { kind } = voucher.targets;
  const most = kind === "dense" ? maxDenseTargets : maxSparseTargets;
  const alternatives = (["v0", "v1"] as const)
    .map((format) => `${most({ ...options, format })} in ${format}`)
    .join(", ");
  const message =
    `a ${kind} voucher of ${targetCount(voucher.targets)} targets does not fit into a ${options.format} ` +
    `transaction, and what is signed as a whole cannot be split: sign at most ${alternatives}`;
  return new VoucherError("VOUCHER_TOO_LARGE", message);
}

interface Bin {
  settles: Settle[];
  books: Set<string>;
  bytes: number;
}

/** Puts a settle on `book` into a bin and returns true, or leaves the bin as it is. */
function put(bin: Bin, settle: Settle, book: string, options: PackOptions): boolean {
  const { targets: added } = settle.voucher;
  const isNew = !bin.books.has(book);
  // At least so much is added; spares most bins the exact answer.
  const least = ED25519_ENTRY_LENGTH + settleDataLength(added) + (isNew ? KEY_LENGTH : 0);
  if (bin.bytes + least > MAX_TRANSACTION_BYTES[options.format]) return false;
  const targets = [...bin.settles.map(({ voucher }) => voucher.targets), added];
  const load = { targets, books: bin.books.size + (isNew ? 1 : 0) };
  if (!fits(load, options)) return false;
  bin.settles.push(settle);
  bin.books.add(book);
  bin.bytes = packedShape(load, options).bytes;
  return true;
}

/**
 * Puts settles into as few transactions as first-fit by falling size finds: each begins with one
 * ed25519 instruction for all its settles. Every voucher goes whole into one transaction.
 * Throws {@link VoucherError} `VOUCHER_TOO_LARGE` for one that fits into none.
 */
export function packSettles(
  args: { settles: readonly Settle[]; payer: PublicKey } & PackOptions,
): SettleBatch[] {
  const { settles, payer, ...options } = args;
  publicKey(payer, "payer");
  oneOf("v0", "v1")(options.format, "format");
  const length = ({ voucher }: Settle) => settleDataLength(voucher.targets);
  const bins: Bin[] = [];
  for (const settle of [...settles].sort((a, b) => length(b) - length(a))) {
    const book = textOf(settle.book);
    if (bins.some((bin) => put(bin, settle, book, options))) continue;
    const fresh: Bin = { settles: [], books: new Set(), bytes: 0 };
    if (!put(fresh, settle, book, options)) throw tooLarge(settle, options);
    bins.push(fresh);
  }
  return bins.map((bin) => toBatch(bin.settles, payer, options));
}

function toBatch(settles: Settle[], payer: PublicKey, options: PackOptions): SettleBatch {
  const { format } = options;
  const instructions = settleInstructions({ settles, firstIndex: 0 });
  const budget = budgetFor(settles, options);
  return {
    format,
    payer,
    settles,
    instructions,
    budget,
    targets: settles.reduce((total, { voucher }) => total + targetCount(voucher.targets), 0),
    bytes: transactionSize({ format, payer, instructions, budget }),
  };
}
