import { FailedTransactionMetadata, type LiteSVM, type TransactionMetadata } from "litesvm";
import { type Failure, failureOf, ranBeforeFailing } from "./failure";
import { createLedger } from "./ledger";
import type { Receipt } from "./receipt";
import { type AnyTransaction, readTransaction, type WireTransaction } from "./wire";

/** What can be done with transactions. */
export interface Transactions {
  /** Runs a transaction. A refusal is a receipt too; only unreadable bytes throw. */
  send(transaction: AnyTransaction): Receipt;
  /** Like `send`, without any effect. Signatures, lifetime and replay are checked as well. */
  simulate(transaction: AnyTransaction): Receipt;
  /** A transaction sent in the last 150 slots, by its first signature. */
  receipt(signature: string): Receipt | null;
  latestBlockhash(): { blockhash: string; lastValidSlot: bigint };
  /** Makes every blockhash so far unusable. */
  expireBlockhashes(): void;
}

/** `drawBlockhash` is for the one who moves the slot. */
export function transactionsOf(
  svm: LiteSVM,
  slot: () => bigint,
): Transactions & { drawBlockhash(): void } {
  const ledger = createLedger(slot());

  /** What a cluster refuses without running it and LiteSVM would let pass or throw at. */
  const refusalBefore = (wire: WireTransaction): Receipt | null => {
    const name = wire.tooLarge
      ? "TransactionTooLarge"
      : wire.fullySigned
        ? ledger.refusal(wire.blockhash, wire.signature)
        : "SignatureFailure";
    if (name === null) return null;
    const failure: Failure = { kind: "transaction", name };
    return { signature: wire.signature, failure, logs: [], units: 0n, returnData: Buffer.alloc(0) };
  };

  return {
    send(input) {
      const wire = readTransaction(input);
      const refused = refusalBefore(wire);
      if (refused !== null) return refused;
      const receipt = receiptOf(wire.signature, svm.sendTransaction(wire.transaction));
      // What never ran costs no fee and may be sent again.
      if (receipt.failure === null || ranBeforeFailing(receipt)) {
        ledger.record(wire.blockhash, receipt);
        ledger.draw(slot());
      }
      return receipt;
    },
    simulate(input) {
      const wire = readTransaction(input);
      const refused = refusalBefore(wire);
      if (refused !== null) return refused;
      const result = svm.simulateTransaction(wire.transaction);
      const ran = result instanceof FailedTransactionMetadata ? result : result.meta();
      return receiptOf(wire.signature, ran);
    },
    receipt: (signature) => ledger.find(signature),
    latestBlockhash: () => ledger.latest(),
    expireBlockhashes: () => ledger.expire(slot()),
    drawBlockhash: () => ledger.draw(slot()),
  };
}

function receiptOf(
  signature: string,
  result: TransactionMetadata | FailedTransactionMetadata,
): Receipt {
  const failed = result instanceof FailedTransactionMetadata;
  const meta = failed ? result.meta() : result;
  return {
    signature,
    failure: failed ? failureOf(result) : null,
    logs: meta.logs(),
    units: meta.computeUnitsConsumed(),
    returnData: Buffer.from(meta.returnData().data()),
  };
}
