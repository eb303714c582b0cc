import type { TransactionInstruction } from "@solana/web3.js";
import {
  type Arguments,
  boolean,
  checkArguments,
  i64,
  list,
  nullable,
  optional,
  publicKey,
  struct,
  u16,
  u64,
} from "../../arguments";
import { DecodeError, InvalidArgument } from "../../failure";
import { type AccountLike, accountLike, writable } from "../../program/define";
import { authorityAddress, vaultAddress } from "../pdas";
import { decodePool, type Pool } from "../pool";
import { STREAMS } from "../program";
import { vaultAccounts, vaultShape } from "./books";
import { paymentTo } from "./payment";

const reserveLinesShape = {
  /** Payer of the book; pays the rent. Signs. */
  payer: publicKey,
  book: publicKey,
  /** Lines to make room for, at most 106 a call. */
  count: u16,
};

/** Grows a book ahead of its next lines. */
export function reserveLines(args: Arguments<typeof reserveLinesShape>): TransactionInstruction {
  const { count, ...accounts } = checkArguments("reserveLines", reserveLinesShape, args);
  return STREAMS.instruction("reserve_lines", { accounts, args: { count } });
}

const addLineShape = {
  /** Payer of the book; pays the rent. Signs. */
  payer: publicKey,
  book: publicKey,
  /** The book's `nextLine`: a resend is refused rather than adding a second line. */
  line: u16,
  /**
   * Anybody may push a claim to the associated token account of this address, and to no other without
   * its signature. A program's address must be able to move tokens out of that one.
   */
  payee: publicKey,
  /** Mint of the book. Given, a payee is refused that could not be paid in it. */
  mint: optional(publicKey),
  /**
   * The account at the payee's address, as read, or null if there is none. A pool asks for `mint`; one of
   * another mint is refused: its members would get nothing, only its owner could recover the tokens.
   */
  payeeAccount: nullable(accountLike),
  /** Token program of `mint`. Default: SPL Token. */
  tokenProgram: optional(publicKey),
  /** Base units bound to the line out of the free balance; may be 0. */
  deposit: u64,
  /** Base units a second; 0 is a line without a stream. */
  rate: u64,
  /** Whether the book's controller alone may change and close the line. */
  controlled: boolean,
};

/** The pool in an account, or null if it is none. */
function poolIn(account: AccountLike): Pool | null {
  try {
    return decodePool(account);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}

/** Adds a line to a book. */
export function addLine(args: Arguments<typeof addLineShape>): TransactionInstruction {
  const checked = checkArguments("addLine", addLineShape, args);
  const { payer, book, mint, payeeAccount, tokenProgram, ...rest } = checked;
  const refuse = (message: string, argument = "payee"): never => {
    throw new InvalidArgument("ARGUMENT_RANGE", argument, message);
  };
  const own = [book, authorityAddress({ book })];
  if (mint !== undefined) own.push(vaultAddress({ book, mint, tokenProgram }));
  if (own.some((address) => rest.payee.equals(address))) {
    refuse("payee is the book itself, its vault or the vault's owner: nobody could be paid there");
  }
  if (payeeAccount !== undefined && payeeAccount !== null) {
    const pool = poolIn(payeeAccount);
    if (pool && mint === undefined) refuse("payee is a pool: give the mint of the book", "mint");
    if (pool && mint && !pool.mint.equals(mint)) {
      refuse(
        `payee is a pool of ${pool.mint.toBase58()}: its members can be paid in no other mint`,
      );
    }
  }
  return STREAMS.instruction("add_line", { accounts: { payer, book }, args: rest });
}

const fundLineShape = {
  /** Payer of the book. Signs. */
  payer: publicKey,
  book: publicKey,
  line: u16,
  /** Base units from the free balance. */
  amount: u64,
};

/** Raises the deposit of a line. */
export function fundLine(args: Arguments<typeof fundLineShape>): TransactionInstruction {
  const { payer, book, ...rest } = checkArguments("fundLine", fundLineShape, args);
  return STREAMS.instruction("fund_line", { accounts: { payer, book }, args: rest });
}

const setRateShape = {
  /** Payer, or for a controlled line the book's controller. Signs. */
  authority: publicKey,
  book: publicKey,
  line: u16,
  /** Base units a second from now on; 0 pauses. The past stays at the old rate. */
  rate: u64,
};

/** Changes the rate of a line. */
export function setRate(args: Arguments<typeof setRateShape>): TransactionInstruction {
  const { authority, book, ...rest } = checkArguments("setRate", setRateShape, args);
  return STREAMS.instruction("set_rate", { accounts: { authority, book }, args: rest });
}

const setVoucherSignerShape = {
  /** Payer of the book. Signs. */
  payer: publicKey,
  book: publicKey,
  /** Whose vouchers count from now on. */
  signer: publicKey,
  /** Unix second from which they count no more; i64::MAX for never. */
  expiresAt: i64,
  /**
   * Most that they may raise in sum, in base units, on whichever lines are settled first; u64::MAX
   * for no cap. Until it is settled, a voucher of a capped key is no promise.
   */
  cap: u64,
};

/** Replaces the voucher signer of a book; what its vouchers may spend starts anew. */
export function setVoucherSigner(
  args: Arguments<typeof setVoucherSignerShape>,
): TransactionInstruction {
  const { payer, book, ...rest } = checkArguments("setVoucherSigner", setVoucherSignerShape, args);
  return STREAMS.instruction("set_voucher_signer", { accounts: { payer, book }, args: rest });
}

const claimShape = {
  ...vaultShape,
  line: u16,
  /** Payee of the line. Signs if `destination` is not his associated token account. */
  payee: publicKey,
  /** A token account of the payee. Default: the associated one. */
  destination: optional(publicKey),
};

/** Pays out everything claimable of a line. Anyone may call, for the associated token account. */
export function claim(args: Arguments<typeof claimShape>): TransactionInstruction {
  const checked = checkArguments("claim", claimShape, args);
  const { line, payee: owner, destination: wished, ...vault } = checked;
  const { mint, tokenProgram } = vault;
  const { destination, bump, signer } = paymentTo({
    owner,
    mint,
    tokenProgram,
    destination: wished,
  });
  return STREAMS.instruction("claim", {
    accounts: { destination, payee: signer, ...vaultAccounts(vault) },
    args: { line, bump },
  });
}

const claimManyShape = {
  ...vaultShape,
  /** Lines to pay, at most 32, each with its payee. */
  claims: list(struct({ line: u16, payee: publicKey })),
};

/**
 * Pays out several lines of a book, each to its payee's associated token account. One that cannot be
 * paid now is skipped and reported.
 */
export function claimMany(args: Arguments<typeof claimManyShape>): TransactionInstruction {
  const { claims, ...vault } = checkArguments("claimMany", claimManyShape, args);
  const { mint, tokenProgram } = vault;
  const paid = claims.map(({ line, payee: owner }) => ({
    line,
    ...paymentTo({ owner, mint, tokenProgram, destination: undefined }),
  }));
  return STREAMS.instruction("claim_many", {
    accounts: vaultAccounts(vault),
    args: { lines: paid.map(({ line, bump }) => ({ line, bump })) },
    remaining: paid.map(({ destination }) => writable(destination)),
  });
}

const closeLineShape = {
  /** Payer, controller (for a controlled line), or the payee, who closes at once. Signs. */
  authority: publicKey,
  book: publicKey,
  line: u16,
};

/** Begins the end of a line: its rate stops, vouchers count until the grace period is over. */
export function closeLine(args: Arguments<typeof closeLineShape>): TransactionInstruction {
  const { line, ...accounts } = checkArguments("closeLine", closeLineShape, args);
  return STREAMS.instruction("close_line", { accounts, args: { line } });
}

const removeLineShape = { book: publicKey, line: u16 };

/**
 * After the grace period: returns what was not earned to the free balance, and frees the line once
 * everything earned is claimed. Anyone may call.
 */
export function removeLine(args: Arguments<typeof removeLineShape>): TransactionInstruction {
  const { book, line } = checkArguments("removeLine", removeLineShape, args);
  return STREAMS.instruction("remove_line", { accounts: { book }, args: { line } });
}
