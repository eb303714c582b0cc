import { createHash } from "node:crypto";
import { ED25519_PROGRAM_ID } from "@pinfi/sdk";
import * as sdk from "@pinfi/sdk/streams";
import {
  type AccountInfo,
  ComputeBudgetProgram,
  type PublicKey,
  TransactionInstruction,
} from "@solana/web3.js";
import { KEYS } from "../keys";
import type { Scenario } from "../scenario";

/** Offsets of entry 0 in a canonical ed25519 instruction of one entry. */
export const ED25519 = {
  count: 0,
  padding: 1,
  signatureOffset: 2,
  signatureInstruction: 4,
  keyOffset: 6,
  keyInstruction: 8,
  messageOffset: 10,
  messageLength: 12,
  messageInstruction: 14,
  key: 16,
  signature: 48,
  length: 112,
} as const;

/** The last byte of each word in which a key is compared. */
export const WORD_ENDS = [7, 15, 23, 31] as const;

/** An account that is there, with bytes of its own to change. */
export async function present(
  { world }: Scenario,
  address: PublicKey,
): Promise<AccountInfo<Buffer>> {
  const account = await world.account(address);
  if (account === null) throw new Error(`nothing at ${address.toBase58()}`);
  return { ...account, data: Buffer.from(account.data) };
}

/** The ed25519 instruction and the settle that it authorises, for line 0 up to `cumulative`. */
export async function genuine(
  streams: Scenario,
  cumulative = 300n,
): Promise<[TransactionInstruction, TransactionInstruction]> {
  const settle = await streams.voucher({
    targets: { kind: "dense", start: 0, cumulative: [cumulative] },
  });
  const [signature, instruction] = streams.settleInstructions(settle);
  if (signature === undefined || instruction === undefined) throw new Error("nothing to settle");
  return [signature, instruction];
}

/** An ed25519 instruction of the canonical layout for messages in the instructions named. */
export function ed25519Of(
  entries: readonly {
    key: PublicKey;
    signature: Uint8Array;
    messageLength: number;
    messageInstruction: number;
  }[],
): TransactionInstruction {
  const keysAt = 2 + 14 * entries.length;
  const data = Buffer.alloc(keysAt + 96 * entries.length);
  data.writeUInt8(entries.length);
  entries.forEach(({ key, signature, messageLength, messageInstruction }, index) => {
    const at = keysAt + 96 * index;
    const fields = [at + 32, 0xffff, at, 0xffff, 8, messageLength, messageInstruction];
    fields.forEach((value, field) => {
      data.writeUInt16LE(value, 2 + 14 * index + 2 * field);
    });
    data.set(key.toBytes(), at);
    data.set(signature, at + 32);
  });
  return new TransactionInstruction({ programId: ED25519_PROGRAM_ID, keys: [], data });
}

/** The hash that stands at the head of vouchers, from any ingredients. */
export function domainOf({
  tag = "pinfi:streams:voucher:1",
  program = sdk.STREAMS_PROGRAM_ID,
  book,
  slotHash,
  slot,
}: {
  tag?: string;
  program?: PublicKey;
  book: PublicKey;
  slotHash: Uint8Array;
  slot: bigint;
}): Uint8Array {
  const slotBytes = Buffer.alloc(8);
  slotBytes.writeBigUInt64LE(slot);
  return createHash("sha256")
    .update(tag)
    .update(program.toBytes())
    .update(book.toBytes())
    .update(slotHash)
    .update(slotBytes)
    .digest();
}

/** A voucher for line 0 of the scenario's book, signed by its payer under any domain. */
export function voucherUnder(streams: Scenario, domain: Uint8Array, cumulative = 300n): sdk.Settle {
  const targets: sdk.Targets = { kind: "dense", start: 0, cumulative: [cumulative] };
  const { book } = streams;
  return { book, domain, voucher: sdk.signVoucher({ domain, book, targets, signer: KEYS.payer }) };
}

/** Pads a transaction with an instruction that does nothing to anybody. */
export const idle = (): TransactionInstruction =>
  ComputeBudgetProgram.setComputeUnitLimit({ units: 400_000 });
