import { ed25519 } from "@noble/curves/ed25519";
import type { PublicKey } from "@solana/web3.js";
import { publicKey } from "../../arguments";
import { InvalidArgument } from "../../failure";
import { checkTargets, type Targets, voucherMessage } from "./message";

/** A grant of cumulative totals on lines of a book, signed off chain. */
export interface Voucher {
  book: PublicKey;
  targets: Targets;
  /** The book's voucher signer. */
  signer: PublicKey;
  /** Ed25519, 64 bytes, over `voucherMessage` with the domain of the book. */
  signature: Uint8Array;
}

/** Anything with an ed25519 secret key of 64 bytes (seed, then public key), such as a `Keypair`. */
export interface SecretKeyHolder {
  publicKey: PublicKey;
  secretKey: Uint8Array;
}

/** Signs targets for a book. `domain` is the book's `voucherDomain`. Throws {@link InvalidArgument}. */
export function signVoucher(args: {
  domain: Uint8Array;
  book: PublicKey;
  targets: Targets;
  signer: SecretKeyHolder;
}): Voucher {
  const { domain, signer } = args;
  const book = publicKey(args.book, "book");
  const targets = checkTargets(args.targets);
  if (signer?.secretKey?.length !== 64) {
    throw new InvalidArgument(
      "ARGUMENT_TYPE",
      "signer",
      "signer has no secret key: give a Keypair",
    );
  }
  const message = voucherMessage({ domain, targets });
  const signature = ed25519.sign(message, signer.secretKey.subarray(0, 32));
  return { book, targets, signer: signer.publicKey, signature };
}

/**
 * Whether the voucher's signature is one that the chain accepts for this domain: strict, so no
 * non-canonical scalar or point and no small-order key or nonce point.
 * Says nothing about whether `signer` is the book's voucher signer: compare that with the book.
 */
export function verifyVoucher(args: { domain: Uint8Array; voucher: Voucher }): boolean {
  const { signature, signer, targets } = args.voucher;
  if (signature.length !== 64) return false;
  const message = voucherMessage({ domain: args.domain, targets });
  try {
    const nonce = ed25519.Point.fromBytes(signature.subarray(0, 32), false);
    if (nonce.isSmallOrder()) return false;
    return ed25519.verify(signature, message, signer.toBytes(), { zip215: false });
  } catch {
    // Points that cannot be decoded: the signature is no signature.
    return false;
  }
}
