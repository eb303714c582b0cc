import { PublicKey } from "@solana/web3.js";
import bs58 from "bs58";
import { bytes as byteArray } from "../arguments";
import { Reader } from "../codec/decode";
import { DecodeError } from "../failure";
import { COMPUTE_BUDGET_PROGRAM_ID } from "../ids";
import { MAX_LOADED_BYTES, SIGNATURE_LENGTH } from "./limits";

/** A transaction as its bytes have it: what fees and costs are computed from. */
export interface WireFacts {
  bytes: number;
  feePayer: string;
  signatures: number;
  /** Accounts it names, the programs included. */
  accounts: number;
  writableAccounts: number;
  instructions: WireInstruction[];
  /** Bytes of account data it asked to load. */
  loadedBytesLimit: number;
  /** Offered on top of the fee for signatures. */
  priorityLamports: bigint;
}

/** An instruction of a transaction, its accounts by address. */
export interface WireInstruction {
  program: string;
  /** Empty for an account of a lookup table, which the bytes do not tell. */
  accounts: string[];
  data: Uint8Array;
}

type Asked = Pick<WireFacts, "loadedBytesLimit" | "priorityLamports">;

const V0_PREFIX = 0x80;
const V1_PREFIX = 0x81;
const BLOCKHASH_LENGTH = 32;
const COMPUTE_BUDGET = COMPUTE_BUDGET_PROGRAM_ID.toBase58();
const DEFAULT_UNITS_AN_INSTRUCTION = 200_000n;
const MICRO_LAMPORTS = 1_000_000n;

const times = <T>(count: number, read: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => read(index));

/** A length in the wire's variable encoding. */
function compact(reader: Reader): number {
  let value = 0;
  for (let shift = 0; shift <= 14; shift += 7) {
    const byte = reader.u8();
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw new DecodeError("WRONG_VALUE", "a length of a transaction has more than three bytes");
}

/** Budget instructions of a legacy or v0 transaction: a tag, then a little-endian number. */
function instructionBudget(instructions: readonly WireInstruction[]): Asked {
  let loadedBytesLimit = MAX_LOADED_BYTES;
  let microLamports = 0n;
  const budget = instructions.filter(({ program }) => program === COMPUTE_BUDGET);
  let units = BigInt(instructions.length - budget.length) * DEFAULT_UNITS_AN_INSTRUCTION;
  for (const { data } of budget) {
    const reader = new Reader(data);
    const tag = reader.u8();
    if (tag === 2) units = BigInt(reader.u32());
    if (tag === 3) microLamports = reader.u64();
    if (tag === 4) loadedBytesLimit = reader.u32();
  }
  const priorityLamports = (units * microLamports + MICRO_LAMPORTS - 1n) / MICRO_LAMPORTS;
  return { loadedBytesLimit, priorityLamports };
}

/** Budget of a v1 header: bits 0-1 priority fee (u64), 2 units, 3 loaded bytes, 4 heap. */
function headerBudget(reader: Reader, mask: number): Asked {
  const priorityLamports = (mask & 0b00011) !== 0 ? reader.u64() : 0n;
  if ((mask & 0b00100) !== 0) reader.u32();
  const loadedBytesLimit = (mask & 0b01000) !== 0 ? reader.u32() : 0;
  if ((mask & 0b10000) !== 0) reader.u32();
  return { loadedBytesLimit, priorityLamports };
}

interface Header {
  signatures: number;
  readonly: number;
}

function readHeader(reader: Reader): Header {
  return { signatures: reader.u8(), readonly: reader.u8() + reader.u8() };
}

function facts(args: {
  bytes: number;
  header: Header;
  keys: string[];
  instructions: WireInstruction[];
  asked: Asked;
}): WireFacts {
  const { bytes, header, keys, instructions, asked } = args;
  return {
    bytes,
    feePayer: keys[0] ?? "",
    signatures: header.signatures,
    accounts: keys.length,
    writableAccounts: keys.length - header.readonly,
    instructions,
    ...asked,
  };
}

const readKeys = (reader: Reader, count: number): string[] =>
  times(count, () => new PublicKey(reader.bytes(32)).toBase58());

function readV1(reader: Reader): WireFacts {
  reader.u8();
  const header = readHeader(reader);
  const mask = reader.u32();
  reader.bytes(BLOCKHASH_LENGTH);
  const [count, accounts] = [reader.u8(), reader.u8()];
  const keys = readKeys(reader, accounts);
  const asked = headerBudget(reader, mask);
  const heads = times(count, () => ({
    program: keys[reader.u8()] ?? "",
    accounts: reader.u8(),
    data: reader.u16(),
  }));
  const instructions = heads.map(({ program, accounts: named, data }) => ({
    program,
    accounts: times(named, () => keys[reader.u8()] ?? ""),
    data: reader.bytes(data),
  }));
  return facts({ bytes: reader.data.length, header, keys, instructions, asked });
}

function readLegacyOrV0(reader: Reader): WireFacts {
  reader.bytes(SIGNATURE_LENGTH * compact(reader));
  if (reader.data[reader.offset] === V0_PREFIX) reader.u8();
  const header = readHeader(reader);
  const keys = readKeys(reader, compact(reader));
  reader.bytes(BLOCKHASH_LENGTH);
  const instructions = times(compact(reader), () => ({
    program: keys[reader.u8()] ?? "",
    accounts: times(compact(reader), () => keys[reader.u8()] ?? ""),
    data: reader.bytes(compact(reader)),
  }));
  const asked = instructionBudget(instructions);
  return facts({ bytes: reader.data.length, header, keys, instructions, asked });
}

/** Reads a transaction of any version. Throws {@link DecodeError} when the bytes are not one. */
export function readWire(wire: Uint8Array): WireFacts {
  // Only v1 begins with its message; the others begin with a number of signatures, below 128.
  const bytes = byteArray()(wire, "wire");
  const reader = new Reader(bytes);
  return bytes[0] === V1_PREFIX ? readV1(reader) : readLegacyOrV0(reader);
}

/**
 * By what a transaction is looked up: its first signature, in base58.
 * Throws {@link DecodeError} when the bytes have none.
 */
export function transactionSignature(wire: Uint8Array): string {
  const bytes = byteArray()(wire, "wire");
  const isV1 = bytes[0] === V1_PREFIX;
  const count = (isV1 ? bytes[1] : bytes[0]) ?? 0;
  const at = isV1 ? bytes.length - SIGNATURE_LENGTH * count : 1;
  if (count === 0 || at < 1 || at + SIGNATURE_LENGTH > bytes.length) {
    throw new DecodeError("WRONG_LENGTH", "the bytes are no transaction with a signature");
  }
  return bs58.encode(bytes.subarray(at, at + SIGNATURE_LENGTH));
}
