import type { PublicKey } from "@solana/web3.js";
import { bytes, checkArguments, having, publicKey } from "../../arguments";
import { isStrictSignature, sign } from "../../crypto/ed25519";
import { keyPair, type SecretKeyHolder } from "../../tx/sign";
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

const parts = { book: publicKey, targets: checkTargets, signer: publicKey };

/** Checks a voucher of a caller: whether its signature is good is not looked at. */
export const anyVoucher = having({ ...parts, signature: bytes(64) });

/** Signs targets for a book. `domain` is the book's `voucherDomain`. Throws {@link InvalidArgument}. */
export function signVoucher(args: {
  domain: Uint8Array;
  book: PublicKey;
  targets: Targets;
  signer: SecretKeyHolder;
}): Voucher {
  const shape = { domain: bytes(), book: publicKey, targets: checkTargets, signer: keyPair };
  const { domain, book, targets, signer } = checkArguments("signVoucher", shape, args);
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
  const shape = { domain: bytes(), voucher: having({ ...parts, signature: bytes() }) };
  const { domain, voucher } = checkArguments("verifyVoucher", shape, args);
  const { signature, signer, targets } = voucher;
  const message = voucherMessage({ domain, targets });
  return isStrictSignature({ message, publicKey: signer.toBytes(), signature });
}
