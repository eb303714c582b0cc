import { strict as assert } from "node:assert";
import { fixedKeypair, type Localnet, type Receipt, startLocalnet } from "@pinfi/localnet";
import {
  createAssociatedTokenAccountIdempotentInstruction,
  createInitializeMint2Instruction,
  createMintToInstruction,
  MINT_SIZE,
} from "@solana/spl-token";
import {
  type Keypair,
  type PublicKey,
  SystemProgram,
  type TransactionInstruction,
} from "@solana/web3.js";
import {
  associatedTokenAddress,
  type Budget,
  compileTransaction,
  signTransaction,
  TOKEN_PROGRAM_ID,
} from "../src";
import * as sdk from "../src/streams";

/** A key with its token account. */
export interface Wallet {
  keypair: Keypair;
  publicKey: PublicKey;
  tokens: PublicKey;
}

/** A cluster in this process with the program and one enabled mint of 6 decimals. */
export interface Cluster {
  net: Localnet;
  mint: PublicKey;
  /** Holds a million base units, may do everything, and pays for transactions. */
  admin: Wallet;
  /** A wallet of a fixed key that holds `tokens` base units. */
  wallet(args: { seed: number; tokens: bigint }): Wallet;
  /** Sends in v1, signed by the admin and the others, and returns the receipt, also of a failure. */
  send(instructions: readonly TransactionInstruction[], ...signers: Wallet[]): Receipt;
  /** As `send`, but throws on failure. */
  run(instructions: readonly TransactionInstruction[], ...signers: Wallet[]): Receipt;
  book(address: PublicKey): sdk.Book;
  /** Base units in a token account. */
  tokensIn(address: PublicKey): bigint;
  /** Unix seconds. */
  now(): bigint;
}

/** Of each claim, in hundredths of a percent; all of it is burned. */
export const FEE_BPS = 100;
const BUDGET: Budget = { computeUnitLimit: 1_400_000, loadedAccountsDataSizeLimit: 2 ** 26 };
const AMOUNT_AT = 64;

export function startCluster(): Cluster {
  const net = startLocalnet({ programs: [{ name: "streams", address: sdk.STREAMS_PROGRAM_ID }] });
  const payer = net.payer.publicKey;
  const mintKey = fixedKeypair(201);
  const mint = mintKey.publicKey;

  const send = (instructions: readonly TransactionInstruction[], signers: readonly Keypair[]) => {
    const { blockhash } = net.latestBlockhash();
    const transaction = compileTransaction({
      format: "v1",
      payer,
      blockhash,
      instructions,
      budget: BUDGET,
    });
    return net.send(signTransaction({ transaction, signers: [net.payer, ...signers] }));
  };
  const run = (instructions: readonly TransactionInstruction[], signers: readonly Keypair[]) => {
    const receipt = send(instructions, signers);
    assert.equal(receipt.failure, null, receipt.logs.join("\n"));
    return receipt;
  };
  const walletOf = (keypair: Keypair, amount: bigint): Wallet => {
    const { publicKey } = keypair;
    const tokens = associatedTokenAddress({ owner: publicKey, mint });
    const account = createAssociatedTokenAccountIdempotentInstruction(
      payer,
      tokens,
      publicKey,
      mint,
    );
    run([account, createMintToInstruction(mint, tokens, payer, amount)], []);
    return { keypair, publicKey, tokens };
  };

  run(
    [
      SystemProgram.createAccount({
        fromPubkey: payer,
        newAccountPubkey: mint,
        lamports: Number(net.minimumBalance(MINT_SIZE)),
        space: MINT_SIZE,
        programId: TOKEN_PROGRAM_ID,
      }),
      createInitializeMint2Instruction(mint, 6, payer, null),
      sdk.initialize({ payer, upgradeAuthority: payer, authority: payer }),
      sdk.setMintPolicy({
        authority: payer,
        payer,
        mint,
        minDeposit: 1n,
        allowedExtensions: 0n,
        feeBps: FEE_BPS,
        burnBps: 10_000,
        enabled: true,
      }),
    ],
    [mintKey],
  );

  const found = (address: PublicKey) => {
    const account = net.account(address);
    assert(account, `no account at ${address.toBase58()}`);
    return account;
  };
  const keysOf = (wallets: readonly Wallet[]) => wallets.map(({ keypair }) => keypair);
  return {
    net,
    mint,
    admin: walletOf(net.payer, 1_000_000n),
    wallet({ seed, tokens }) {
      const keypair = fixedKeypair(seed);
      net.airdrop(keypair.publicKey, 1_000_000_000n);
      return walletOf(keypair, tokens);
    },
    send: (instructions, ...signers) => send(instructions, keysOf(signers)),
    run: (instructions, ...signers) => run(instructions, keysOf(signers)),
    book: (address) => sdk.decodeBook(found(address)),
    tokensIn: (address) => found(address).data.readBigUInt64LE(AMOUNT_AT),
    now: () => net.clock().unixTimestamp,
  };
}
