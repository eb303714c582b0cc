import { PublicKey } from "@solana/web3.js";
import { checkArguments, optional, publicKey } from "./arguments";
import { ASSOCIATED_TOKEN_PROGRAM_ID, TOKEN_PROGRAM_ID } from "./ids";

const shape = { owner: publicKey, mint: publicKey, tokenProgram: optional(publicKey) };

interface Associated {
  owner: PublicKey;
  mint: PublicKey;
  /** Default: SPL Token. */
  tokenProgram?: PublicKey;
}

function find(name: string, args: Associated): [PublicKey, number] {
  const { owner, mint, tokenProgram = TOKEN_PROGRAM_ID } = checkArguments(name, shape, args);
  const seeds = [owner.toBytes(), tokenProgram.toBytes(), mint.toBytes()];
  return PublicKey.findProgramAddressSync(seeds, ASSOCIATED_TOKEN_PROGRAM_ID);
}

/** The associated token account of an owner (which may be a program address). */
export function associatedTokenAddress(args: Associated): PublicKey {
  return find("associatedTokenAddress", args)[0];
}

/** The same with the bump of the address, which claims ask for. */
export function findAssociatedToken(args: Associated): { address: PublicKey; bump: number } {
  const [address, bump] = find("findAssociatedToken", args);
  return { address, bump };
}
