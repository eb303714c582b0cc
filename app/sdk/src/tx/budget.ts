import { TransactionInstruction } from "@solana/web3.js";
import { optional, struct, u32, u64 } from "../arguments";
import { InvalidArgument } from "../failure";
import { COMPUTE_BUDGET_PROGRAM_ID } from "../ids";

/** What a transaction may use and offers to pay, the same in both formats. */
export interface Budget {
  /** Compute units. v0: 200,000 an instruction when left out; v1: none, so it must be given. */
  computeUnitLimit?: number;
  /** Bytes of account data. v0: 64 MiB when left out; v1: none, so it must be given. */
  loadedAccountsDataSizeLimit?: number;
  /** For the whole transaction. In v0 it becomes a price a unit, rounded down. */
  priorityFeeLamports?: bigint;
}

const MICRO_LAMPORTS = 1_000_000n;
const SET_UNIT_LIMIT = 2;
const SET_UNIT_PRICE = 3;
const SET_LOADED_LIMIT = 4;

/** Checks a budget of a caller. Throws {@link InvalidArgument}. */
export const checkBudget = (budget: unknown, argument = "budget"): Budget =>
  budgetShape(budget, argument);

const budgetShape = struct({
  computeUnitLimit: optional(u32),
  loadedAccountsDataSizeLimit: optional(u32),
  priorityFeeLamports: optional(u64),
});

function instruction(tag: number, value: bigint, size: 4 | 8): TransactionInstruction {
  const data = Buffer.alloc(1 + size);
  data.writeUInt8(tag);
  if (size === 4) data.writeUInt32LE(Number(value), 1);
  else data.writeBigUInt64LE(value, 1);
  return new TransactionInstruction({ programId: COMPUTE_BUDGET_PROGRAM_ID, keys: [], data });
}

/** The budget as instructions of a v0 transaction; they may stand anywhere in it. */
export function budgetInstructions(budget: Budget): TransactionInstruction[] {
  const { computeUnitLimit, loadedAccountsDataSizeLimit, priorityFeeLamports } =
    checkBudget(budget);
  const out: TransactionInstruction[] = [];
  if (computeUnitLimit !== undefined) {
    out.push(instruction(SET_UNIT_LIMIT, BigInt(computeUnitLimit), 4));
  }
  if (priorityFeeLamports !== undefined) {
    if (!computeUnitLimit) {
      const message = "a priority fee in v0 is a price a unit: give computeUnitLimit too";
      throw new InvalidArgument("ARGUMENT_MISSING", "computeUnitLimit", message);
    }
    const price = (priorityFeeLamports * MICRO_LAMPORTS) / BigInt(computeUnitLimit);
    out.push(instruction(SET_UNIT_PRICE, price, 8));
  }
  if (loadedAccountsDataSizeLimit !== undefined) {
    out.push(instruction(SET_LOADED_LIMIT, BigInt(loadedAccountsDataSizeLimit), 4));
  }
  return out;
}

/** The budget as the header of a v1 transaction has it: bits of the mask, then the values. */
export function budgetValues(budget: Budget): { mask: number; values: Uint8Array } {
  const { computeUnitLimit, loadedAccountsDataSizeLimit, priorityFeeLamports } =
    checkBudget(budget);
  const values = Buffer.alloc(16);
  let mask = 0;
  let length = 0;
  if (priorityFeeLamports !== undefined) {
    mask |= 0b00011;
    length = values.writeBigUInt64LE(priorityFeeLamports, length);
  }
  if (computeUnitLimit !== undefined) {
    mask |= 0b00100;
    length = values.writeUInt32LE(computeUnitLimit, length);
  }
  if (loadedAccountsDataSizeLimit !== undefined) {
    mask |= 0b01000;
    length = values.writeUInt32LE(loadedAccountsDataSizeLimit, length);
  }
  return { mask, values: values.subarray(0, length) };
}
