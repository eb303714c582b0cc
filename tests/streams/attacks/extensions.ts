import { policyAddress, STREAMS_PROGRAM_ID } from "@pinfi/sdk/streams";
import {
  AccountState,
  createInitializeDefaultAccountStateInstruction,
  createInitializeInterestBearingMintInstruction,
  createInitializeMintCloseAuthorityInstruction,
  createInitializeNonTransferableMintInstruction,
  createInitializePausableConfigInstruction,
  createInitializePermanentDelegateInstruction,
  createInitializeScaledUiAmountConfigInstruction,
  createInitializeTransferFeeConfigInstruction,
  createInitializeTransferHookInstruction,
  createUpdateDefaultAccountStateInstruction,
  ExtensionType,
  TOKEN_2022_PROGRAM_ID,
} from "@solana/spl-token";
import { PublicKey, TransactionInstruction } from "@solana/web3.js";
import type { MintOptions } from "../../harness/tokens";
import { otherMint } from "../forge";
import { KEYS } from "../keys";
import type { Scenario } from "../scenario";

/** An extension as a mint is created with it; the mint authority holds every right it gives. */
type Extension = NonNullable<MintOptions["extensions"]>[number];

const mint = KEYS.mint.publicKey;
const authority = KEYS.mintAuthority.publicKey;
const program = TOKEN_2022_PROGRAM_ID;

/** Bit of an extension in a policy. */
export const bit = (type: ExtensionType): bigint => 1n << BigInt(type);

/** The scenario's mint, of Token-2022, with these extensions. */
export const mintOf = (...extensions: Extension[]): MintOptions => ({
  tokenProgram: program,
  extensions,
});

export const transferFee = (bps: number): Extension => ({
  type: ExtensionType.TransferFeeConfig,
  initialize: createInitializeTransferFeeConfigInstruction(
    mint,
    authority,
    authority,
    bps,
    2n ** 63n,
    program,
  ),
});

export const transferHook = (hook: PublicKey): Extension => ({
  type: ExtensionType.TransferHook,
  initialize: createInitializeTransferHookInstruction(mint, authority, hook, program),
});

export const permanentDelegate: Extension = {
  type: ExtensionType.PermanentDelegate,
  initialize: createInitializePermanentDelegateInstruction(mint, authority, program),
};

/** Not frozen yet, so that the scenario can hand tokens out. */
export const bornFrozen: Extension = {
  type: ExtensionType.DefaultAccountState,
  initialize: createInitializeDefaultAccountStateInstruction(
    mint,
    AccountState.Initialized,
    program,
  ),
};

/** From here on accounts of a mint with {@link bornFrozen} are born so. */
export const freezeNewborn = createUpdateDefaultAccountStateInstruction(
  mint,
  AccountState.Frozen,
  authority,
  [],
  program,
);

export const nonTransferable: Extension = {
  type: ExtensionType.NonTransferable,
  initialize: createInitializeNonTransferableMintInstruction(mint, program),
};

export const closable: Extension = {
  type: ExtensionType.MintCloseAuthority,
  initialize: createInitializeMintCloseAuthorityInstruction(mint, authority, program),
};

/** The client library has no builder: instruction 27, its form 0, authority, approval, auditor. */
export const confidential: Extension = {
  type: ExtensionType.ConfidentialTransferMint,
  initialize: new TransactionInstruction({
    programId: program,
    keys: [{ pubkey: mint, isSigner: false, isWritable: true }],
    data: Buffer.concat([Buffer.from([27, 0]), authority.toBytes(), Buffer.alloc(1 + 32)]),
  }),
};

export const interestBearing = (bps: number): Extension => ({
  type: ExtensionType.InterestBearingConfig,
  initialize: createInitializeInterestBearingMintInstruction(mint, authority, bps, program),
});

export const scaled = (multiplier: number): Extension => ({
  type: ExtensionType.ScaledUiAmountConfig,
  initialize: createInitializeScaledUiAmountConfigInstruction(mint, authority, multiplier, program),
});

export const pausable: Extension = {
  type: ExtensionType.PausableConfig,
  initialize: createInitializePausableConfigInstruction(mint, authority, program),
};

/** Offsets in a policy's account. */
const POLICY = { mint: 8, tokenProgram: 40, allowed: 112, bump: 125 };

/**
 * Puts a policy for the scenario's mint on the chain, past every rule: what the program would do
 * with a mint that it refuses. No fee, no minimum but the scenario's.
 */
export async function forgePolicy(streams: Scenario, allowedExtensions: bigint): Promise<void> {
  const { world } = streams;
  const { policy } = await otherMint(streams);
  const genuine = await world.account(policy);
  if (genuine === null) throw new Error("there is no policy");
  const seeds = [Buffer.from("mint"), streams.mint.address.toBytes()];
  const [, bump] = PublicKey.findProgramAddressSync(seeds, STREAMS_PROGRAM_ID);
  const data = Buffer.from(genuine.data);
  data.set(streams.mint.address.toBytes(), POLICY.mint);
  data.set(streams.mint.tokenProgram.toBytes(), POLICY.tokenProgram);
  data.writeBigUInt64LE(allowedExtensions, POLICY.allowed);
  data.writeUInt8(bump, POLICY.bump);
  world.setAccount(policyAddress({ mint: streams.mint.address }), { ...genuine, data });
}
