import { associatedTokenAddress, TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID } from "@pinfi/sdk";
import {
  configAddress,
  decodeConfig,
  decodeMintPolicy,
  escrowAddress,
  policyAddress,
  STREAMS_PROGRAM_ID,
  setMintPolicy,
} from "@pinfi/sdk/streams";
import { createAssociatedTokenAccountIdempotentInstruction } from "@solana/spl-token";
import type { PublicKey, TransactionInstruction } from "@solana/web3.js";
import type { MintConfig } from "../config";
import { send } from "../send";
import {
  type MigrationContext,
  MigrationError,
  type MigrationProvider,
  type StepWork,
} from "../step";

const TOKEN_PROGRAMS = [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID];

const bits = (types: readonly number[]): bigint =>
  types.reduce((mask, type) => mask | (1n << BigInt(type)), 0n);

async function tokenProgramOf(
  { connection }: MigrationProvider,
  { name, address }: MintConfig,
): Promise<PublicKey> {
  const account = await connection.getAccountInfo(address);
  if (account && TOKEN_PROGRAMS.some((program) => program.equals(account.owner))) {
    return account.owner;
  }
  const message = `${name} has no mint at ${address.toBase58()} on this cluster`;
  throw new MigrationError("NO_MINT", `${message}: correct migrations/clusters.json`);
}

function treasuryOf({ address: mint, treasuryOwner }: MintConfig, tokenProgram: PublicKey) {
  return treasuryOwner && associatedTokenAddress({ owner: treasuryOwner, mint, tokenProgram });
}

/** Where fees wait while the treasury cannot receive them. */
const escrowOf = ({ address: mint }: MintConfig, tokenProgram: PublicKey): PublicKey =>
  escrowAddress({ mint, tokenProgram });

async function isAsConfigured(provider: MigrationProvider, mint: MintConfig): Promise<boolean> {
  const { connection } = provider;
  const account = await connection.getAccountInfo(policyAddress({ mint: mint.address }));
  if (!account?.owner.equals(STREAMS_PROGRAM_ID)) return false;
  const policy = decodeMintPolicy(account);
  const tokenProgram = await tokenProgramOf(provider, mint);
  const treasury = treasuryOf(mint, tokenProgram);
  return (
    (await connection.getAccountInfo(escrowOf(mint, tokenProgram)))?.owner.equals(tokenProgram) ===
      true &&
    policy.minDeposit === mint.minDeposit &&
    policy.allowedExtensions === bits(mint.allowedExtensions) &&
    policy.feeBps === mint.feeBps &&
    policy.burnBps === mint.burnBps &&
    policy.enabled === mint.enabled &&
    policy.treasury?.toBase58() === treasury?.toBase58()
  );
}

async function enable(provider: MigrationProvider, mint: MintConfig): Promise<void> {
  const { publicKey: payer } = provider;
  const tokenProgram = await tokenProgramOf(provider, mint);
  const treasury = treasuryOf(mint, tokenProgram);
  const create = (tokens: PublicKey, owner: PublicKey): TransactionInstruction =>
    createAssociatedTokenAccountIdempotentInstruction(
      payer,
      tokens,
      owner,
      mint.address,
      tokenProgram,
    );
  const instructions = [
    create(escrowOf(mint, tokenProgram), policyAddress({ mint: mint.address })),
  ];
  if (treasury && mint.treasuryOwner) instructions.push(create(treasury, mint.treasuryOwner));
  instructions.push(
    setMintPolicy({
      authority: payer,
      payer,
      mint: mint.address,
      treasury,
      minDeposit: mint.minDeposit,
      allowedExtensions: bits(mint.allowedExtensions),
      feeBps: mint.feeBps,
      burnBps: mint.burnBps,
      enabled: mint.enabled,
    }),
  );
  await send(provider, instructions);
}

async function pending({ provider, config }: MigrationContext): Promise<MintConfig[]> {
  const open: MintConfig[] = [];
  for (const mint of config.mints) if (!(await isAsConfigured(provider, mint))) open.push(mint);
  return open;
}

async function requireAuthority({ connection, publicKey }: MigrationProvider): Promise<void> {
  const account = await connection.getAccountInfo(configAddress());
  if (!account?.owner.equals(STREAMS_PROGRAM_ID))
    throw new MigrationError(
      "NOT_AUTHORITY",
      "streams is not initialized: run the steps before this one",
    );
  const { authority } = decodeConfig(account);
  if (authority.equals(publicKey)) return;
  const message = `the authority of streams is ${authority.toBase58()}, the wallet is ${publicKey.toBase58()}`;
  throw new MigrationError("NOT_AUTHORITY", `${message}: migrate with its key`);
}

/** Sets the policy of each mint whose policy is not as configured, one transaction each. */
export const enableMints: StepWork = {
  name: "enable-mints",
  summary: "set the policies of the configured mints",
  isDone: async (context) => (await pending(context)).length === 0,

  async run(context) {
    await requireAuthority(context.provider);
    for (const mint of await pending(context)) await enable(context.provider, mint);
  },
};
