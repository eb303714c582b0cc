import { type PublicKey, TransactionInstruction } from "@solana/web3.js";
import {
  type Arguments,
  bytes,
  checkArguments,
  having,
  list,
  optional,
  publicKey,
  struct,
  u8,
  u32,
} from "../../arguments";
import { concat } from "../../codec/encode";
import { InvalidArgument, VoucherError } from "../../failure";
import { ED25519_PROGRAM_ID } from "../../ids";
import { writable } from "../../program/define";
import { STREAMS, STREAMS_PROGRAM_ID } from "../program";
import {
  checkTargets,
  DOMAIN_LENGTH,
  type Targets,
  voucherMessage,
  voucherMessageLength,
} from "./message";
import { anyVoucher, type Voucher } from "./voucher";

/** A voucher about to be settled on its book. `settleOf` makes one from the decoded book. */
export interface Settle {
  book: PublicKey;
  /** `voucherDomain` of the book. */
  domain: Uint8Array;
  voucher: Voucher;
  /** `capacity` of the book, for a tight limit on loaded data. */
  capacity?: number;
  /** Upper bound of its compute units, for a tight limit. */
  units?: number;
}

const DISCRIMINATOR = STREAMS.discriminator("settle");
const PROOF_LENGTH = 2;
const OFFSETS_LENGTH = 14;
const SIGNATURE_LENGTH = 64;
const ENTRY_LENGTH = 32 + SIGNATURE_LENGTH;
const THIS_INSTRUCTION = 0xffff;

const ED25519_ENTRY_LENGTH = OFFSETS_LENGTH + ENTRY_LENGTH;

/** Entries that one ed25519 instruction can hold. */
export const MAX_ED25519_ENTRIES = 255;

/** Length in bytes of the data of a settle instruction. */
export function settleDataLength(targets: Targets): number {
  return DISCRIMINATOR.length + voucherMessageLength(targets) + PROOF_LENGTH;
}

/** Length in bytes of the data of a settle_many instruction. */
export function settleManyDataLength(targets: readonly Targets[]): number {
  const each = (one: Targets) => SIGNATURE_LENGTH + voucherMessageLength(one) - DOMAIN_LENGTH;
  const vector = 4;
  return targets.reduce((total, one) => total + each(one), DISCRIMINATOR.length + vector);
}

/** Length in bytes of the data of the ed25519 instruction for so many settles. */
export function ed25519DataLength(entries: number): number {
  return 2 + ED25519_ENTRY_LENGTH * entries;
}

/** A settle of a caller. */
export const anySettle = having({
  book: publicKey,
  domain: bytes(DOMAIN_LENGTH),
  voucher: anyVoucher,
  capacity: optional(u32),
  units: optional(u32),
});

const settleShape = {
  book: publicKey,
  /** `voucherDomain` of the book. */
  domain: bytes(32),
  targets: (value: unknown, argument: string): Targets => checkTargets(value, argument),
  /** Where the signature is: index in the transaction of the ed25519 instruction, entry in it. */
  proof: struct({ instruction: u8, entry: u8 }),
};

const signedVoucher = struct({
  book: publicKey,
  targets: (value: unknown, argument: string): Targets => checkTargets(value, argument),
  signer: publicKey,
  signature: bytes(64),
});

/** One settle instruction; {@link settleInstructions} makes it together with its signature. */
export function settle(args: Arguments<typeof settleShape>): TransactionInstruction {
  const { book, domain, targets, proof } = checkArguments("settle", settleShape, args);
  const message = voucherMessage({ domain, targets });
  return new TransactionInstruction({
    programId: STREAMS_PROGRAM_ID,
    keys: STREAMS.accountMetas("settle", { book }),
    data: Buffer.from(
      concat([DISCRIMINATOR, message, Uint8Array.of(proof.instruction, proof.entry)]),
    ),
  });
}

/** The canonical ed25519 instruction: offsets of all entries, then each public key and signature. */
function ed25519Instruction(
  vouchers: readonly Voucher[],
  firstIndex: number,
): TransactionInstruction {
  const count = vouchers.length;
  const data = Buffer.alloc(ed25519DataLength(count));
  data.writeUInt8(count, 0);
  vouchers.forEach(({ signer, signature, targets }, entry) => {
    const key = 2 + OFFSETS_LENGTH * count + ENTRY_LENGTH * entry;
    const offsets = [
      key + 32,
      THIS_INSTRUCTION,
      key,
      THIS_INSTRUCTION,
      DISCRIMINATOR.length,
      voucherMessageLength(targets),
      firstIndex + 1 + entry,
    ];
    offsets.forEach((value, index) => {
      data.writeUInt16LE(value, 2 + OFFSETS_LENGTH * entry + 2 * index);
    });
    data.set(signer.toBytes(), key);
    data.set(signature, key + 32);
  });
  return new TransactionInstruction({ programId: ED25519_PROGRAM_ID, keys: [], data });
}

/**
 * The ed25519 instruction and the settles it authorises, to be put into a transaction side by side.
 * `firstIndex` is the position that the ed25519 instruction will have in the transaction.
 * Throws {@link VoucherError} when a voucher is for another book, {@link InvalidArgument} otherwise.
 */
export function settleInstructions(args: {
  settles: readonly Settle[];
  firstIndex: number;
}): TransactionInstruction[] {
  const shape = { settles: list(anySettle), firstIndex: u8 };
  const { settles, firstIndex } = checkArguments("settleInstructions", shape, args);
  if (settles.length === 0 || settles.length > MAX_ED25519_ENTRIES) {
    const message = `settles has ${settles.length} entries: give 1 to ${MAX_ED25519_ENTRIES}`;
    throw new InvalidArgument("ARGUMENT_RANGE", "settles", message);
  }
  for (const { book, voucher } of settles) {
    if (book.equals(voucher.book)) continue;
    const message = `a voucher for ${voucher.book.toBase58()} cannot settle ${book.toBase58()}`;
    throw new VoucherError("VOUCHER_BOOK", message);
  }
  const vouchers = settles.map(({ voucher }) => voucher);
  return [
    ed25519Instruction(vouchers, firstIndex),
    ...settles.map(({ book, domain, voucher }, entry) =>
      settle({ book, domain, targets: voucher.targets, proof: { instruction: firstIndex, entry } }),
    ),
  ];
}

/** Vouchers that one settle_many can take. */
export const MAX_VOUCHERS_SETTLE_MANY = 64;

/**
 * Settles one voucher on each of several books, whose signatures the program verifies itself: more
 * compute units than {@link settleInstructions}, but no fee for each signature and less room.
 * A voucher that cannot be settled is skipped and reported (event `SettledMany`).
 */
export function settleMany(args: { vouchers: readonly Voucher[] }): TransactionInstruction {
  const { vouchers } = checkArguments("settleMany", { vouchers: list(signedVoucher) }, args);
  if (vouchers.length === 0 || vouchers.length > MAX_VOUCHERS_SETTLE_MANY) {
    const message = `vouchers has ${vouchers.length} entries: give 1 to ${MAX_VOUCHERS_SETTLE_MANY}`;
    throw new InvalidArgument("ARGUMENT_RANGE", "vouchers", message);
  }
  return STREAMS.instruction("settle_many", {
    accounts: {},
    args: { vouchers },
    remaining: vouchers.map(({ book }) => writable(book)),
  });
}
