import { PublicKey } from "@solana/web3.js";
import { decodeFields, Reader } from "../codec/decode";
import { typeNamed } from "../codec/encode";
import { DecodeError } from "../failure";
import { STREAMS_IDL, type StreamsAccount } from "../generated/streams/names";
import type { IdlField } from "../idl";
import { STREAMS_PROGRAM_ID } from "./program";

/** An account as RPC and simulators give it, or its data alone (then the owner is not checked). */
export type AccountLike = Uint8Array | { owner: PublicKey; data: Uint8Array };

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

/** Length of the discriminator that opens every account. */
export const DISCRIMINATOR_LENGTH = 8;

/** The default public key stands for "none" in fixed layouts. */
export function orNone(key: PublicKey): PublicKey | null {
  return key.equals(PublicKey.default) ? null : key;
}

/** Fields of an account type, as the IDL lists them. */
export function fieldsOf(name: StreamsAccount): IdlField[] {
  const type = typeNamed(STREAMS_IDL, name);
  if (type.kind !== "struct") throw new Error(`${name} is no struct in the IDL of streams`);
  return type.fields ?? [];
}

/**
 * A reader behind the discriminator of an account.
 * Throws {@link DecodeError} `WRONG_OWNER`, `WRONG_LENGTH` or `WRONG_DISCRIMINATOR`.
 */
export function openAccount(name: StreamsAccount, account: AccountLike): Reader {
  const data = account instanceof Uint8Array ? account : account.data;
  if (!(account instanceof Uint8Array) && !account.owner.equals(STREAMS_PROGRAM_ID)) {
    const message = `not a ${name}: its owner is ${account.owner.toBase58()}, not streams`;
    throw new DecodeError("WRONG_OWNER", message);
  }
  if (data.length < DISCRIMINATOR_LENGTH) {
    const state = data.length === 0 ? "the account does not exist or is empty" : "too short";
    throw new DecodeError("WRONG_LENGTH", `not a ${name}: ${state} (${data.length} bytes)`);
  }
  const want = STREAMS_IDL.accounts?.find((entry) => entry.name === name)?.discriminator ?? [];
  if (!want.every((byte, index) => data[index] === byte)) {
    throw new DecodeError(
      "WRONG_DISCRIMINATOR",
      `not a ${name}: its first 8 bytes are another type's`,
    );
  }
  return new Reader(data, DISCRIMINATOR_LENGTH);
}

/** All fields of an account that ends with its last field. Throws {@link DecodeError}. */
export function decodeExact(name: StreamsAccount, account: AccountLike): Record<string, unknown> {
  const reader = openAccount(name, account);
  const values = decodeFields(STREAMS_IDL, fieldsOf(name), reader);
  if (reader.offset !== reader.data.length) {
    const message = `${name} ends at byte ${reader.offset}, the account has ${reader.data.length}`;
    throw new DecodeError("WRONG_LENGTH", message);
  }
  return values;
}

/** Reads the `Config` account. Throws {@link DecodeError}. */
export function decodeConfig(account: AccountLike): Config {
  const raw = decodeExact("Config", account) as unknown as Config & { nominated: PublicKey };
  return { ...raw, nominated: orNone(raw.nominated) };
}

/** Reads a `MintPolicy` account. Throws {@link DecodeError}. */
export function decodeMintPolicy(account: AccountLike): MintPolicy {
  const raw = decodeExact("MintPolicy", account) as unknown as MintPolicy & { treasury: PublicKey };
  return { ...raw, treasury: orNone(raw.treasury) };
}
