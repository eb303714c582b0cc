import type { Localnet, Receipt } from "@pinfi/localnet";
import { readWire, transactionCost, type WireInstruction } from "@pinfi/sdk";
import { STREAMS_IDL, STREAMS_PROGRAM_ID } from "@pinfi/sdk/streams";
import { Transaction } from "@solana/web3.js";
import type { Cost } from "../summary";

/** A transaction that was paid for. */
export interface RecordedTransaction {
  failed: boolean;
  feePayer: string;
  /** Names of its streams instructions, in order. */
  instructions: string[];
  /** Accounts that its settle instructions name, the books among them. */
  settled: string[];
  /** Lines that its vouchers name, changed or not. */
  targets: number;
  cost: Cost;
  /** Unix seconds of the cluster. */
  atSeconds: number;
  /** Milliseconds of this process. */
  atWall: number;
}

const STREAMS = STREAMS_PROGRAM_ID.toBase58();
const DISCRIMINATOR_BYTES = 8;
const DOMAIN_BYTES = 32;
const SIGNATURE_BYTES = 64;
const COUNT_BYTES = 4;
/* Bytes of targets: kind, start line if dense, count; then each entry. */
const DENSE = { head: 7, entry: 8 };
const SPARSE = { head: 5, entry: 10 };

/** Instructions that record vouchers. */
const SETTLES = new Set(["settle", "settle_many"]);
const NAMES = new Map(
  STREAMS_IDL.instructions.map(({ name, discriminator }) => [
    Buffer.from(discriminator).toString("hex"),
    name,
  ]),
);

function nameOf({ data }: WireInstruction): string {
  return NAMES.get(Buffer.from(data.subarray(0, DISCRIMINATOR_BYTES)).toString("hex")) ?? "unknown";
}

/** Targets in Borsh: how many, and where they end. */
function skipTargets({ view, at }: { view: DataView; at: number }): { count: number; end: number } {
  const dense = view.getUint8(at) === 0;
  const head = at + (dense ? DENSE.head : SPARSE.head);
  const count = view.getUint32(head - COUNT_BYTES, true);
  return { count, end: head + count * (dense ? DENSE.entry : SPARSE.entry) };
}

/** Targets of a settle instruction: behind the domain, or of settle_many: each behind a signature. */
function countTargets({ name, data }: { name: string; data: Uint8Array }): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (name === "settle") {
    return skipTargets({ view, at: DISCRIMINATOR_BYTES + DOMAIN_BYTES }).count;
  }
  let targets = 0;
  let at = DISCRIMINATOR_BYTES + COUNT_BYTES;
  for (let left = view.getUint32(DISCRIMINATOR_BYTES, true); left > 0; left--) {
    const { count, end } = skipTargets({ view, at: at + SIGNATURE_BYTES });
    targets += count;
    at = end;
  }
  return targets;
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
    const settles = streams.filter(({ name }) => SETTLES.has(name));
    onTransaction({
      failed: receipt.failure !== null,
      feePayer: wire.feePayer,
      instructions: streams.map(({ name }) => name),
      settled: settles.flatMap(({ instruction }) => instruction.accounts),
      targets: settles.reduce(
        (sum, { name, instruction: { data } }) => sum + countTargets({ name, data }),
        0,
      ),
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
