import type { PublicKey } from "@solana/web3.js";
import {
  bytes,
  bytesOf,
  type Checker,
  checkArguments,
  func,
  having,
  list,
  oneOf,
  publicKey,
} from "../arguments";
import { concat } from "../codec/encode";
import { sign } from "../crypto/ed25519";
import { InvalidArgument, TransactionError } from "../failure";
import { compact, type UnsignedTransaction } from "./compile";
import { SIGNATURE_LENGTH } from "./limits";

/** Anything with an ed25519 secret key of 64 bytes (seed, then public key), such as a `Keypair`. */
export interface SecretKeyHolder {
  publicKey: PublicKey;
  secretKey: Uint8Array;
}

const holder = having({ publicKey, secretKey: bytes(64) });

/** Checks a key pair of a caller. */
export const keyPair: Checker<SecretKeyHolder> = (value, argument) => {
  const secretKey = bytesOf((value as Partial<SecretKeyHolder> | null | undefined)?.secretKey);
  if (secretKey?.length === 64) return holder(value, argument);
  const message = `${argument} has no secret key: give a Keypair`;
  throw new InvalidArgument("ARGUMENT_TYPE", argument, message);
};

const unsigned = having({
  format: oneOf("v0", "v1"),
  message: bytes(),
  signers: list(publicKey),
});

/**
 * The transaction as it goes on the wire, from signatures made elsewhere (a wallet, a key service).
 * Throws {@link TransactionError} `MISSING_SIGNER` when `signatureOf` has none for a signer.
 */
export function assembleTransaction(args: {
  transaction: UnsignedTransaction;
  signatureOf: (signer: PublicKey) => Uint8Array | undefined;
}): Uint8Array {
  checkArguments("assembleTransaction", { transaction: unsigned, signatureOf: func }, args);
  const { format, message, signers } = args.transaction;
  const signatures = signers.map((signer) => {
    const signature = args.signatureOf(signer);
    if (signature !== undefined) return bytes(SIGNATURE_LENGTH)(signature, "signatureOf()");
    const text = `the transaction lacks the signature of ${signer.toBase58()}`;
    throw new TransactionError("MISSING_SIGNER", text);
  });
  return format === "v0"
    ? concat([compact(signatures.length), ...signatures, message])
    : concat([message, ...signatures]);
}

/** Signs with key pairs at hand. Surplus signers are ignored. Throws {@link TransactionError}. */
export function signTransaction(args: {
  transaction: UnsignedTransaction;
  signers: readonly SecretKeyHolder[];
}): Uint8Array {
  checkArguments("signTransaction", { transaction: unsigned, signers: list(keyPair) }, args);
  const { transaction, signers } = args;
  return assembleTransaction({
    transaction,
    signatureOf: (key) => {
      const holder = signers.find(({ publicKey }) => publicKey.equals(key));
      return holder && sign(transaction.message, holder.secretKey);
    },
  });
}
