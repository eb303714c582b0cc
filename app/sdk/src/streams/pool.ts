import type { PublicKey } from "@solana/web3.js";
import { checkArguments, having, optional, u64, u128 } from "../arguments";
import { indexStepDown, received, wholeDown } from "../math/pool";
import type { AccountLike } from "../program/define";
import { STREAMS } from "./program";

/** One owner's money in one mint, shared among members by units. Amounts in base units. */
export interface Pool {
  owner: PublicKey;
  mint: PublicKey;
  vault: PublicKey;
  /** What one unit has ever received, times 2^64. */
  index: bigint;
  /** Units of all members. */
  totalUnits: bigint;
  /** What the last division left, times 2^64. */
  carried: bigint;
  distributed: bigint;
  claimed: bigint;
  /** In the vault since a time when nobody had units: the owner's, who may distribute it. */
  unshared: bigint;
  /** Members whose account is open. */
  members: number;
  id: number;
  bump: number;
}

/** One member's part of a pool. Amounts in base units. */
export interface Member {
  pool: PublicKey;
  who: PublicKey;
  units: bigint;
  /** The pool's index up to which `owed` is current. */
  index: bigint;
  /** Received and not yet paid, times 2^64. */
  owed: bigint;
  claimed: bigint;
  bump: number;
}

/** Reads a `Pool` account. Throws {@link DecodeError}. */
export function decodePool(account: AccountLike): Pool {
  return STREAMS.decodeAccount("Pool", account) as unknown as Pool;
}

/** Reads a `Member` account. Throws {@link DecodeError}. */
export function decodeMember(account: AccountLike): Member {
  return STREAMS.decodeAccount("Member", account) as unknown as Member;
}

/** What a quote reads of a pool, and of a member. */
export type QuotedPool = Pick<
  Pool,
  "index" | "totalUnits" | "carried" | "distributed" | "claimed" | "unshared"
>;
export type QuotedMember = Pick<Member, "units" | "index" | "owed">;

/**
 * What a claim would pay the member now, in base units. `vaultAmount`, what the pool's vault holds,
 * counts what has come in past `distribute`, which a claim shares first; without it that is left out.
 */
export function memberClaimable(args: {
  pool: QuotedPool;
  member: QuotedMember;
  vaultAmount?: bigint;
}): bigint {
  const shape = {
    pool: having({
      index: u128,
      totalUnits: u64,
      carried: u64,
      distributed: u64,
      claimed: u64,
      unshared: u64,
    }),
    member: having({ units: u64, index: u128, owed: u128 }),
    vaultAmount: optional(u64),
  };
  const { pool, member, vaultAmount = 0n } = checkArguments("memberClaimable", shape, args);
  const { units, index: from, owed } = member;
  const arrived = vaultAmount - (pool.distributed - pool.claimed) - pool.unshared;
  const amount = arrived > 0n ? arrived : 0n;
  const { step } = indexStepDown({ amount, carried: pool.carried, units: pool.totalUnits });
  return wholeDown(owed + received({ units, from, to: pool.index + step }));
}
