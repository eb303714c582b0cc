import type { PublicKey, TransactionInstruction } from "@solana/web3.js";
import { checkArguments, list, publicKey } from "../../arguments";
import { VoucherError } from "../../failure";
import { textOf } from "../../tx/accounts";
import type { Budget } from "../../tx/budget";
import {
  KEY_LENGTH,
  MAX_TRANSACTION_BYTES,
  SIGNATURE_LENGTH,
  type TransactionFormat,
} from "../../tx/limits";
import { transactionSize } from "../../tx/size";
import { DOMAIN_LENGTH, targetCount, voucherMessageLength } from "../vouchers/message";
import {
  anySettle,
  type Settle,
  settleDataLength,
  settleInstructions,
  settleMany,
} from "../vouchers/settle";
import {
  budgetFor,
  fits,
  maxDenseTargets,
  maxSparseTargets,
  type PackOptions,
  packedShape,
  packShape,
} from "./capacity";

/** One transaction of settles: `compileTransaction({ ...batch, blockhash })`. */
export interface SettleBatch {
  format: TransactionFormat;
  payer: PublicKey;
  settles: Settle[];
  /** The ed25519 instruction and one settle for each of `settles`; or one settle_many for all. */
  instructions: TransactionInstruction[];
  budget: Budget;
  /** Targets of all its settles. */
  targets: number;
  /** Exact size on the wire. */
  bytes: number;
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
  const least =
    SIGNATURE_LENGTH + voucherMessageLength(added) + (isNew ? KEY_LENGTH : 0) - DOMAIN_LENGTH;
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
 * Puts settles into as few transactions as first-fit by falling size finds. Every voucher goes whole into one transaction.
 * Throws {@link VoucherError} `VOUCHER_TOO_LARGE` for one that fits into none.
 */
export function packSettles(
  args: { settles: readonly Settle[]; payer: PublicKey } & PackOptions,
): SettleBatch[] {
  checkArguments("packSettles", { settles: list(anySettle), payer: publicKey, ...packShape }, args);
  const { settles, payer, ...options } = args;
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
  const instructions =
    options.verifiedBy === "program"
      ? [settleMany({ vouchers: settles.map(({ voucher }) => voucher) })]
      : settleInstructions({ settles, firstIndex: 0 });
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
