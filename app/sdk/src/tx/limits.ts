/** Transaction formats: `v0` everywhere, `v1` (SIMD-0385) with 4,096 bytes and budgets in its header. */
export type TransactionFormat = "v0" | "v1";

/** Bytes on the wire, signatures included. */
export const MAX_TRANSACTION_BYTES: Readonly<Record<TransactionFormat, number>> = {
  v0: 1_232,
  v1: 4_096,
};

/** Accounts that one transaction may name, the programs included. */
export const MAX_ACCOUNTS = 64;

/** Signatures of one v1 transaction; also obeyed in v0. */
export const MAX_SIGNATURES = 12;

/** Instructions of one transaction, those called by programs included. */
export const MAX_INSTRUCTIONS = 64;

/** Compute units that one transaction may use. */
export const MAX_COMPUTE_UNITS = 1_400_000;

/** Bytes of account data that one transaction may load. */
export const MAX_LOADED_BYTES = 64 * 1024 * 1024;

/** Bytes of a signature. */
export const SIGNATURE_LENGTH = 64;

/** Bytes of a public key and of a blockhash. */
export const KEY_LENGTH = 32;
