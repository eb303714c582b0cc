import { ED25519_PROGRAM_ID, LAMPORTS_A_SIGNATURE } from "@pinfi/sdk";
import type { Draft } from "../task";

/** Exactly what the draft will cost: the keeper is its only signer. Lamports. */
export function feeOf(draft: Pick<Draft, "instructions" | "budget">): bigint {
  const verified = draft.instructions
    .filter(({ programId }) => programId.equals(ED25519_PROGRAM_ID))
    .reduce((sum, { data }) => sum + BigInt(data[0] ?? 0), 0n);
  return BigInt(LAMPORTS_A_SIGNATURE) * (1n + verified) + (draft.budget.priorityFeeLamports ?? 0n);
}
