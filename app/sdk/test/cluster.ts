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
import * as sdk from "../src";

/** A cluster with the program, one enabled mint, and a payer with a million units of it. */
export interface Cluster {
  net: Localnet;
  mint: PublicKey;
  /** Token account of the payer. */
  wallet: PublicKey;
  /** Sends in v1 and returns the receipt, also of a failure. */
  send(instructions: readonly TransactionInstruction[], ...signers: Keypair[]): Receipt;
  /** As `send`, but throws on failure. */
  run(instructions: readonly TransactionInstruction[], ...signers: Keypair[]): Receipt;
  book(address: PublicKey): sdk.Book;
}

const BUDGET: sdk.Budget = { computeUnitLimit: 1_400_000, loadedAccountsDataSizeLimit: 2 ** 26 };

export function startCluster(): Cluster {
  const programs = [{ name: "streams", address: sdk.STREAMS_PROGRAM_ID }];
  const net = startLocalnet({ programs });
  const { payer } = net;

  const send: Cluster["send"] = (instructions, ...signers) => {
    const transaction = sdk.compileTransaction({
      format: "v1",
      payer: payer.publicKey,
      blockhash: net.latestBlockhash().blockhash,
      instructions,
      budget: BUDGET,
    });
    return net.send(sdk.signTransaction({ transaction, signers: [payer, ...signers] }));
  };
  const run: Cluster["run"] = (instructions, ...signers) => {
    const receipt = send(instructions, ...signers);
    if (receipt.failure) throw new Error(`${receipt.logs.join("\n")}\n${receipt.failure.name}`);
    return receipt;
  };

  const mint = fixedKeypair(201);
  const wallet = sdk.associatedTokenAddress({ owner: payer.publicKey, mint: mint.publicKey });
  run(
    [
      SystemProgram.createAccount({
        fromPubkey: payer.publicKey,
        newAccountPubkey: mint.publicKey,
        lamports: Number(net.minimumBalance(MINT_SIZE)),
        space: MINT_SIZE,
        programId: sdk.TOKEN_PROGRAM_ID,
      }),
      createInitializeMint2Instruction(mint.publicKey, 6, payer.publicKey, null),
      createAssociatedTokenAccountIdempotentInstruction(
        payer.publicKey,
        wallet,
        payer.publicKey,
        mint.publicKey,
      ),
      createMintToInstruction(mint.publicKey, wallet, payer.publicKey, 1_000_000n),
      sdk.initialize({
        payer: payer.publicKey,
        upgradeAuthority: payer.publicKey,
        authority: payer.publicKey,
      }),
      sdk.setMintPolicy({
        authority: payer.publicKey,
        payer: payer.publicKey,
        mint: mint.publicKey,
        minDeposit: 1n,
        allowedExtensions: 0n,
        feeBps: 100,
        burnBps: 10_000,
        enabled: true,
      }),
    ],
    mint,
  );
  return {
    net,
    mint: mint.publicKey,
    wallet,
    send,
    run,
    book(address) {
      const account = net.account(address);
      if (!account) throw new Error(`no account at ${address.toBase58()}`);
      return sdk.decodeBook(account);
    },
  };
}

/** Opens book `id` of the payer with so many lines, all alike; their payee is the payer. */
export function openBookWith(
  { net, mint, wallet, run }: Cluster,
  {
    id,
    lines,
    deposit = 10n,
    rate = 0n,
  }: { id: number; lines: number; deposit?: bigint; rate?: bigint },
): PublicKey {
  const payer = net.payer.publicKey;
  const book = sdk.bookAddress({ payer, mint, id });
  const funds = { book, mint, funder: payer, source: wallet, amount: deposit * BigInt(lines) };
  run([sdk.openBook({ payer, mint, id, graceSeconds: 900 }), sdk.deposit(funds)]);
  for (let line = 0; line < lines; line += 30) {
    const count = Math.min(30, lines - line);
    const shared = { payer, book, payee: payer, deposit, rate, controlled: false };
    run(Array.from({ length: count }, (_, nth) => sdk.addLine({ ...shared, line: line + nth })));
  }
  return book;
}
