import type { PublicKey, TransactionInstruction } from "@solana/web3.js";
import {
  type Arguments,
  boolean,
  checkArguments,
  nullable,
  publicKey,
  u16,
  u64,
} from "../../arguments";
import { configAddress, policyAddress, programDataAddress } from "../pdas";
import { STREAMS, STREAMS_PROGRAM_ID } from "../program";

const initializeShape = {
  /** Pays the rent of `Config`. Signs. */
  payer: publicKey,
  /** Upgrade authority of the program, read by it from ProgramData. Signs. */
  upgradeAuthority: publicKey,
  /** Who may set mint policies from now on. */
  authority: publicKey,
};

/** Creates the `Config` account, once. */
export function initialize(args: Arguments<typeof initializeShape>): TransactionInstruction {
  const checked = checkArguments("initialize", initializeShape, args);
  const { authority, ...accounts } = checked;
  return STREAMS.instruction("initialize", {
    accounts: {
      ...accounts,
      config: configAddress(),
      program: STREAMS_PROGRAM_ID,
      programData: programDataAddress(),
    },
    args: { authority },
  });
}

const nominateShape = {
  /** Present authority. Signs. */
  authority: publicKey,
  /** Who may accept the authority. */
  nominee: publicKey,
};

/** First half of handing over the authority. A later nomination replaces it. */
export function nominateAuthority(args: Arguments<typeof nominateShape>): TransactionInstruction {
  const { authority, nominee } = checkArguments("nominateAuthority", nominateShape, args);
  return STREAMS.instruction("nominate_authority", {
    accounts: { authority, config: configAddress() },
    args: { nominee },
  });
}

/** Second half of handing over the authority, signed by the nominee. */
export function acceptAuthority(args: { nominee: PublicKey }): TransactionInstruction {
  const { nominee } = checkArguments("acceptAuthority", { nominee: publicKey }, args);
  return STREAMS.instruction("accept_authority", {
    accounts: { nominee, config: configAddress() },
  });
}

const setMintPolicyShape = {
  /** Authority of `Config`. Signs. */
  authority: publicKey,
  /** Pays the rent of a new policy. Signs. */
  payer: publicKey,
  mint: publicKey,
  /** Token account that receives fees; left out when all fees are burned or there are none. */
  treasury: nullable(publicKey),
  /** Least deposit in base units. */
  minDeposit: u64,
  /** Bit n allows Token-2022 `ExtensionType` n; 0 for plain mints. */
  allowedExtensions: u64,
  /** Fee on claims, in hundredths of a percent, at most 500. */
  feeBps: u16,
  /** Share of the fee that is burned, in hundredths of a percent, at most 10,000. */
  burnBps: u16,
  /** Whether new books may be opened. */
  enabled: boolean,
};

/** Creates or changes the policy of a mint. Books already open keep their fee and least deposit. */
export function setMintPolicy(args: Arguments<typeof setMintPolicyShape>): TransactionInstruction {
  const checked = checkArguments("setMintPolicy", setMintPolicyShape, args);
  const { authority, payer, mint, treasury, ...policy } = checked;
  return STREAMS.instruction("set_mint_policy", {
    accounts: {
      authority,
      payer,
      mint,
      treasury,
      config: configAddress(),
      policy: policyAddress({ mint }),
    },
    args: policy,
  });
}
