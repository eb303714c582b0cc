import {
  type AccountInfo,
  Ed25519Program,
  type PublicKey,
  type TransactionInstruction,
} from "@solana/web3.js";
import type { Backend } from "./backend";

/** Lamports for each signature, those of ed25519 instructions included. */
const LAMPORTS_PER_SIGNATURE = 5_000n;

type Snapshot = Map<string, AccountInfo<Buffer> | null>;

/** One difference, in words that name the account and the field. */
export interface AccountChange {
  address: string;
  field: "existence" | "lamports" | "owner" | "executable" | "data";
  before: string;
  after: string;
}

/** Every byte of the accounts at `addresses`. */
export async function snapshot(
  backend: Backend,
  addresses: readonly PublicKey[],
): Promise<Snapshot> {
  const taken: Snapshot = new Map();
  for (const address of addresses) {
    const name = address.toBase58();
    if (!taken.has(name)) taken.set(name, await backend.account(address));
  }
  return taken;
}

/** Fee of a transaction without priority price. The first byte counts its signatures. */
export function feeOf(bytes: Uint8Array, instructions: readonly TransactionInstruction[]): bigint {
  const verified = instructions
    .filter(({ programId }) => programId.equals(Ed25519Program.programId))
    .reduce((sum, { data }) => sum + (data[0] ?? 0), 0);
  return LAMPORTS_PER_SIGNATURE * BigInt((bytes[0] ?? 0) + verified);
}

/** What differs between two snapshots when the fee payer is given its fee back. */
export function changesOf({
  before,
  after,
  feePayer,
  fee,
}: {
  before: Snapshot;
  after: Snapshot;
  feePayer: PublicKey;
  fee: bigint;
}): AccountChange[] {
  return [...before].flatMap(([address, was]): AccountChange[] => {
    const is = after.get(address) ?? null;
    if (was === null || is === null) {
      if (was === is) return [];
      return [{ address, field: "existence", before: String(was), after: String(is) }];
    }
    const refund = address === feePayer.toBase58() ? Number(fee) : 0;
    const fields = [
      ["lamports", String(was.lamports), String(is.lamports + refund)],
      ["owner", was.owner.toBase58(), is.owner.toBase58()],
      ["executable", String(was.executable), String(is.executable)],
      ["data", was.data.toString("hex"), is.data.toString("hex")],
    ] as const;
    return fields
      .filter(([, old, now]) => old !== now)
      .map(([field, old, now]) => ({ address, field, before: old, after: now }));
  });
}
