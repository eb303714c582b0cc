/** The story with `@solana/kit` and the client that Codama generates for it. */
import { strict as assert } from "node:assert";
import {
  getAddLineInstruction,
  getClaimInstructionAsync,
  getCloseBookInstructionAsync,
  getCloseLineInstruction,
  getCollectFeesInstructionAsync,
  getDepositInstruction,
  getOpenBookInstructionAsync,
  getRemoveLineInstruction,
} from "@pinfi/client-kit/streams";
import {
  address,
  appendTransactionMessageInstructions,
  blockhash,
  createKeyPairSignerFromBytes,
  createTransactionMessage,
  getTransactionEncoder,
  type Instruction,
  none,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  type TransactionSigner,
} from "@solana/kit";
import { findAssociatedTokenPda, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import { toKitInstruction } from "../../src";
import { vaultAddress } from "../../src/streams";
import {
  BROUGHT,
  checkTheEnd,
  GRACE_SECONDS,
  SET_ASIDE,
  type Setting,
  settleTheVoucher,
} from "./story";

/** Signs with the signers that stand in the instructions, and sends. */
async function send(
  { cluster: { net } }: Setting,
  feePayer: TransactionSigner,
  instructions: Instruction[],
): Promise<void> {
  const latest = net.latestBlockhash();
  const lifetime = { blockhash: blockhash(latest.blockhash), lastValidBlockHeight: 2n ** 60n };
  const message = pipe(
    createTransactionMessage({ version: 0 }),
    (empty) => setTransactionMessageFeePayerSigner(feePayer, empty),
    (paid) => setTransactionMessageLifetimeUsingBlockhash(lifetime, paid),
    (timed) => appendTransactionMessageInstructions(instructions, timed),
  );
  const signed = await signTransactionMessageWithSigners(message);
  const { failure, logs } = net.send(Uint8Array.from(getTransactionEncoder().encode(signed)));
  assert.equal(failure, null, logs.join("\n"));
}

export async function kitStory(setting: Setting): Promise<void> {
  const payer = await createKeyPairSignerFromBytes(setting.buyer.keypair.secretKey);
  const run = (...instructions: Instruction[]) => send(setting, payer, instructions);
  const [book, mint, buyerTokens, payee] = [
    setting.book,
    setting.mint,
    setting.buyer.tokens,
    setting.provider.publicKey,
  ].map((key) => address(key.toBase58()));
  assert(book && mint && buyerTokens && payee);
  const vault = address(vaultAddress({ book: setting.book, mint: setting.mint }).toBase58());

  await run(
    // Policy, authority and vault are derived from what is given.
    await getOpenBookInstructionAsync({
      payer,
      book,
      mint,
      id: 0,
      graceSeconds: GRACE_SECONDS,
      voucherSigner: none(),
      controller: none(),
      maxFeeBps: 100,
    }),
    getDepositInstruction({
      funder: payer,
      book,
      mint,
      source: buyerTokens,
      vault,
      amount: BROUGHT,
    }),
    getAddLineInstruction({
      payer,
      book,
      line: 0,
      payee,
      deposit: SET_ASIDE,
      rate: 0,
      controlled: false,
    }),
  );

  const toKit = (instruction: Parameters<typeof toKitInstruction>[0]["instruction"]) =>
    toKitInstruction({ instruction, address });
  await run(...settleTheVoucher(setting).map(toKit));

  const seeds = { owner: payee, mint, tokenProgram: TOKEN_PROGRAM_ADDRESS };
  const [destination, bump] = await findAssociatedTokenPda(seeds);
  await run(
    await getClaimInstructionAsync({ book, mint, destination, line: 0, bump }),
    getCloseLineInstruction({ authority: payer, book, line: 0 }),
  );
  setting.cluster.net.advance({ seconds: BigInt(GRACE_SECONDS) });
  await run(
    getRemoveLineInstruction({ book, line: 0 }),
    await getCollectFeesInstructionAsync({ book, mint }),
    await getCloseBookInstructionAsync({ payer, book, mint, destination: buyerTokens }),
  );
  checkTheEnd(setting);
}
