import { createExplainer, sendAndConfirm } from "@pinfi/sdk";
import { Transaction, type TransactionInstruction } from "@solana/web3.js";
import { PROGRAMS } from "./programs";
import type { MigrationProvider } from "./step";

const explainAny = createExplainer(PROGRAMS.map(({ program }) => program));

/**
 * Sends instructions in one transaction that the wallet signs and pays for; resolves when it has
 * landed. Anchor's own `sendAndConfirm` waits for a notification, which a node may not send.
 * Throws SendError, whose message says whether it failed, expired, or is not known.
 */
export async function send(
  { connection, publicKey: feePayer, wallet }: MigrationProvider,
  instructions: readonly TransactionInstruction[],
): Promise<void> {
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash("confirmed");
  const transaction = new Transaction({ feePayer, blockhash, lastValidBlockHeight });
  const signed = await wallet.signTransaction(transaction.add(...instructions));
  const wire = signed.serialize();
  // A code without logs is the last one's: what stands before it in a step prepares accounts.
  const explain = (error: unknown) => explainAny(error, instructions.at(-1)?.programId);
  await sendAndConfirm({ connection, wire, lastValidBlockHeight, explain });
}
