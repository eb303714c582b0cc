import type { Localnet, Receipt } from "@pinfi/localnet";
import {
  readWire,
  STREAMS_IDL,
  STREAMS_PROGRAM_ID,
  transactionCost,
  type WireInstruction,
} from "@pinfi/sdk";
import { Transaction } from "@solana/web3.js";
import type { Cost } from "../summary";

/** What one settle instruction put on record, as its bytes say. */
export interface RecordedSettle {
  book: string;
  targets: { line: number; cumulative: bigint }[];
}

/** A transaction that was paid for. */
export interface RecordedTransaction {
  failed: boolean;
  feePayer: string;
  /** Names of its streams instructions, in order. */
  instructions: string[];
  settles: RecordedSettle[];
  cost: Cost;
  /** Unix seconds of the cluster. */
  atSeconds: number;
  /** Milliseconds of this process. */
  atWall: number;
}

const STREAMS = STREAMS_PROGRAM_ID.toBase58();
const DISCRIMINATOR_BYTES = 8;
const DOMAIN_BYTES = 32;
const NAMES = new Map(
  STREAMS_IDL.instructions.map(({ name, discriminator }) => [
    Buffer.from(discriminator).toString("hex"),
    name,
  ]),
);

function nameOf({ data }: WireInstruction): string {
  return NAMES.get(Buffer.from(data.subarray(0, DISCRIMINATOR_BYTES)).toString("hex")) ?? "unknown";
}

/** Targets of a settle instruction, in Borsh behind discriminator and domain. */
function readSettle({ accounts, data }: WireInstruction): RecordedSettle {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = DISCRIMINATOR_BYTES + DOMAIN_BYTES;
  const dense = view.getUint8(at) === 0;
  at += 1;
  const start = dense ? view.getUint16(at, true) : 0;
  if (dense) at += 2;
  const count = view.getUint32(at, true);
  at += 4;
  const targets: RecordedSettle["targets"] = [];
  for (let index = 0; index < count; index++) {
    let line = start + index;
    if (!dense) {
      line = view.getUint16(at, true);
      at += 2;
    }
    targets.push({ line, cumulative: view.getBigUint64(at, true) });
    at += 8;
  }
  return { book: accounts[0] ?? "", targets };
}

/**
 * The same cluster, with every transaction told to `onTransaction` that ran, whoever sent it: costs
 * and settlements are then read from the bytes that the cluster took, not from what a sender says.
 * One that was refused without running costs nothing and is not told.
 */
export function recordTransactions({
  localnet,
  onTransaction,
}: {
  localnet: Localnet;
  onTransaction(transaction: RecordedTransaction): void;
}): Localnet {
  const record = (bytes: Uint8Array, receipt: Receipt): void => {
    const wire = readWire(bytes);
    const streams = wire.instructions
      .filter(({ program }) => program === STREAMS)
      .map((instruction) => ({ instruction, name: nameOf(instruction) }));
    const failed = receipt.failure !== null;
    onTransaction({
      failed,
      feePayer: wire.feePayer,
      instructions: streams.map(({ name }) => name),
      settles: failed
        ? []
        : streams
            .filter(({ name }) => name === "settle")
            .map(({ instruction }) => readSettle(instruction)),
      cost: { transactions: 1, ...transactionCost({ wire, units: receipt.units }) },
      atSeconds: Number(localnet.clock().unixTimestamp),
      atWall: performance.now(),
    });
  };
  return {
    ...localnet,
    send(transaction) {
      const receipt = localnet.send(transaction);
      if (receipt.failure?.kind === "transaction") return receipt;
      const bytes =
        transaction instanceof Uint8Array
          ? transaction
          : transaction instanceof Transaction
            ? transaction.serialize({ verifySignatures: false })
            : transaction.serialize();
      record(bytes, receipt);
      return receipt;
    },
  };
}
