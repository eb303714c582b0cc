import { ED25519_PROGRAM_ID, LAMPORTS_A_SIGNATURE } from "@pinfi/sdk";
import type { Draft } from "../work/task";
import type { Share } from "./spend";

/** Exactly what the cluster takes for the draft: the keeper is its only signer. Lamports. */
export function feeOf(draft: Pick<Draft, "instructions" | "budget">): bigint {
  const verified = draft.instructions
    .filter(({ programId }) => programId.equals(ED25519_PROGRAM_ID))
    .reduce((sum, { data }) => sum + BigInt(data[0] ?? 0), 0n);
  return BigInt(LAMPORTS_A_SIGNATURE) * (1n + verified) + (draft.budget.priorityFeeLamports ?? 0n);
}

/** All that the draft takes from the fee payer: the fee, and the rent of its instructions. Lamports. */
export const costOf = (draft: Pick<Draft, "instructions" | "budget" | "rentLamports">): bigint =>
  (draft.rentLamports ?? []).reduce<bigint>((sum, rent = 0n) => sum + rent, feeOf(draft));

/**
 * What of a draft's cost falls on whom: its items cost the same, and what does not divide falls on the
 * first. Pure.
 */
export function sharesOf(draft: Draft, lamports: bigint): Share[] {
  const shares = new Map<string, Share>();
  const each = lamports / BigInt(draft.items.length);
  let rest = lamports - each * BigInt(draft.items.length);
  for (const { scopes } of draft.items) {
    const key = scopes.map(({ name }) => name).join();
    const share = shares.get(key) ?? { scopes, lamports: 0n };
    share.lamports += each + rest;
    rest = 0n;
    shares.set(key, share);
  }
  return [...shares.values()];
}
