import { ED25519_PROGRAM_ID } from "@pinfi/sdk";
import type { Draft } from "../task";

/** Lamports for each signature, of the transaction and of its ed25519 instructions alike. */
const LAMPORTS_A_SIGNATURE = 5_000n;

/** Exactly what the draft will cost: the keeper is its only signer. Lamports. */
export function feeOf(draft: Pick<Draft, "instructions" | "budget">): bigint {
  const verified = draft.instructions
    .filter(({ programId }) => programId.equals(ED25519_PROGRAM_ID))
    .reduce((sum, { data }) => sum + BigInt(data[0] ?? 0), 0n);
  return LAMPORTS_A_SIGNATURE * (1n + verified) + (draft.budget.priorityFeeLamports ?? 0n);
}
