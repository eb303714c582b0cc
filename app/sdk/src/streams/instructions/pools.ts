import type { TransactionInstruction } from "@solana/web3.js";
import { type Arguments, checkArguments, optional, publicKey, u16, u64 } from "../../arguments";
import { TOKEN_PROGRAM_ID } from "../../ids";
import { associatedTokenAddress } from "../../token";
import { memberAddress, policyAddress, poolAddress } from "../pdas";
import { STREAMS } from "../program";
import { paymentTo } from "./payment";

const poolShape = {
  pool: publicKey,
  mint: publicKey,
  /** Default: the associated token account of the pool. */
  vault: optional(publicKey),
  /** Default: SPL Token. */
  tokenProgram: optional(publicKey),
};

function poolAccounts(input: Arguments<typeof poolShape>) {
  const { pool, mint, vault, tokenProgram = TOKEN_PROGRAM_ID } = input;
  return {
    pool,
    mint,
    vault: vault ?? associatedTokenAddress({ owner: pool, mint, tokenProgram }),
    tokenProgram,
  };
}

const openPoolShape = {
  /** Owns the pool and pays its rent. Signs. */
  owner: publicKey,
  mint: publicKey,
  /** Number of the pool among those of this owner and mint. */
  id: u16,
  /** Default: the associated token account of the pool. */
  vault: optional(publicKey),
  /** Default: SPL Token. */
  tokenProgram: optional(publicKey),
};

/**
 * Opens a pool and its vault. Where tokens wait at the vault's address, as for a pool that was closed
 * before the lines that pay it, the mint need not be enabled any more.
 */
export function openPool(args: Arguments<typeof openPoolShape>): TransactionInstruction {
  const checked = checkArguments("openPool", openPoolShape, args);
  const { owner, mint, id, ...rest } = checked;
  const pool = poolAddress({ owner, mint, id });
  return STREAMS.instruction("open_pool", {
    accounts: {
      owner,
      policy: policyAddress({ mint }),
      ...poolAccounts({ pool, mint, ...rest }),
    },
    args: { id },
  });
}

const setUnitsShape = {
  /** Owner of the pool; pays the rent of a new member. Signs. */
  owner: publicKey,
  pool: publicKey,
  who: publicKey,
  /** Share in what is distributed from now on, among the units of all; 0 ends it. */
  units: u64,
  /** Mint of the pool, from which the address of its vault follows. */
  mint: publicKey,
  /** Default: the associated token account of the pool. */
  vault: optional(publicKey),
  /** Default: SPL Token. */
  tokenProgram: optional(publicKey),
};

/**
 * Gives a member its units; the first time it opens the member's account. What has come into the
 * vault by then is shared first, by the units held until now.
 *
 * What counts is when money arrives, not when it was earned: put a `claim` of every line that pays the
 * pool before this in the same transaction, or what they owe by now is shared by the new units. The
 * program cannot make an owner do so: members who depend on it claim such lines themselves, as anybody
 * may at any time.
 */
export function setUnits(args: Arguments<typeof setUnitsShape>): TransactionInstruction {
  const checked = checkArguments("setUnits", setUnitsShape, args);
  const { owner, who, units, ...pool } = checked;
  const { vault } = poolAccounts(pool);
  return STREAMS.instruction("set_units", {
    accounts: { owner, pool: pool.pool, vault, member: memberAddress({ pool: pool.pool, who }) },
    args: { who, units },
  });
}

const distributeShape = {
  ...poolShape,
  /** Owner of `source`; anyone may. Signs. */
  funder: publicKey,
  /** Token account that pays. */
  source: publicKey,
  /** Base units that leave `source`, or 0 to share only what others have sent to the vault. */
  amount: u64,
};

/**
 * Shares tokens, and all that has reached the vault since members have units, among them by their
 * units. What came in before that is the owner's, and shared only if he is the funder.
 */
export function distribute(args: Arguments<typeof distributeShape>): TransactionInstruction {
  const checked = checkArguments("distribute", distributeShape, args);
  const { funder, source, amount, ...pool } = checked;
  return STREAMS.instruction("distribute", {
    accounts: { funder, source, ...poolAccounts(pool) },
    args: { amount },
  });
}

const claimMemberShape = {
  ...poolShape,
  /** The member. Signs if `destination` is not his associated token account. */
  who: publicKey,
  /** A token account of the member. Default: the associated one. */
  destination: optional(publicKey),
};

/**
 * Pays a member everything received so far. Anyone may call, for the associated token account.
 */
export function claimMember(args: Arguments<typeof claimMemberShape>): TransactionInstruction {
  const checked = checkArguments("claimMember", claimMemberShape, args);
  const { who: owner, destination: wished, ...pool } = checked;
  const { mint, tokenProgram } = pool;
  const { destination, bump, signer } = paymentTo({
    owner,
    mint,
    tokenProgram,
    destination: wished,
  });
  return STREAMS.instruction("claim_member", {
    accounts: {
      destination,
      who: signer,
      member: memberAddress({ pool: pool.pool, who: owner }),
      ...poolAccounts(pool),
    },
    args: { bump },
  });
}

const closeMemberShape = {
  /** Owner of the pool; receives the rent. */
  owner: publicKey,
  pool: publicKey,
  who: publicKey,
};

/** Closes the account of a member without units and without anything to claim. Anyone may call. */
export function closeMember(args: Arguments<typeof closeMemberShape>): TransactionInstruction {
  const { owner, pool, who } = checkArguments("closeMember", closeMemberShape, args);
  return STREAMS.instruction("close_member", {
    accounts: { owner, pool, member: memberAddress({ pool, who }) },
  });
}

const closePoolShape = {
  ...poolShape,
  /** Owner of the pool; receives the rent. Signs. */
  owner: publicKey,
  /** Token account of the owner; receives fractions that no member could claim, and what came in while nobody had units. */
  destination: publicKey,
};

const recoverTokensShape = {
  /** Owner of the pool; receives the rent. Signs. */
  owner: publicKey,
  pool: publicKey,
  /** Mint of the account to empty. */
  mint: publicKey,
  /** A token account of the pool's that is not its vault. Default: the associated one of `mint`. */
  stray: optional(publicKey),
  /** Token account of the owner; the pool's vault where `mint` is the pool's own. */
  destination: publicKey,
  /** Default: SPL Token. */
  tokenProgram: optional(publicKey),
};

/**
 * Gets tokens out of a token account of a pool's that is not its vault, and closes that account: a
 * line of another mint may have paid it.
 */
export function recoverTokens(args: Arguments<typeof recoverTokensShape>): TransactionInstruction {
  const checked = checkArguments("recoverTokens", recoverTokensShape, args);
  const { stray, ...rest } = checked;
  const { vault, ...accounts } = poolAccounts({ ...rest, vault: stray });
  const { owner, destination } = rest;
  return STREAMS.instruction("recover_tokens", {
    accounts: { owner, destination, stray: vault, ...accounts },
  });
}

/** Closes a pool without members. */
export function closePool(args: Arguments<typeof closePoolShape>): TransactionInstruction {
  const { owner, destination, ...pool } = checkArguments("closePool", closePoolShape, args);
  return STREAMS.instruction("close_pool", {
    accounts: { owner, destination, ...poolAccounts(pool) },
  });
}
