import type { BookView } from "../chain/books";
import { type Place, placeOf } from "./shelf";

/** A key whose vouchers a book takes, and within what bounds. */
export interface Mandate {
  place: Place;
  /** Unix seconds from which its vouchers count no more; i64::MAX for never. */
  expiresAt: bigint;
  /** Base units that its vouchers may still raise in sum; undefined: no cap. */
  left: bigint | undefined;
  /** The key before the present one, good for the grace period: its vouchers run out first. */
  former: boolean;
}

const NO_CAP = 2n ** 64n - 1n;

/**
 * The keys that the book listens to: the former one while it lasts, then the present one.
 * Only the present one's vouchers are taken in; both are settled.
 */
export function mandatesOf(book: BookView, unixSeconds: bigint): Mandate[] {
  const { header } = book;
  const place = placeOf(book);
  const present: Mandate = {
    place,
    expiresAt: header.voucherExpiresAt,
    left: leftOf(header.voucherCap, header.voucherSpent),
    former: false,
  };
  const former = header.formerSigner?.toBase58();
  const lasts = unixSeconds < header.formerExpiresAt;
  if (former === undefined || former === place.signer || !lasts) return [present];
  return [
    {
      place: { ...place, signer: former },
      expiresAt: header.formerExpiresAt,
      left: leftOf(header.formerCap, header.formerSpent),
      former: true,
    },
    present,
  ];
}

export const isAt = (a: Place, b: Place): boolean =>
  a.book === b.book && a.signer === b.signer && a.domain === b.domain;

function leftOf(cap: bigint, spent: bigint): bigint | undefined {
  if (cap === NO_CAP) return undefined;
  return spent < cap ? cap - spent : 0n;
}
