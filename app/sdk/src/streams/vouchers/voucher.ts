import type { PublicKey } from "@solana/web3.js";
import { publicKey } from "../../arguments";
import { isStrictSignature, sign } from "../../crypto/ed25519";
import { InvalidArgument } from "../../failure";
import type { SecretKeyHolder } from "../../tx/sign";
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
  const signature = sign(message, signer.secretKey);
  return { book, targets, signer: signer.publicKey, signature };
}

/**
 * Whether the chain accepts the voucher's signature for this domain: the strict check of its ed25519
 * program, which refuses some that ordinary verifiers accept.
 * Says nothing about whether `signer` is the book's voucher signer: compare that with the book.
 */
export function verifyVoucher(args: { domain: Uint8Array; voucher: Voucher }): boolean {
  const { signature, signer, targets } = args.voucher;
  const message = voucherMessage({ domain: args.domain, targets });
  return isStrictSignature({ message, publicKey: signer.toBytes(), signature });
}
