import { boolean, checkArguments, oneOf, optional, u64 } from "../../arguments";
import { type Budget, budgetInstructions, budgetValues } from "../../tx/budget";
import {
  MAX_ACCOUNTS,
  MAX_INSTRUCTIONS,
  MAX_TRANSACTION_BYTES,
  type TransactionFormat,
} from "../../tx/limits";
import { shapeSize } from "../../tx/size";
import { settleBudget, type VerifiedBy } from "../budget";
import type { Targets } from "../vouchers/message";
import {
  ed25519DataLength,
  MAX_VOUCHERS_SETTLE_MANY,
  type Settle,
  settleDataLength,
  settleManyDataLength,
} from "../vouchers/settle";

/** How settles are put into transactions. */
export interface PackOptions {
  format: TransactionFormat;
  /**
   * Who verifies the vouchers' signatures. `ed25519` (default): the chain's ed25519 program, at a
   * signature fee each and few compute units; room for many targets. `program`: streams itself
   * (`settle_many`), at some 13,000 compute units each and no fee; room for more books.
   */
  verifiedBy?: VerifiedBy;
  /** Compute unit and loaded data limits. Default: only in v1, which fails without them. */
  limits?: boolean;
  /** Offered for each transaction; needs `limits`. Default: nothing. */
  priorityFeeLamports?: bigint;
}

/** Fee payer, streams program. */
const SHARED_ACCOUNTS = 2;
/** Instructions sysvar, ed25519 program. */
const ED25519_ACCOUNTS = 2;
const ACCOUNTS_A_SETTLE = 2;

/** The budget that the options ask for. */
export function budgetFor(settles: readonly Settle[], options: PackOptions): Budget {
  const { format, limits = format === "v1", priorityFeeLamports, verifiedBy } = options;
  return {
    ...(limits ? settleBudget(settles, verifiedBy) : {}),
    ...(priorityFeeLamports === undefined ? {} : { priorityFeeLamports }),
  };
}

/** What a transaction is to hold: targets of each settle, distinct books. */
export interface Load {
  targets: Targets[];
  books: number;
}

function settlingShape(targets: readonly Targets[], { verifiedBy }: PackOptions) {
  if (verifiedBy === "program") {
    return {
      accounts: 0,
      instructions: [{ accounts: targets.length, data: settleManyDataLength(targets) }],
    };
  }
  const settles = targets.map((each) => ({
    accounts: ACCOUNTS_A_SETTLE,
    data: settleDataLength(each),
  }));
  const proof = { accounts: 0, data: ed25519DataLength(targets.length) };
  return { accounts: ED25519_ACCOUNTS, instructions: [proof, ...settles] };
}

/** Size of a transaction that holds only these settles, from numbers alone. */
export function packedShape(
  load: Load,
  options: PackOptions,
): { bytes: number; accounts: number; instructions: number } {
  const { format } = options;
  const budget = budgetFor([], options);
  const budgetData = format === "v0" ? budgetInstructions(budget) : [];
  const settling = settlingShape(load.targets, options);
  const accounts =
    SHARED_ACCOUNTS + settling.accounts + load.books + (budgetData.length > 0 ? 1 : 0);
  const instructions = [
    ...settling.instructions,
    ...budgetData.map(({ data }) => ({ accounts: 0, data: data.length })),
  ];
  const budgetBytes = format === "v1" ? budgetValues(budget).values.length : 0;
  const bytes = shapeSize({ format, signers: 1, accounts, instructions, budgetBytes });
  return { bytes, accounts, instructions: instructions.length };
}

/** Whether one transaction can hold so much. */
export function fits(load: Load, options: PackOptions): boolean {
  const { bytes, accounts, instructions } = packedShape(load, options);
  return (
    load.targets.length <= MAX_VOUCHERS_SETTLE_MANY &&
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

/** Options of a caller, field by field. */
export const packShape = {
  format: oneOf("v0", "v1"),
  verifiedBy: optional(oneOf("ed25519", "program")),
  limits: optional(boolean),
  priorityFeeLamports: optional(u64),
};

function asOptions(options: PackOptions | TransactionFormat): PackOptions {
  const given = typeof options === "string" ? { format: options } : options;
  checkArguments("options", packShape, given);
  return given;
}

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
