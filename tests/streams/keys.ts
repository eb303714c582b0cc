import { fixedKeypair } from "@pinfi/localnet";

/** Everybody in the tests of streams. Seeds are fixed, so that addresses and costs repeat. */
export const KEYS = {
  /** Sets mint policies. */
  authority: fixedKeypair(30),
  /** Owns the book. Not the fee payer, so that its lamports tell of rent alone. */
  payer: fixedKeypair(31),
  payee: fixedKeypair(32),
  otherPayee: fixedKeypair(33),
  controller: fixedKeypair(34),
  /** Signs vouchers where the payer does not. */
  voucherSigner: fixedKeypair(35),
  /** Has no right to anything. */
  stranger: fixedKeypair(36),
  /** Owns the token account that fees go to. */
  treasurer: fixedKeypair(37),
  mint: fixedKeypair(41),
  otherMint: fixedKeypair(42),
  mintAuthority: fixedKeypair(43),
  /** Addresses of accounts that are nobody's associated account. */
  loose: fixedKeypair(44),
  otherLoose: fixedKeypair(45),
} as const;

/** All of them, to sign with. */
export const KEYRING = Object.values(KEYS);
