import { TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID } from "@pinfi/sdk";
import { PublicKey } from "@solana/web3.js";
import type { AccountRead, Chain } from "../../../engine/chain/chain";
import { RpcError } from "../../../engine/errors";

/** Why tokens cannot be pushed to an account. */
export type TokenAccountProblem =
  | "Missing"
  /** It could not be read now. */
  | "Unread"
  | "Frozen"
  | "MemoRequired"
  | "WrongMint"
  | "WrongOwner"
  | "NotATokenAccount";

/** Offsets in the account layout that both token programs share. */
const MINT = 0;
const OWNER = 32;
const AMOUNT = 64;
const STATE = 108;
const BASE_LENGTH = 165;
const INITIALIZED = 1;
const FROZEN = 2;
/** Token-2022 extensions follow the account's type: u16 type, u16 length and bytes, one by one. */
const EXTENSIONS = BASE_LENGTH + 1;
const MEMO_TRANSFER = 8;

/** Whether the account can take tokens of `mint` for `owner`; undefined when it can. Pure. */
export function tokenAccountProblem(args: {
  account: AccountRead;
  mint: PublicKey;
  owner?: PublicKey;
}): TokenAccountProblem | undefined {
  const { account, mint, owner } = args;
  if (account instanceof RpcError) return "Unread";
  if (account === null || account.data.length === 0) return "Missing";
  const { data } = account;
  if (!isTokenProgram(account.owner) || data.length < BASE_LENGTH) return "NotATokenAccount";
  const state = data.readUInt8(STATE);
  if (state === FROZEN) return "Frozen";
  if (state !== INITIALIZED) return "NotATokenAccount";
  if (!mint.equals(new PublicKey(data.subarray(MINT, MINT + 32)))) return "WrongMint";
  if (owner && !owner.equals(new PublicKey(data.subarray(OWNER, OWNER + 32)))) return "WrongOwner";
  return requiresMemo(data) ? "MemoRequired" : undefined;
}

/** Base units in an account that {@link tokenAccountProblem} has nothing against. */
export const tokenAmount = (account: AccountRead): bigint =>
  account === null || account instanceof RpcError ? 0n : account.data.readBigUInt64LE(AMOUNT);

/** Whether transfers to it need a memo before them, which a claim has not. */
function requiresMemo(data: Buffer): boolean {
  for (let at = EXTENSIONS; at + 4 < data.length; at += 4 + data.readUInt16LE(at + 2)) {
    if (data.readUInt16LE(at) === MEMO_TRANSFER) return data.readUInt8(at + 4) === 1;
  }
  return false;
}

export const isTokenProgram = (program: PublicKey): boolean =>
  program.equals(TOKEN_PROGRAM_ID) || program.equals(TOKEN_2022_PROGRAM_ID);

/** Token programs of mints, which never change: each mint is read once. */
export interface TokenPrograms {
  /** Undefined for what is no mint. */
  of(args: {
    mints: readonly PublicKey[];
    signal?: AbortSignal | undefined;
  }): Promise<(PublicKey | undefined)[]>;
}

export function createTokenPrograms(args: { chain: Chain }): TokenPrograms {
  const known = new Map<string, PublicKey>();
  return {
    async of({ mints, signal }) {
      const unknown = [...new Set(mints.map((mint) => mint.toBase58()))].filter(
        (mint) => !known.has(mint),
      );
      const addresses = unknown.map((mint) => new PublicKey(mint));
      const found = unknown.length === 0 ? [] : await args.chain.accounts({ addresses, signal });
      for (const account of found) {
        if (account !== null && !(account instanceof RpcError) && isTokenProgram(account.owner)) {
          known.set(account.address.toBase58(), account.owner);
        }
      }
      return mints.map((mint) => known.get(mint.toBase58()));
    },
  };
}
