import type { Localnet } from "@pinfi/localnet";
import {
  compileTransaction,
  MAX_INSTRUCTIONS,
  MAX_TRANSACTION_BYTES,
  signTransaction,
  transactionSize,
} from "@pinfi/sdk";
import { explainError } from "@pinfi/sdk/streams";
import type { Keypair, TransactionInstruction } from "@solana/web3.js";
import { RunError } from "../errors";

/** Budget of the demo's own transactions: the most units, and room for books of the largest size. */
const BUDGET = { computeUnitLimit: 1_400_000, loadedAccountsDataSizeLimit: 2 * 1024 * 1024 };

/**
 * Sends instructions in as few v1 transactions as they fit into, in order. The first signer pays.
 *
 * @param most instructions of one transaction, for those that call other programs (64 in all)
 * @throws RunError when one is refused; those before it have landed
 */
export async function sendAll({
  localnet,
  instructions,
  signers,
  most = MAX_INSTRUCTIONS,
  signal,
}: {
  localnet: Localnet;
  instructions: readonly TransactionInstruction[];
  signers: readonly [Keypair, ...Keypair[]];
  most?: number;
  signal?: AbortSignal;
}): Promise<void> {
  const payer = signers[0].publicKey;
  const fits = (part: readonly TransactionInstruction[]): boolean =>
    transactionSize({ format: "v1", payer, instructions: part, budget: BUDGET }) <=
    MAX_TRANSACTION_BYTES.v1;
  let sent = 0;
  let guess = most;
  while (sent < instructions.length) {
    let part = instructions.slice(sent, sent + guess);
    while (part.length > 1 && !fits(part)) part = part.slice(0, -1);
    guess = Math.min(most, part.length + 1);
    signal?.throwIfAborted();
    const transaction = compileTransaction({
      format: "v1",
      payer,
      blockhash: localnet.latestBlockhash().blockhash,
      instructions: part,
      budget: BUDGET,
    });
    const { failure, logs } = localnet.send(signTransaction({ transaction, signers }));
    if (failure !== null) {
      const reason =
        failure.kind === "instruction" && failure.code !== undefined
          ? explainError(failure.code)?.sentence
          : undefined;
      throw new RunError({
        code: "TransactionFailed",
        message: `a transaction was refused: ${reason ?? failure.name}\n${logs.slice(-6).join("\n")}`,
      });
    }
    sent += part.length;
    // The keeper's server lives in this process: let it have a turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
}
