import {
  type Address,
  getBase58Encoder,
  address as kitAddress,
  lamports as kitLamports,
} from "@solana/kit";
import { type AccountInfo, PublicKey } from "@solana/web3.js";
import { FailedTransactionMetadata, type LiteSVM } from "litesvm";
import { LocalnetError } from "./error";
import type { AddressedAccount } from "./loader";

/** A condition on an account, as in the JSON-RPC method `getProgramAccounts`. */
export type AccountFilter = { dataSize: number } | { memcmp: { offset: number; bytes: string } };

/** Reads and writes of accounts, outside any transaction. */
export interface Accounts {
  account(address: PublicKey): AccountInfo<Buffer> | null;
  setAccount(address: PublicKey, account: AccountInfo<Uint8Array>): void;
  /** Accounts owned by `program` that meet every filter. */
  programAccounts(program: PublicKey, filters?: readonly AccountFilter[]): AddressedAccount[];
  /** Lamports; 0 where there is no account. */
  balance(address: PublicKey): bigint;
  /** @throws LocalnetError `airdrop-refused` when the test supply does not suffice. */
  airdrop(address: PublicKey, lamports: bigint): void;
  /** Lamports that exempt an account of so many bytes from rent. */
  minimumBalance(bytes: number): bigint;
}

export function accountsOf(svm: LiteSVM): Accounts {
  return {
    account(address) {
      const found = svm.getAccount(key(address));
      return found.exists ? accountInfo(found) : null;
    },
    setAccount(address, account) {
      svm.setAccount({
        address: key(address),
        data: account.data,
        executable: account.executable,
        lamports: kitLamports(BigInt(account.lamports)),
        programAddress: key(account.owner),
        space: BigInt(account.data.length),
      });
    },
    programAccounts: (program, filters = []) =>
      svm
        .getProgramAccounts(key(program))
        .map((found) => ({ address: new PublicKey(found.address), account: accountInfo(found) }))
        .filter(({ account }) => filters.every((filter) => meets(account.data, filter))),
    balance: (address) => svm.getBalance(key(address)) ?? 0n,
    airdrop(address, lamports) {
      const result = svm.airdrop(key(address), kitLamports(lamports));
      if (result === null || result instanceof FailedTransactionMetadata) {
        throw new LocalnetError(
          "airdrop-refused",
          `no ${lamports} lamports left to give to ${address.toBase58()}`,
        );
      }
      // The same gift again would be the same transaction under LiteSVM's own blockhash.
      svm.expireBlockhash();
    },
    minimumBalance: (bytes) => svm.minimumBalanceForRentExemption(BigInt(bytes)),
  };
}

/** Who reads accounts again and again does so with the same key objects; base58 is slow. */
const spelled = new WeakMap<PublicKey, Address>();

function key(address: PublicKey): Address {
  const known = spelled.get(address);
  if (known !== undefined) return known;
  const text = kitAddress(address.toBase58());
  spelled.set(address, text);
  return text;
}

/** Owners are programs, of which there are few. */
const owners = new Map<Address, PublicKey>();
const MOST_OWNERS = 1_024;

function ownerOf(program: Address): PublicKey {
  const known = owners.get(program);
  if (known !== undefined) return known;
  if (owners.size >= MOST_OWNERS) owners.clear();
  const owner = new PublicKey(program);
  owners.set(program, owner);
  return owner;
}

function accountInfo(found: {
  data: ArrayLike<number>;
  executable: boolean;
  lamports: bigint;
  programAddress: Address;
}): AccountInfo<Buffer> {
  return {
    data: Buffer.from(found.data),
    executable: found.executable,
    lamports: Number(found.lamports),
    owner: ownerOf(found.programAddress),
    rentEpoch: 0,
  };
}

function meets(data: Buffer, filter: AccountFilter): boolean {
  if ("dataSize" in filter) return data.length === filter.dataSize;
  const wanted = Buffer.from(getBase58Encoder().encode(filter.memcmp.bytes));
  const { offset } = filter.memcmp;
  return data.subarray(offset, offset + wanted.length).equals(wanted);
}
