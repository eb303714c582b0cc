import { MAINNET_LAMPORTS_PER_BYTE, PROGRAM_DATA_HEADER_BYTES } from "@pinfi/localnet";
import { LAMPORTS_A_SIGNATURE } from "@pinfi/sdk";

/** What deploying a program takes from who pays for it. */
export interface Deployment {
  /** Lamports that stay in the program's two accounts until the program is closed. */
  rent: number;
  /** Lamports for the base fees of all transactions; priority fees come on top. */
  fees: number;
  transactions: number;
}

/** A program's file, and what deploying it takes. */
export interface Size extends Deployment {
  bytes: number;
}

/** What one transaction with one signature can write: 1,232 bytes without what stands around it. */
export const WRITE_BYTES = 1_012;
/** Bytes that the runtime charges for on top of an account's data. */
const ACCOUNT_OVERHEAD = 128;
/** The account at the program's address says where its bytes are: tag u32, address. */
export const PROGRAM_BYTES = 36;

/**
 * Deploying a file of so many bytes by the upgradeable loader, as `anchor deploy` and `solana
 * program deploy` do: a buffer is made (two signatures) and written, and a last transaction (two
 * signatures) makes a program of it, whose rent the buffer's pays.
 */
export function deploymentOf(bytes: number): Deployment {
  const rentOf = (data: number): number =>
    (ACCOUNT_OVERHEAD + data) * Number(MAINNET_LAMPORTS_PER_BYTE);
  const writes = Math.ceil(bytes / WRITE_BYTES);
  return {
    rent: rentOf(PROGRAM_BYTES) + rentOf(PROGRAM_DATA_HEADER_BYTES + bytes),
    fees: (2 + writes + 2) * LAMPORTS_A_SIGNATURE,
    transactions: 1 + writes + 1,
  };
}

const LAMPORTS_A_SOL = 1_000_000_000;

/** What deploying takes in all, as people read it. */
export const inSol = ({ rent, fees }: Deployment): string =>
  ((rent + fees) / LAMPORTS_A_SOL).toFixed(3);
