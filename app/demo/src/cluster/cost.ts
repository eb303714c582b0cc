import type { Cost } from "../summary";
import type { WireFacts } from "./wire";

const ED25519 = "Ed25519SigVerify111111111111111111111111111";

/* What a block is charged for a transaction (solana-cost-model 4.5; SIMD-0186). */
const UNITS_A_SIGNATURE = 720;
const UNITS_AN_ED25519_SIGNATURE = 2_400;
const UNITS_A_WRITE_LOCK = 300;
const DATA_BYTES_A_UNIT = 4;
const UNITS_A_PAGE = 8;
const PAGE_BYTES = 32 * 1024;

/** Base fee of a signature, of the transaction or of an ed25519 instruction. */
const LAMPORTS_A_SIGNATURE = 5_000;

/** What one transaction cost that executed `units` compute units. */
export function costOf({ wire, units }: { wire: WireFacts; units: bigint }): Cost {
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
  return {
    transactions: 1,
    computeUnits,
    costUnits,
    feesLamports: (signatures + vouchers) * LAMPORTS_A_SIGNATURE + Number(priorityLamports),
  };
}
