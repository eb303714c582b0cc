/** The story with Anchor's own client: the IDL as JSON, its type beside it. */
import { strict as assert } from "node:assert";
import { BN, Program, type Provider } from "@coral-xyz/anchor";
import { type PublicKey, Transaction } from "@solana/web3.js";
import { findAssociatedToken, TOKEN_PROGRAM_ID } from "../../src";
import { authorityAddress, policyAddress, STREAMS_IDL, type Streams } from "../../src/streams";
import {
  BROUGHT,
  checkTheEnd,
  GRACE_SECONDS,
  SET_ASIDE,
  type Setting,
  settleTheVoucher,
} from "./story";

/** What an `AnchorProvider` is to a real cluster: it reads accounts, signs as the buyer and sends. */
function providerOf({ cluster: { net }, buyer }: Setting) {
  const getAccountInfo = async (address: PublicKey) => net.account(address);
  const getAccountInfoAndContext = async (address: PublicKey) => ({
    context: { slot: 0 },
    value: net.account(address),
  });
  return {
    connection: { getAccountInfo, getAccountInfoAndContext } as unknown as Provider["connection"],
    publicKey: buyer.publicKey,
    async sendAndConfirm(transaction: Parameters<NonNullable<Provider["sendAndConfirm"]>>[0]) {
      assert(transaction instanceof Transaction);
      transaction.feePayer = buyer.publicKey;
      transaction.recentBlockhash = net.latestBlockhash().blockhash;
      transaction.sign(buyer.keypair);
      const { failure, logs } = net.send(transaction);
      assert.equal(failure, null, logs.join("\n"));
      return "landed";
    },
  };
}

export async function anchorStory(setting: Setting): Promise<void> {
  const { cluster, buyer, provider, book, mint } = setting;
  const wallet = providerOf(setting);
  const { methods } = new Program<Streams>(STREAMS_IDL, wallet);
  const payer = buyer.publicKey;
  const tokenProgram = TOKEN_PROGRAM_ID;
  const authority = authorityAddress({ book });
  const paid = findAssociatedToken({ owner: provider.publicKey, mint });

  const terms = { id: 0, graceSeconds: GRACE_SECONDS, maxFeeBps: 100 };
  await methods
    .openBook({ ...terms, voucherSigner: null, controller: null })
    .accountsPartial({ payer, book, mint, policy: policyAddress({ mint }), tokenProgram })
    .rpc();
  // Anchor looks up the book's mint and vault by itself.
  await methods
    .deposit(new BN(BROUGHT.toString()))
    .accountsPartial({ funder: payer, book, source: buyer.tokens, tokenProgram })
    .rpc();
  const line = { line: 0, payee: provider.publicKey, rate: new BN(0), controlled: false };
  await methods
    .addLine({ ...line, deposit: new BN(SET_ASIDE.toString()) })
    .accountsPartial({ payer, book })
    .rpc();

  await wallet.sendAndConfirm(new Transaction().add(...settleTheVoucher(setting)));

  await methods
    .claim(0, paid.bump)
    .accountsPartial({ book, authority, destination: paid.address, tokenProgram, payee: null })
    .rpc();
  await methods.closeLine(0).accountsPartial({ authority: payer, book }).rpc();
  cluster.net.advance({ seconds: BigInt(GRACE_SECONDS) });
  await methods.removeLine(0).accountsPartial({ book }).rpc();
  await methods
    .collectFees()
    .accountsPartial({ book, authority, policy: policyAddress({ mint }), mint, tokenProgram })
    .accountsPartial({ treasury: null, escrow: null })
    .rpc();
  await methods
    .closeBook()
    .accountsPartial({ payer, book, authority, destination: buyer.tokens, tokenProgram })
    .rpc();
  checkTheEnd(setting);
}
