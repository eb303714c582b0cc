import type { TransactionInstruction } from "@solana/web3.js";
import { type Arguments, checkArguments, optional, publicKey, u16, u64 } from "../../arguments";
import { TOKEN_PROGRAM_ID } from "../../ids";
import { associatedTokenAddress } from "../../token";
import { memberAddress, policyAddress, poolAddress } from "../pdas";
import { STREAMS } from "../program";

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

/** Opens a pool and its vault. */
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
};

/** Gives a member its units; the first time it opens the member's account. */
export function setUnits(args: Arguments<typeof setUnitsShape>): TransactionInstruction {
  const { owner, pool, who, units } = checkArguments("setUnits", setUnitsShape, args);
  return STREAMS.instruction("set_units", {
    accounts: { owner, pool, member: memberAddress({ pool, who }) },
    args: { who, units },
  });
}

const distributeShape = {
  ...poolShape,
  /** Owner of `source`; anyone may. Signs. */
  funder: publicKey,
  /** Token account that pays. */
  source: publicKey,
  /** Base units that leave `source`; what arrives is shared. */
  amount: u64,
};

/** Shares tokens among all members by their units. */
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
  who: publicKey,
  /** A token account of the member. */
  destination: publicKey,
};

/** Pays a member everything received so far. Anyone may call. */
export function claimMember(args: Arguments<typeof claimMemberShape>): TransactionInstruction {
  const checked = checkArguments("claimMember", claimMemberShape, args);
  const { who, destination, ...pool } = checked;
  return STREAMS.instruction("claim_member", {
    accounts: {
      destination,
      member: memberAddress({ pool: pool.pool, who }),
      ...poolAccounts(pool),
    },
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
  /** Token account of the owner; receives fractions that no member could claim, and donations. */
  destination: publicKey,
};

/** Closes a pool without members. */
export function closePool(args: Arguments<typeof closePoolShape>): TransactionInstruction {
  const { owner, destination, ...pool } = checkArguments("closePool", closePoolShape, args);
  return STREAMS.instruction("close_pool", {
    accounts: { owner, destination, ...poolAccounts(pool) },
  });
}
