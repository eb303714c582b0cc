import type { BookHeader } from "@pinfi/sdk/streams";
import type { PublicKey } from "@solana/web3.js";

/** A key whose vouchers a book takes, and within what bounds. */
export interface Delegation {
  signer: PublicKey;
  /** Unix seconds from which its vouchers count no more; i64::MAX for never. */
  expiresAt: bigint;
  /** Base units that its vouchers may still raise in sum; undefined: no cap. */
  left: bigint | undefined;
  /** The key before the present one, good for the grace period: its vouchers run out first. */
  former: boolean;
}

const NO_CAP = 2n ** 64n - 1n;

/**
 * The keys that the book listens to: the former one while it lasts, then the present one, also
 * when that has expired. Vouchers of both are taken in and settled, as the chain takes both. Pure.
 */
export function delegationsOf(header: BookHeader, unixSeconds: bigint): Delegation[] {
  const present: Delegation = {
    signer: header.voucherSigner,
    expiresAt: header.voucherExpiresAt,
    left: leftOf(header.voucherCap, header.voucherSpent),
    former: false,
  };
  const { formerSigner, formerExpiresAt } = header;
  if (formerSigner === null || unixSeconds >= formerExpiresAt) return [present];
  if (formerSigner.equals(present.signer)) return [present];
  const left = leftOf(header.formerCap, header.formerSpent);
  return [{ signer: formerSigner, expiresAt: formerExpiresAt, left, former: true }, present];
}

/** The delegation of that key; undefined when the book does not listen to it. Pure. */
export const delegationOf = (args: {
  header: BookHeader;
  signer: PublicKey;
  unixSeconds: bigint;
}): Delegation | undefined =>
  delegationsOf(args.header, args.unixSeconds).find(({ signer }) => signer.equals(args.signer));

/**
 * Whether the key was the book's, and its grace is over: no voucher of it counts any more. Unlike
 * an unknown key, no node that lags can make a good one look like this. Pure.
 */
export const hasLapsed = (args: {
  header: BookHeader;
  signer: PublicKey;
  unixSeconds: bigint;
}): boolean =>
  delegationOf(args) === undefined && (args.header.formerSigner?.equals(args.signer) ?? false);

function leftOf(cap: bigint, spent: bigint): bigint | undefined {
  if (cap === NO_CAP) return undefined;
  return spent < cap ? cap - spent : 0n;
}
