import type { PublicKey } from "@solana/web3.js";
import { findAssociatedToken } from "../../token";

/**
 * Where somebody is paid: into `destination`, for which he must sign unless it is his associated
 * token account; without it, into that one.
 */
export function paymentTo(args: {
  owner: PublicKey;
  mint: PublicKey;
  tokenProgram: PublicKey | undefined;
  destination: PublicKey | undefined;
}): { destination: PublicKey; bump: number; signer: PublicKey | undefined } {
  const { owner, mint, tokenProgram } = args;
  const { address, bump } = findAssociatedToken({
    owner,
    mint,
    ...(tokenProgram === undefined ? {} : { tokenProgram }),
  });
  const { destination = address } = args;
  return { destination, bump, signer: destination.equals(address) ? undefined : owner };
}
