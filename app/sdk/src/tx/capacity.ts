import { settleBudget } from "../streams/budget";
import type { Targets } from "../streams/vouchers/message";
import { ed25519DataLength, type Settle, settleDataLength } from "../streams/vouchers/settle";
import { type Budget, budgetInstructions, budgetWords } from "./budget";
import {
  MAX_ACCOUNTS,
  MAX_INSTRUCTIONS,
  MAX_TRANSACTION_BYTES,
  type TransactionFormat,
} from "./limits";
import { shapeSize } from "./size";

/** How settles are put into transactions. */
export interface PackOptions {
  format: TransactionFormat;
  /** Compute unit and loaded data limits. Default: only in v1, which fails without them. */
  limits?: boolean;
  /** Offered for each transaction; needs `limits`. Default: nothing. */
  priorityFeeLamports?: bigint;
}

/** Fee payer, instructions sysvar, ed25519 program, streams program. */
const SHARED_ACCOUNTS = 4;
const ACCOUNTS_A_SETTLE = 2;

/** The budget that the options ask for. */
export function budgetFor(settles: readonly Settle[], options: PackOptions): Budget {
  const { format, limits = format === "v1", priorityFeeLamports } = options;
  return {
    ...(limits ? settleBudget(settles) : {}),
    ...(priorityFeeLamports === undefined ? {} : { priorityFeeLamports }),
  };
}

/** What a transaction is to hold: targets of each settle, distinct books. */
export interface Load {
  targets: Targets[];
  books: number;
}

/** Size of a transaction that holds only these settles, from numbers alone. */
export function packedShape(
  load: Load,
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

/** Whether one transaction can hold so much. */
export function fits(load: Load, options: PackOptions): boolean {
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
