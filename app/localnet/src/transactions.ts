import { getBase58Decoder, getBase58Encoder } from "@solana/kit";
import { FailedTransactionMetadata, type LiteSVM, type TransactionMetadata } from "litesvm";
import { type Failure, failureOf, ranBeforeFailing } from "./failure";
import { createLedger, nameOf } from "./ledger";
import type { Receipt } from "./receipt";
import { type AnyTransaction, readPlainV1, readTransaction, type WireTransaction } from "./wire";

/** What can be done with transactions. */
export interface Transactions {
  /** Runs a transaction. A refusal is a receipt too; only unreadable bytes throw. */
  send(transaction: AnyTransaction): Receipt;
  /**
   * The same for signed bytes, for many transactions on end: v1 ones of one signer are not decoded,
   * receipts are read when they are looked at, and the blockhash stays the same until the slot moves.
   */
  execute(wire: Uint8Array): Receipt;
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
        ? ledger.refusal(wire.blockhash, nameOf(wire.signature))
        : "SignatureFailure";
    if (name === null) return null;
    const failure: Failure = { kind: "transaction", name };
    const signature = getBase58Decoder().decode(wire.signature);
    return { signature, failure, logs: [], units: 0n, returnData: Buffer.alloc(0) };
  };

  const run = (wire: WireTransaction): { receipt: Receipt; ran: boolean } => {
    const refused = refusalBefore(wire);
    if (refused !== null) return { receipt: refused, ran: false };
    const receipt = receiptOf(wire.signature, svm.sendTransaction(wire.transaction));
    // What never ran costs no fee and may be sent again.
    const ran = receipt.failure === null || ranBeforeFailing(receipt);
    const { blockhash, signature } = wire;
    if (ran) ledger.record({ blockhash, name: nameOf(signature), receipt });
    return { receipt, ran };
  };

  return {
    send(input) {
      const { receipt, ran } = run(readTransaction(input));
      if (ran) ledger.draw(slot());
      return receipt;
    },
    execute: (bytes) => run(readPlainV1(bytes) ?? readTransaction(bytes)).receipt,
    simulate(input) {
      const wire = readTransaction(input);
      const refused = refusalBefore(wire);
      if (refused !== null) return refused;
      const result = svm.simulateTransaction(wire.transaction);
      const ran = result instanceof FailedTransactionMetadata ? result : result.meta();
      return receiptOf(wire.signature, ran);
    },
    receipt: (signature) =>
      ledger.find(nameOf(Uint8Array.from(getBase58Encoder().encode(signature)))),
    latestBlockhash: () => ledger.latest(),
    expireBlockhashes: () => ledger.expire(slot()),
    drawBlockhash: () => ledger.draw(slot()),
  };
}

/** Reads nothing yet but whether it failed: each of the others costs a copy out of LiteSVM. */
function receiptOf(
  signature: Uint8Array,
  result: TransactionMetadata | FailedTransactionMetadata,
): Receipt {
  const failed = result instanceof FailedTransactionMetadata;
  const meta = failed ? result.meta() : result;
  return {
    get signature() {
      return getBase58Decoder().decode(signature);
    },
    failure: failed ? failureOf(result) : null,
    get logs() {
      return meta.logs();
    },
    get units() {
      return meta.computeUnitsConsumed();
    },
    get returnData() {
      return Buffer.from(meta.returnData().data());
    },
  };
}
