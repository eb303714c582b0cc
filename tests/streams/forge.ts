import * as sdk from "@pinfi/sdk/streams";
import { Keypair, type PublicKey, SystemProgram } from "@solana/web3.js";
import { assertRefused } from "../harness/assert";
import { createMint, fundTokenAccount, type TestMint, tokenAddress } from "../harness/tokens";
import type { Odd } from "../kit/verb";
import { KEYS } from "./keys";
import type { Scenario } from "./scenario";

/** Where forged accounts are put; nobody's address otherwise. */
const FORGED = Keypair.fromSeed(Buffer.alloc(32, 90)).publicKey;
/** A program that is none of ours, as owner of forged accounts. */
const FOREIGN_PROGRAM = Keypair.fromSeed(Buffer.alloc(32, 91)).publicKey;

/** The account's exact bytes at another address, owned by an attacker's program. */
export async function foreignCopy({ world }: Scenario, address: PublicKey): Promise<PublicKey> {
  const account = await world.account(address);
  if (account === null) throw new Error(`nothing to copy at ${address.toBase58()}`);
  world.setAccount(FORGED, { ...account, owner: FOREIGN_PROGRAM });
  return FORGED;
}

/** Overwrites a field of the book in place, past every rule. Offsets count from the header. */
export async function patchBook(
  { world, book }: Scenario,
  patch: (header: Buffer) => void,
): Promise<void> {
  const account = await world.account(book);
  if (account === null) throw new Error("the book is not open");
  patch(account.data.subarray(8, 376));
  world.setAccount(book, account);
}

/** A second book of the same payer and mint, with tokens of its own. */
export async function otherBook(streams: Scenario): Promise<{ book: PublicKey; vault: PublicKey }> {
  const { mint } = streams;
  const book = sdk.bookAddress({ payer: KEYS.payer.publicKey, mint: mint.address, id: 1 });
  const vault = tokenAddress(mint, sdk.authorityAddress({ book }));
  await streams.openBook({ id: 1 });
  await streams.deposit({ book });
  return { book, vault };
}

/** Another mint, the payer's tokens in it, and a policy for it. */
export async function otherMint(
  streams: Scenario,
): Promise<{ mint: TestMint; tokens: PublicKey; policy: PublicKey }> {
  const { world } = streams;
  const mint = await createMint({ world, keypair: KEYS.otherMint, authority: KEYS.mintAuthority });
  const owner = KEYS.payer.publicKey;
  const tokens = await fundTokenAccount({ world, mint, owner, amount: 1_000n });
  await streams.setMintPolicy({ mint: mint.address, treasury: tokens });
  return { mint, tokens, policy: sdk.policyAddress({ mint: mint.address }) };
}

/** Refusals of every instruction that writes a book, each tried on a call that would succeed. */
export function refusesForgedBooks(
  streams: () => Scenario,
  call: (odd: Odd) => Promise<unknown>,
): void {
  it("a book that another program owns (A03)", async () => {
    const book = await foreignCopy(streams(), streams().book);
    await assertRefused(call({ accounts: { book } }), "AccountOwnedByWrongProgram");
  });

  it("an account of another type in place of the book (A04)", () => {
    const book = sdk.policyAddress({ mint: streams().mint.address });
    return assertRefused(call({ accounts: { book } }), "AccountDiscriminatorMismatch");
  });

  it("a book that was never opened (A06)", () =>
    assertRefused(call({ accounts: { book: FORGED } }), "AccountOwnedByWrongProgram"));

  it("a book passed read-only (A34)", () =>
    assertRefused(call({ accounts: { book: { isWritable: false } } }), "ConstraintMut"));
}

/** Refusals of every instruction that pays out of a book's vault. */
export function refusesForgedAuthorities(
  streams: () => Scenario,
  call: (odd: Odd) => Promise<unknown>,
): void {
  it("an authority that does not own the vault (A24)", async () => {
    const { book } = await otherBook(streams());
    const authority = sdk.authorityAddress({ book });
    await assertRefused(call({ accounts: { authority } }), "NotVaultAuthority");
  });
}

/** Refusals of every instruction that moves tokens of a book's vault. */
export function refusesForgedVaults(
  streams: () => Scenario,
  call: (odd: Odd) => Promise<unknown>,
): void {
  it("the vault of another book (A24)", async () => {
    const { vault } = await otherBook(streams());
    await assertRefused(call({ accounts: { vault } }), "WrongVault");
  });

  it("another mint (A30)", async () => {
    const { mint } = await otherMint(streams());
    await assertRefused(call({ accounts: { mint: mint.address } }), "WrongMint");
  });

  it("a token program that is none (A19)", () =>
    assertRefused(
      call({ accounts: { token_program: SystemProgram.programId } }),
      "InvalidProgramId",
    ));

  it("a vault passed read-only (A34)", () =>
    assertRefused(call({ accounts: { vault: { isWritable: false } } }), "ConstraintMut"));
}
