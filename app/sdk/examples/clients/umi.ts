/** The story with Umi and the client that Codama generates for it. */
import { strict as assert } from "node:assert";
import {
  createSignerFromKeypair,
  none,
  publicKey,
  signerIdentity,
  type TransactionBuilder,
  transactionBuilder,
  type Umi,
} from "@metaplex-foundation/umi";
import { createUmi } from "@metaplex-foundation/umi-bundle-defaults";
import {
  addLine,
  claim,
  closeBook,
  closeLine,
  collectFees,
  createStreamsProgram,
  deposit,
  openBook,
  removeLine,
} from "@pinfi/client-umi/streams";
import { findAssociatedToken, toUmiInstruction } from "../../src";
import { vaultAddress } from "../../src/streams";
import {
  BROUGHT,
  checkTheEnd,
  GRACE_SECONDS,
  SET_ASIDE,
  type Setting,
  settleTheVoucher,
} from "./story";

/** Signs as Umi's identity and sends. */
async function send(setting: Setting, umi: Umi, builder: TransactionBuilder): Promise<void> {
  const { net } = setting.cluster;
  const signed = await builder.setBlockhash(net.latestBlockhash().blockhash).buildAndSign(umi);
  const { failure, logs } = net.send(umi.transactions.serialize(signed));
  assert.equal(failure, null, logs.join("\n"));
}

export async function umiStory(setting: Setting): Promise<void> {
  // No request is made: the transactions go to the cluster of this process.
  const umi = createUmi("http://127.0.0.1:8899");
  const wallet = umi.eddsa.createKeypairFromSecretKey(setting.buyer.keypair.secretKey);
  umi.use(signerIdentity(createSignerFromKeypair(umi, wallet)));
  umi.programs.add(createStreamsProgram());
  const run = (builder: TransactionBuilder) => send(setting, umi, builder);

  const book = publicKey(setting.book);
  const mint = publicKey(setting.mint);
  const payee = publicKey(setting.provider.publicKey);
  const buyerTokens = publicKey(setting.buyer.tokens);
  const vault = publicKey(vaultAddress({ book: setting.book, mint: setting.mint }));

  // Payer, policy, authority and vault are derived from the wallet and from what is given.
  const terms = { id: 0, graceSeconds: GRACE_SECONDS, maxFeeBps: 100 };
  await run(
    openBook(umi, { book, mint, ...terms, voucherSigner: none(), controller: none() })
      .add(
        deposit(umi, {
          funder: umi.identity,
          book,
          mint,
          source: buyerTokens,
          vault,
          amount: BROUGHT,
        }),
      )
      .add(addLine(umi, { book, line: 0, payee, deposit: SET_ASIDE, rate: 0, controlled: false })),
  );

  const toUmi = (instruction: Parameters<typeof toUmiInstruction>[0]["instruction"]) => ({
    instruction: toUmiInstruction({ instruction, publicKey: (base58) => publicKey(base58) }),
    signers: [],
    bytesCreatedOnChain: 0,
  });
  await run(transactionBuilder(settleTheVoucher(setting).map(toUmi)));

  const paid = findAssociatedToken({ owner: setting.provider.publicKey, mint: setting.mint });
  const destination = publicKey(paid.address);
  await run(
    claim(umi, { book, mint, destination, line: 0, bump: paid.bump }).add(
      closeLine(umi, { book, line: 0 }),
    ),
  );
  setting.cluster.net.advance({ seconds: BigInt(GRACE_SECONDS) });
  await run(
    removeLine(umi, { book, line: 0 })
      .add(collectFees(umi, { book, mint }))
      .add(closeBook(umi, { book, mint, destination: buyerTokens })),
  );
  checkTheEnd(setting);
}
