import type { PublicKey, TransactionInstruction } from "@solana/web3.js";
import { base58Key, checkFields } from "../arguments";
import { concat } from "../codec/encode";
import { TransactionError } from "../failure";
import { type AccountTable, accountTable } from "./accounts";
import { type Budget, budgetValues } from "./budget";
import { MAX_TRANSACTION_BYTES, type TransactionFormat } from "./limits";
import { compactLength, sizeShape, transactionSize, withBudget } from "./size";

/** A transaction that lacks its signatures. */
export interface UnsignedTransaction {
  format: TransactionFormat;
  /** The bytes that every signer signs. */
  message: Uint8Array;
  /** Who must sign, in the order of the signatures; the fee payer first. */
  signers: PublicKey[];
}

const V0_PREFIX = 0x80;
const V1_PREFIX = 0x81;

/** A length in the wire's variable encoding: 7 bits a byte, lowest first. */
export function compact(value: number): Uint8Array {
  const out = new Uint8Array(compactLength(value));
  for (let index = 0, rest = value; index < out.length; index++, rest >>= 7) {
    out[index] = (rest & 0x7f) | (index < out.length - 1 ? 0x80 : 0);
  }
  return out;
}

interface Parts {
  table: AccountTable;
  instructions: readonly TransactionInstruction[];
  lifetime: Uint8Array;
}

const header = ({ signers, readonlySigners, readonlyUnsigned }: AccountTable): Uint8Array =>
  Uint8Array.of(signers, readonlySigners, readonlyUnsigned);

const indices = (table: AccountTable, { keys }: TransactionInstruction): Uint8Array =>
  Uint8Array.from(keys, ({ pubkey }) => table.indexOf(pubkey));

const addresses = (table: AccountTable): Uint8Array[] => table.keys.map((key) => key.toBytes());

function messageV0({ table, instructions, lifetime }: Parts): Uint8Array {
  const noLookups = Uint8Array.of(0);
  return concat([
    Uint8Array.of(V0_PREFIX),
    header(table),
    compact(table.keys.length),
    ...addresses(table),
    lifetime,
    compact(instructions.length),
    ...instructions.flatMap((instruction) => [
      Uint8Array.of(table.indexOf(instruction.programId)),
      compact(instruction.keys.length),
      indices(table, instruction),
      compact(instruction.data.length),
      instruction.data,
    ]),
    noLookups,
  ]);
}

/** SIMD-0385: fixed header, addresses, budget values, all instruction headers, all their bytes. */
function messageV1({ table, instructions, lifetime }: Parts, budget: Budget): Uint8Array {
  const { mask, values } = budgetValues(budget);
  return concat([
    Uint8Array.of(V1_PREFIX),
    header(table),
    Uint8Array.of(mask, 0, 0, 0),
    lifetime,
    Uint8Array.of(instructions.length, table.keys.length),
    ...addresses(table),
    values,
    ...instructions.map(({ programId, keys, data }) =>
      Uint8Array.of(table.indexOf(programId), keys.length, data.length & 0xff, data.length >> 8),
    ),
    ...instructions.flatMap((instruction) => [indices(table, instruction), instruction.data]),
  ]);
}

/**
 * Compiles a transaction to the bytes to be signed. In v0 the budget becomes instructions behind
 * the others; in v1 it stands in the header.
 * Throws {@link TransactionError} when it is beyond a limit of the format.
 */
export function compileTransaction(args: {
  format: TransactionFormat;
  payer: PublicKey;
  /** Recent blockhash in base58. */
  blockhash: string;
  instructions: readonly TransactionInstruction[];
  budget?: Budget;
}): UnsignedTransaction {
  const shape = { ...sizeShape, blockhash: base58Key };
  const { blockhash } = checkFields("compileTransaction", shape, args);
  const { format, payer, budget = {} } = args;
  const bytes = transactionSize({ format, payer, instructions: args.instructions, budget });
  if (bytes > MAX_TRANSACTION_BYTES[format]) {
    const message = `the transaction has ${bytes} bytes, ${format} takes ${MAX_TRANSACTION_BYTES[format]}`;
    throw new TransactionError("TRANSACTION_TOO_LARGE", `${message}: send it in parts`);
  }
  const instructions = withBudget({ format, instructions: args.instructions, budget });
  const table = accountTable({ payer, instructions });
  const lifetime = blockhash.toBytes();
  const parts = { table, instructions, lifetime };
  return {
    format,
    message: format === "v0" ? messageV0(parts) : messageV1(parts, budget),
    signers: table.keys.slice(0, table.signers),
  };
}
