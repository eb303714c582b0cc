import type { PublicKey, TransactionInstruction } from "@solana/web3.js";
import { checkFields, list, oneOf, optional, publicKey } from "../arguments";
import { accountTable, anyInstruction } from "./accounts";
import { type Budget, budgetInstructions, budgetValues, checkBudget } from "./budget";
import { KEY_LENGTH, SIGNATURE_LENGTH, type TransactionFormat } from "./limits";

/** Numbers that decide the size of a transaction. v0 budgets count among its instructions. */
export interface TransactionShape {
  format: TransactionFormat;
  signers: number;
  /** Distinct accounts, the programs included. */
  accounts: number;
  instructions: readonly { accounts: number; data: number }[];
  /** Bytes of budget values in a v1 header. */
  budgetBytes: number;
}

/** Bytes of a length in the wire's variable encoding (7 bits a byte). */
export function compactLength(value: number): number {
  if (value < 0x80) return 1;
  return value < 0x4000 ? 2 : 3;
}

const V0_HEADER = 1 + 3;
const V1_HEADER = 1 + 3 + 4 + 1 + 1;
const V1_INSTRUCTION_HEADER = 4;

/** Exact bytes on the wire of a transaction of this shape, signatures included. */
export function shapeSize(shape: TransactionShape): number {
  const { format, signers, accounts, instructions, budgetBytes } = shape;
  const fixed = SIGNATURE_LENGTH * signers + KEY_LENGTH * (accounts + 1);
  if (format === "v1") {
    const size = ({ accounts: named, data }: { accounts: number; data: number }) =>
      V1_INSTRUCTION_HEADER + named + data;
    return fixed + V1_HEADER + budgetBytes + sum(instructions.map(size));
  }
  const size = ({ accounts: named, data }: { accounts: number; data: number }) =>
    1 + compactLength(named) + named + compactLength(data) + data;
  const lengths = compactLength(signers) + compactLength(accounts);
  const noLookups = 1;
  return (
    fixed +
    V0_HEADER +
    lengths +
    compactLength(instructions.length) +
    sum(instructions.map(size)) +
    noLookups
  );
}

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

/** The instructions as they go on the wire: with those of the budget in v0. */
export function withBudget(args: {
  format: TransactionFormat;
  instructions: readonly TransactionInstruction[];
  budget: Budget;
}): TransactionInstruction[] {
  const { format, instructions, budget } = args;
  return format === "v0" ? [...instructions, ...budgetInstructions(budget)] : [...instructions];
}

/** Arguments of a caller that decide the size. */
export const sizeShape = {
  format: oneOf("v0", "v1"),
  payer: publicKey,
  instructions: list(anyInstruction),
  budget: optional(checkBudget),
};

/**
 * Exact bytes on the wire of a transaction, signatures included, without compiling it. May exceed
 * the limit of the format.
 */
export function transactionSize(args: {
  format: TransactionFormat;
  payer: PublicKey;
  instructions: readonly TransactionInstruction[];
  budget?: Budget;
}): number {
  checkFields("transactionSize", sizeShape, args);
  const { format, payer, budget = {} } = args;
  const instructions = withBudget({ format, instructions: args.instructions, budget });
  const table = accountTable({ payer, instructions });
  return shapeSize({
    format,
    signers: table.signers,
    accounts: table.keys.length,
    instructions: instructions.map(({ keys, data }) => ({
      accounts: keys.length,
      data: data.length,
    })),
    budgetBytes: budgetValues(budget).values.length,
  });
}
