import type { BookHeader } from "@pinfi/sdk/streams";
import type { PublicKey } from "@solana/web3.js";
import { delegationOf, hasLapsed } from "./delegation";

/**
 * Why a voucher can bring nothing any more. `over`: the chain has recorded what it says, or the grace
 * of its key has ended. `outdated`: by what was read, it is of an earlier life of the book or of a key
 * that the book does not know; a node that lags may say so of a good one.
 */
export type End = "over" | "outdated";

/** What is outdated is kept this long after it was first found to be. */
const KEPT_OUTDATED_MS = 3_600_000;

/** The end of a key's vouchers on a book; undefined while the book listens to it. Pure. */
export function endOfKey(args: {
  header: BookHeader;
  /** Under which the vouchers are signed. */
  domain: Uint8Array;
  signer: PublicKey;
  unixSeconds: bigint;
}): End | undefined {
  if (Buffer.compare(args.header.voucherDomain, args.domain) !== 0) return "outdated";
  if (delegationOf(args) !== undefined) return undefined;
  return hasLapsed(args) ? "over" : "outdated";
}

/**
 * What several readings say together: the end that `needed` of them agree on, the later deletion
 * where they differ in kind; undefined where too few see an end. Pure.
 */
export function agreed(ends: readonly (End | undefined)[], needed: number): End | undefined {
  const seen = ends.filter((end) => end !== undefined);
  if (seen.length < needed) return undefined;
  return seen.includes("outdated") ? "outdated" : "over";
}

/** Milliseconds for which a voucher is kept after its end was first seen. Pure. */
export function keptFor(args: { end: End; isCertain: boolean; keepSettledMs: number }): number {
  if (args.end === "outdated") return Math.max(KEPT_OUTDATED_MS, args.keepSettledMs);
  return args.isCertain ? 0 : args.keepSettledMs;
}
