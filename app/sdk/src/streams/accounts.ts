import type { PublicKey } from "@solana/web3.js";
import { type AccountLike, orNone } from "../program/define";
import { STREAMS } from "./program";

/** The program's configuration. */
export interface Config {
  /** May set mint policies. */
  authority: PublicKey;
  /** Who may accept the authority, or null. */
  nominated: PublicKey | null;
  bump: number;
}

/** What books of one mint must obey. */
export interface MintPolicy {
  mint: PublicKey;
  tokenProgram: PublicKey;
  /** Token account that collects fees, or null when nothing is collected. */
  treasury: PublicKey | null;
  /** Least deposit, in base units. */
  minDeposit: bigint;
  /** Bit n allows Token-2022 `ExtensionType` n. */
  allowedExtensions: bigint;
  /** Fee on claims, in hundredths of a percent. */
  feeBps: number;
  /** Share of the fee that is burned, in hundredths of a percent. */
  burnBps: number;
  /** False: no new books. */
  enabled: boolean;
  bump: number;
}

/** Reads the `Config` account. Throws {@link DecodeError}. */
export function decodeConfig(account: AccountLike): Config {
  const raw = STREAMS.decodeAccount("Config", account) as unknown as Config & {
    nominated: PublicKey;
  };
  return { ...raw, nominated: orNone(raw.nominated) };
}

/** Reads a `MintPolicy` account. Throws {@link DecodeError}. */
export function decodeMintPolicy(account: AccountLike): MintPolicy {
  const raw = STREAMS.decodeAccount("MintPolicy", account) as unknown as MintPolicy & {
    treasury: PublicKey;
  };
  return { ...raw, treasury: orNone(raw.treasury) };
}
