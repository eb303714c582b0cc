import {
  getBase58Decoder,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
  isFullySignedTransaction,
  type Transaction as KitTransaction,
} from "@solana/kit";
import { Transaction, type VersionedTransaction } from "@solana/web3.js";

/** Bytes a cluster takes: 1,232 of a legacy or v0 transaction, 4,096 of a v1 one. */
const SIZE_LIMIT = { legacy: 1_232, 0: 1_232, 1: 4_096 } as const;

/** A transaction in web3.js form, or the raw bytes of any version. */
export type AnyTransaction = Transaction | VersionedTransaction | Uint8Array;

/** A transaction as LiteSVM takes it, with what the ledger must know about it. */
export interface WireTransaction {
  transaction: KitTransaction;
  signature: string;
  blockhash: string;
  fullySigned: boolean;
  tooLarge: boolean;
}

/** Decodes a transaction; legacy, v0 and v1 alike. Throws when the bytes are not one. */
export function readTransaction(input: AnyTransaction): WireTransaction {
  const bytes = wireBytes(input);
  const transaction = getTransactionDecoder().decode(bytes);
  const message = getCompiledTransactionMessageDecoder().decode(transaction.messageBytes);
  const signature = Object.values(transaction.signatures)[0] ?? new Uint8Array(64);
  return {
    transaction,
    signature: getBase58Decoder().decode(signature),
    blockhash: message.lifetimeToken,
    fullySigned: isFullySignedTransaction(transaction),
    tooLarge: bytes.length > SIZE_LIMIT[message.version],
  };
}

// Signatures are for the cluster to judge, so web3.js must not check them first.
function wireBytes(input: AnyTransaction): Uint8Array {
  if (input instanceof Uint8Array) return input;
  return input instanceof Transaction
    ? input.serialize({ requireAllSignatures: false, verifySignatures: false })
    : input.serialize();
}
