import type { TransactionInstruction } from "@solana/web3.js";
import {
  type Arguments,
  boolean,
  checkArguments,
  nullable,
  publicKey,
  u16,
  u64,
} from "../../arguments";
import { configAddress } from "../authority";
import { policyAddress } from "../pdas";
import { STREAMS } from "../program";

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
