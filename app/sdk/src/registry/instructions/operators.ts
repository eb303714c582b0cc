import type { TransactionInstruction } from "@solana/web3.js";
import { type Arguments, checkArguments, list, publicKey, struct, u16, u32 } from "../../arguments";
import { configAddress } from "../authority";
import { operatorAddress } from "../pdas";
import { REGISTRY } from "../program";

/** 1 to 8 recipients, whose parts in hundredths of a percent come to 10,000. */
const payout = list(struct({ recipient: publicKey, bps: u16 }));

const registerOperatorShape = {
  /** Becomes the operator's authority, and pays the account's rent. Signs. */
  authority: publicKey,
  /** The next number: `nextOperator` of `Config`. */
  id: u32,
  /** Among whom the operator's pay is split. */
  payout,
};

/** Registers an operator; anybody may. */
export function registerOperator(
  args: Arguments<typeof registerOperatorShape>,
): TransactionInstruction {
  const checked = checkArguments("registerOperator", registerOperatorShape, args);
  const { authority, id, payout } = checked;
  return REGISTRY.instruction("register_operator", {
    accounts: { authority, config: configAddress(), operator: operatorAddress({ id }) },
    args: { id, payout },
  });
}

const setPayoutShape = {
  /** Of the operator. Signs. */
  authority: publicKey,
  operator: publicKey,
  payout,
};

/** Says among whom an operator's pay is split from now on. */
export function setPayout(args: Arguments<typeof setPayoutShape>): TransactionInstruction {
  const { payout, ...accounts } = checkArguments("setPayout", setPayoutShape, args);
  return REGISTRY.instruction("set_payout", { accounts, args: { payout } });
}

const nominateOperatorShape = {
  /** Of the operator. Signs. */
  authority: publicKey,
  operator: publicKey,
  /** Who may take it over; the default key takes a nomination back. */
  nominee: publicKey,
};

/** First half of giving an operator to another key. A later nomination replaces it. */
export function nominateOperator(
  args: Arguments<typeof nominateOperatorShape>,
): TransactionInstruction {
  const { nominee, ...accounts } = checkArguments("nominateOperator", nominateOperatorShape, args);
  return REGISTRY.instruction("nominate_operator", { accounts, args: { nominee } });
}

const acceptOperatorShape = {
  /** Becomes the operator's authority. Signs. */
  nominee: publicKey,
  operator: publicKey,
};

/** Second half of giving an operator to another key. Its number and its payout stay. */
export function acceptOperator(
  args: Arguments<typeof acceptOperatorShape>,
): TransactionInstruction {
  const accounts = checkArguments("acceptOperator", acceptOperatorShape, args);
  return REGISTRY.instruction("accept_operator", { accounts });
}

const closeOperatorShape = {
  /** Of the operator; receives the rent. Signs. */
  authority: publicKey,
  operator: publicKey,
};

/** Ends an operator. Its number is never given again. */
export function closeOperator(args: Arguments<typeof closeOperatorShape>): TransactionInstruction {
  const accounts = checkArguments("closeOperator", closeOperatorShape, args);
  return REGISTRY.instruction("close_operator", {
    accounts: { ...accounts, config: configAddress() },
  });
}
