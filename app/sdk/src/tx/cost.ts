import { bytes, checkArguments, having, list, string, u32, u64 } from "../arguments";
import { ED25519_PROGRAM_ID } from "../ids";
import type { WireFacts } from "./wire";

/** What one transaction took. */
export interface TransactionCost {
  /** Compute units executed. */
  computeUnits: number;
  /** What counts against the limits of a block. */
  costUnits: number;
  /** Fee for signatures and the priority fee. */
  feesLamports: number;
}

/* What a block is charged for a transaction (solana-cost-model 4.5; SIMD-0186). */
const UNITS_A_SIGNATURE = 720;
const UNITS_AN_ED25519_SIGNATURE = 2_400;
const UNITS_A_WRITE_LOCK = 300;
const DATA_BYTES_A_UNIT = 4;
const UNITS_A_PAGE = 8;
const PAGE_BYTES = 32 * 1024;

/** Base fee of a signature, of the transaction or of an ed25519 instruction. */
export const LAMPORTS_A_SIGNATURE = 5_000;

const ED25519 = ED25519_PROGRAM_ID.toBase58();

const wireFacts = having({
  instructions: list(having({ program: string, data: bytes() })),
  signatures: u32,
  writableAccounts: u32,
  loadedBytesLimit: u32,
  priorityLamports: u64,
});

/** Cost of a transaction that executed `units` compute units. */
export function transactionCost(args: { wire: WireFacts; units: bigint }): TransactionCost {
  const { wire, units } = checkArguments("transactionCost", { wire: wireFacts, units: u64 }, args);
  const { instructions, signatures, writableAccounts, loadedBytesLimit, priorityLamports } = wire;
  // The first byte of an ed25519 instruction is its number of signatures.
  const vouchers = instructions
    .filter(({ program }) => program === ED25519)
    .reduce((sum, { data }) => sum + (data[0] ?? 0), 0);
  const dataBytes = instructions.reduce((sum, { data }) => sum + data.length, 0);
  const computeUnits = Number(units);
  const costUnits =
    signatures * UNITS_A_SIGNATURE +
    vouchers * UNITS_AN_ED25519_SIGNATURE +
    writableAccounts * UNITS_A_WRITE_LOCK +
    Math.floor(dataBytes / DATA_BYTES_A_UNIT) +
    Math.ceil(loadedBytesLimit / PAGE_BYTES) * UNITS_A_PAGE +
    computeUnits;
  const feesLamports = (signatures + vouchers) * LAMPORTS_A_SIGNATURE + Number(priorityLamports);
  return { computeUnits, costUnits, feesLamports };
}
