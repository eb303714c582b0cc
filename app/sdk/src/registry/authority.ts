import type { PublicKey, TransactionInstruction } from "@solana/web3.js";
import { checkArguments, i64, publicKey } from "../arguments";
import { REGISTRY_SEEDS } from "../generated/registry/names";
import { authorityBuilders } from "../program/authority";
import { REGISTRY } from "./program";

export const { configAddress, programDataAddress, initialize, nominateAuthority, acceptAuthority } =
  authorityBuilders(REGISTRY, REGISTRY_SEEDS.config);

/**
 * Takes no new operators until a time in unix seconds, at most 72 hours after the pause began; the
 * authority signs. It ends by itself, and the program then runs for four times as long before the next.
 */
export function pause(args: { authority: PublicKey; until: bigint }): TransactionInstruction {
  const { authority, until } = checkArguments("pause", { authority: publicKey, until: i64 }, args);
  return REGISTRY.instruction("pause", {
    accounts: { authority, config: configAddress() },
    args: { until },
  });
}

/** Ends a pause at once; the authority signs. */
export function resume(args: { authority: PublicKey }): TransactionInstruction {
  const { authority } = checkArguments("resume", { authority: publicKey }, args);
  return REGISTRY.instruction("resume", { accounts: { authority, config: configAddress() } });
}
