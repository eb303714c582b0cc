import {
  AccountLayout,
  createAssociatedTokenAccountInstruction,
  createInitializeAccount3Instruction,
  createInitializeMint2Instruction,
  createMintToInstruction,
  type ExtensionType,
  getAccountLen,
  getAssociatedTokenAddressSync,
  getMintLen,
  MintLayout,
  TOKEN_PROGRAM_ID,
} from "@solana/spl-token";
import {
  type Keypair,
  type PublicKey,
  SystemProgram,
  type TransactionInstruction,
} from "@solana/web3.js";
import type { World } from "./world";

/** A mint and the key that may mint. */
export interface TestMint {
  address: PublicKey;
  decimals: number;
  tokenProgram: PublicKey;
  authority: Keypair;
}

/** What is odd about a mint. */
export interface MintOptions {
  decimals?: number;
  tokenProgram?: PublicKey;
  freezeAuthority?: PublicKey | null;
  extensions?: readonly { type: ExtensionType; initialize: TransactionInstruction }[];
}

/**
 * Creates a mint. `extensions` are laid out before the mint itself is initialised; each
 * comes with the instruction that fills it.
 */
export async function createMint({
  world,
  keypair,
  authority,
  decimals = 6,
  tokenProgram = TOKEN_PROGRAM_ID,
  freezeAuthority = null,
  extensions = [],
}: MintOptions & { world: World; keypair: Keypair; authority: Keypair }): Promise<TestMint> {
  const space = getMintLen(extensions.map(({ type }) => type));
  const address = keypair.publicKey;
  await world.send(
    [
      SystemProgram.createAccount({
        fromPubkey: world.payer.publicKey,
        newAccountPubkey: address,
        lamports: Number(await world.minimumBalance(space)),
        space,
        programId: tokenProgram,
      }),
      ...extensions.map(({ initialize }) => initialize),
      createInitializeMint2Instruction(
        address,
        decimals,
        authority.publicKey,
        freezeAuthority,
        tokenProgram,
      ),
    ],
    { signers: [keypair] },
  );
  return { address, decimals, tokenProgram, authority };
}

/** The issuer freezes a token account, or thaws it (mints of the tests have no freeze authority). */
export async function setFrozen(world: World, address: PublicKey, frozen = true): Promise<void> {
  const account = await world.account(address);
  if (account === null) throw new Error("no such account");
  account.data.writeUInt8(frozen ? 2 : 1, 108);
  world.setAccount(address, account);
}

/** The associated token account of any owner, program addresses included. */
export const tokenAddress = (mint: TestMint, owner: PublicKey): PublicKey =>
  getAssociatedTokenAddressSync(mint.address, owner, true, mint.tokenProgram);

/** Creates the owner's associated token account and mints `amount` into it. */
export function tokenAccountInstructions({
  world,
  mint,
  owner,
  amount = 0n,
}: TokenAccountRequest): TransactionInstruction[] {
  const address = tokenAddress(mint, owner);
  const create = createAssociatedTokenAccountInstruction(
    world.payer.publicKey,
    address,
    owner,
    mint.address,
    mint.tokenProgram,
  );
  return amount === 0n ? [create] : [create, mintInstruction({ mint, to: address, amount })];
}

export interface TokenAccountRequest {
  world: World;
  mint: TestMint;
  owner: PublicKey;
  /** Base units; default none. */
  amount?: bigint;
}

/** As {@link tokenAccountInstructions}, at once. */
export async function fundTokenAccount(request: TokenAccountRequest): Promise<PublicKey> {
  const { world, mint, owner, amount = 0n } = request;
  const signers = amount > 0n ? [mint.authority] : [];
  await world.send(tokenAccountInstructions(request), { signers });
  return tokenAddress(mint, owner);
}

/** Creates a token account at a key of its own: not the associated one. */
export async function createLooseTokenAccount({
  world,
  mint,
  owner,
  keypair,
}: {
  world: World;
  mint: TestMint;
  owner: PublicKey;
  keypair: Keypair;
}): Promise<PublicKey> {
  const space = getAccountLen([]);
  const address = keypair.publicKey;
  await world.send(
    [
      SystemProgram.createAccount({
        fromPubkey: world.payer.publicKey,
        newAccountPubkey: address,
        lamports: Number(await world.minimumBalance(space)),
        space,
        programId: mint.tokenProgram,
      }),
      createInitializeAccount3Instruction(address, mint.address, owner, mint.tokenProgram),
    ],
    { signers: [keypair] },
  );
  return address;
}

/** Mints straight into an account: what a donation to a vault looks like. */
export async function mintTo(arguments_: {
  world: World;
  mint: TestMint;
  to: PublicKey;
  amount: bigint;
}): Promise<void> {
  const { world, mint } = arguments_;
  await world.send([mintInstruction(arguments_)], { signers: [mint.authority] });
}

const mintInstruction = ({
  mint,
  to,
  amount,
}: {
  mint: TestMint;
  to: PublicKey;
  amount: bigint;
}): TransactionInstruction =>
  createMintToInstruction(
    mint.address,
    to,
    mint.authority.publicKey,
    amount,
    [],
    mint.tokenProgram,
  );

/** Base units in a token account; 0 where there is none. */
export async function tokenBalance(world: World, address: PublicKey): Promise<bigint> {
  const account = await world.account(address);
  return account === null ? 0n : AccountLayout.decode(account.data.subarray(0, 165)).amount;
}

/** Base units of a mint in the world. */
export async function supplyOf(world: World, mint: TestMint): Promise<bigint> {
  const account = await world.account(mint.address);
  if (account === null) throw new Error(`no mint at ${mint.address.toBase58()}`);
  return MintLayout.decode(account.data.subarray(0, 82)).supply;
}
