import { PublicKey } from "@solana/web3.js";
import { checkArguments, optional, publicKey, u16 } from "../arguments";
import { STREAMS_SEEDS } from "../generated/streams/names";
import { TOKEN_PROGRAM_ID } from "../ids";
import { associatedTokenAddress } from "../token";
import { STREAMS_PROGRAM_ID } from "./program";

const seed = (text: string): Buffer => Buffer.from(text, "utf8");

const twoBytes = (id: number): Uint8Array => Uint8Array.of(id & 0xff, id >> 8);

function find(seeds: Uint8Array[]): PublicKey {
  return PublicKey.findProgramAddressSync(seeds, STREAMS_PROGRAM_ID)[0];
}

/** The `MintPolicy` account of a mint. */
export function policyAddress(args: { mint: PublicKey }): PublicKey {
  const { mint } = checkArguments("policyAddress", { mint: publicKey }, args);
  return find([seed(STREAMS_SEEDS.policy), mint.toBytes()]);
}

/** The book `id` of a payer in a mint. */
export function bookAddress(args: { payer: PublicKey; mint: PublicKey; id: number }): PublicKey {
  const shape = { payer: publicKey, mint: publicKey, id: u16 };
  const { payer, mint, id } = checkArguments("bookAddress", shape, args);
  return find([seed(STREAMS_SEEDS.book), payer.toBytes(), mint.toBytes(), twoBytes(id)]);
}

/** Owner of a book's vault: an address of the program's without data, that signs for payments. */
export function authorityAddress(args: { book: PublicKey }): PublicKey {
  const { book } = checkArguments("authorityAddress", { book: publicKey }, args);
  return find([seed(STREAMS_SEEDS.authority), book.toBytes()]);
}

/** The vault of a book: the associated token account of its authority. */
export function vaultAddress(args: {
  book: PublicKey;
  mint: PublicKey;
  /** Default: SPL Token. */
  tokenProgram?: PublicKey;
}): PublicKey {
  const shape = { book: publicKey, mint: publicKey, tokenProgram: optional(publicKey) };
  const { book, mint, tokenProgram } = checkArguments("vaultAddress", shape, args);
  return associatedTokenAddress({
    owner: authorityAddress({ book }),
    mint,
    tokenProgram: tokenProgram ?? TOKEN_PROGRAM_ID,
  });
}

/** Where fees wait that a mint's treasury could not receive: its policy's associated token account. */
export function escrowAddress(args: {
  mint: PublicKey;
  /** Default: SPL Token. */
  tokenProgram?: PublicKey;
}): PublicKey {
  const shape = { mint: publicKey, tokenProgram: optional(publicKey) };
  const { mint, tokenProgram = TOKEN_PROGRAM_ID } = checkArguments("escrowAddress", shape, args);
  return associatedTokenAddress({ owner: policyAddress({ mint }), mint, tokenProgram });
}

/** The pool `id` of an owner in a mint. Its vault is its associated token account. */
export function poolAddress(args: { owner: PublicKey; mint: PublicKey; id: number }): PublicKey {
  const shape = { owner: publicKey, mint: publicKey, id: u16 };
  const { owner, mint, id } = checkArguments("poolAddress", shape, args);
  return find([seed(STREAMS_SEEDS.pool), owner.toBytes(), mint.toBytes(), twoBytes(id)]);
}

/** The account of a member of a pool. */
export function memberAddress(args: { pool: PublicKey; who: PublicKey }): PublicKey {
  const shape = { pool: publicKey, who: publicKey };
  const { pool, who } = checkArguments("memberAddress", shape, args);
  return find([seed(STREAMS_SEEDS.member), pool.toBytes(), who.toBytes()]);
}
