import type { TransactionInstruction } from "@solana/web3.js";
import {
  type Arguments,
  checkArguments,
  nullable,
  optional,
  publicKey,
  u16,
  u32,
  u64,
} from "../../arguments";
import { TOKEN_PROGRAM_ID } from "../../ids";
import { authorityAddress, bookAddress, escrowAddress, policyAddress, vaultAddress } from "../pdas";
import { STREAMS } from "../program";

/** Accounts of every instruction that moves tokens of a book's vault. */
export const vaultShape = {
  book: publicKey,
  mint: publicKey,
  /** Default: the associated token account of the book's authority. */
  vault: optional(publicKey),
  /** Default: SPL Token. */
  tokenProgram: optional(publicKey),
};

/** Fills in the defaults of {@link vaultShape}. */
export function vaultAccounts({ book, mint, vault, tokenProgram = TOKEN_PROGRAM_ID }: VaultInput) {
  return {
    book,
    authority: authorityAddress({ book }),
    mint,
    vault: vault ?? vaultAddress({ book, mint, tokenProgram }),
    tokenProgram,
  };
}
type VaultInput = Arguments<typeof vaultShape>;

/** Ceiling of every policy's fee, in basis points, compiled into the program. */
export const MAX_FEE_BPS = 500;

const openBookShape = {
  /** Owns the book and pays its rent. Signs. */
  payer: publicKey,
  mint: publicKey,
  /** Number of the book among those of this payer and mint. */
  id: u16,
  /** Time between closing a line and its end, in seconds, 900 to 2,592,000. */
  graceSeconds: u32,
  /** Who signs vouchers; left out: the payer. */
  voucherSigner: nullable(publicKey),
  /** Who alone may change controlled lines; left out: nobody. */
  controller: nullable(publicKey),
  /**
   * Most that the mint's policy may take of claims, in basis points; the book keeps what it takes on
   * opening. Default: 500, the program's own ceiling.
   */
  maxFeeBps: optional(u16),
  /** Default: the associated token account of the book. */
  vault: optional(publicKey),
  /** Default: SPL Token. */
  tokenProgram: optional(publicKey),
};

/** Opens a book and its vault. */
export function openBook(args: Arguments<typeof openBookShape>): TransactionInstruction {
  const checked = checkArguments("openBook", openBookShape, args);
  const { payer, mint, vault, tokenProgram, maxFeeBps = MAX_FEE_BPS, ...rest } = checked;
  const book = bookAddress({ payer, mint, id: rest.id });
  return STREAMS.instruction("open_book", {
    accounts: {
      payer,
      policy: policyAddress({ mint }),
      ...vaultAccounts({ book, mint, vault, tokenProgram }),
    },
    args: { ...rest, maxFeeBps },
  });
}

const depositShape = {
  ...vaultShape,
  /** Owner of `source`; anyone may fund a book. Signs. */
  funder: publicKey,
  /** Token account that pays. */
  source: publicKey,
  /** Base units that leave `source`; what arrives is credited to the free balance. */
  amount: u64,
};

/** Puts tokens into a book. */
export function deposit(args: Arguments<typeof depositShape>): TransactionInstruction {
  const { funder, source, amount, ...vault } = checkArguments("deposit", depositShape, args);
  return STREAMS.instruction("deposit", {
    accounts: { funder, source, ...vaultAccounts(vault) },
    args: { amount },
  });
}

const refundShape = {
  ...vaultShape,
  /** Payer of the book. Signs. */
  payer: publicKey,
  /** Token account of the payer. */
  destination: publicKey,
  /** Base units, at most the free balance. */
  amount: u64,
};

/** Takes tokens out of the free balance of a book. */
export function refund(args: Arguments<typeof refundShape>): TransactionInstruction {
  const { payer, destination, amount, ...vault } = checkArguments("refund", refundShape, args);
  return STREAMS.instruction("refund", {
    accounts: { payer, destination, ...vaultAccounts(vault) },
    args: { amount },
  });
}

const closeBookShape = {
  ...vaultShape,
  /** Payer of the book; receives the rent. Signs. */
  payer: publicKey,
  /** Token account of the payer; receives the free balance and donated dust. */
  destination: publicKey,
};

/** Ends a book that has no live line and owes no fees. */
export function closeBook(args: Arguments<typeof closeBookShape>): TransactionInstruction {
  const { payer, destination, ...vault } = checkArguments("closeBook", closeBookShape, args);
  return STREAMS.instruction("close_book", {
    accounts: { payer, destination, ...vaultAccounts(vault) },
  });
}

const reapShape = {
  ...vaultShape,
  /** Payer of the book; receives the rent. */
  payer: publicKey,
  /** Associated token account of the payer; needed only where somebody has sent tokens to the vault. */
  destination: nullable(publicKey),
};

/**
 * Clears away a book whose lines are over and whose payer has had nothing left in it for a day.
 * Anyone may call.
 */
export function reap(args: Arguments<typeof reapShape>): TransactionInstruction {
  const { payer, destination, ...vault } = checkArguments("reap", reapShape, args);
  return STREAMS.instruction("reap", { accounts: { payer, destination, ...vaultAccounts(vault) } });
}

const collectFeesShape = {
  ...vaultShape,
  /** Treasury of the mint's policy; left out where it names none. */
  treasury: nullable(publicKey),
  /**
   * `escrowAddress` of the mint; needed only where fees are not all burned and no treasury can receive
   * (none named, closed or frozen), and must be there then: anybody may create it, it is an associated
   * token account.
   */
  escrow: nullable(publicKey),
};

/**
 * Burns and sends on the fees that a book has taken. Anyone may call. What a treasury cannot receive
 * goes to the escrow of the mint's policy, from where `collectEscrow` takes it.
 */
export function collectFees(args: Arguments<typeof collectFeesShape>): TransactionInstruction {
  const { treasury, escrow, ...vault } = checkArguments("collectFees", collectFeesShape, args);
  const policy = policyAddress({ mint: vault.mint });
  return STREAMS.instruction("collect_fees", {
    accounts: { treasury, escrow, policy, ...vaultAccounts(vault) },
  });
}

const collectEscrowShape = {
  mint: publicKey,
  /** Treasury that the mint's policy names; as long as it names none, the fees wait. */
  treasury: publicKey,
  /** Default: the escrow of the mint's policy. */
  escrow: optional(publicKey),
  /** Default: SPL Token. */
  tokenProgram: optional(publicKey),
};

/** Sends on what waits in the escrow of a mint's policy. Anyone may call. */
export function collectEscrow(args: Arguments<typeof collectEscrowShape>): TransactionInstruction {
  const checked = checkArguments("collectEscrow", collectEscrowShape, args);
  const { mint, treasury, tokenProgram = TOKEN_PROGRAM_ID } = checked;
  const { escrow = escrowAddress({ mint, tokenProgram }) } = checked;
  return STREAMS.instruction("collect_escrow", {
    accounts: { policy: policyAddress({ mint }), mint, escrow, treasury, tokenProgram },
  });
}
