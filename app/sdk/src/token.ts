import { PublicKey } from "@solana/web3.js";
import { checkArguments, optional, publicKey } from "./arguments";
import { ASSOCIATED_TOKEN_PROGRAM_ID, TOKEN_PROGRAM_ID } from "./ids";

/** The associated token account of an owner (which may be a program address). */
export function associatedTokenAddress(args: {
  owner: PublicKey;
  mint: PublicKey;
  /** Default: SPL Token. */
  tokenProgram?: PublicKey;
}): PublicKey {
  const shape = { owner: publicKey, mint: publicKey, tokenProgram: optional(publicKey) };
  const { owner, mint, tokenProgram } = checkArguments("associatedTokenAddress", shape, args);
  const seeds = [owner.toBytes(), (tokenProgram ?? TOKEN_PROGRAM_ID).toBytes(), mint.toBytes()];
  return PublicKey.findProgramAddressSync(seeds, ASSOCIATED_TOKEN_PROGRAM_ID)[0];
}
