import { fixedKeypair } from "@pinfi/localnet";

/** Everybody in the tests of registry. Seeds are fixed, so that addresses and costs repeat. */
export const KEYS = {
  /** Sets classes and regions, and pauses. */
  authority: fixedKeypair(50),
  /** Pays rents. Not the fee payer, so that its lamports tell of rent alone. */
  payer: fixedKeypair(51),
  /** Has the operator that the tests begin with. */
  operator: fixedKeypair(52),
  otherOperator: fixedKeypair(53),
  /** Gets a part of the operator's pay. */
  lender: fixedKeypair(54),
  /** Has no right to anything. */
  stranger: fixedKeypair(55),
} as const;

/** All of them, to sign with. */
export const KEYRING = Object.values(KEYS);
