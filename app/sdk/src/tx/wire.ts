import {
  type Address,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
} from "@solana/kit";

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

export interface WireInstruction {
  program: string;
  accounts: string[];
  data: Uint8Array;
}

const COMPUTE_BUDGET = "ComputeBudget111111111111111111111111111111";
const DEFAULT_LOADED_BYTES = 64 * 1024 * 1024;
const DEFAULT_UNITS_AN_INSTRUCTION = 200_000n;
const MICRO_LAMPORTS = 1_000_000n;
const NOTHING = new Uint8Array();

type Message = ReturnType<ReturnType<typeof getCompiledTransactionMessageDecoder>["decode"]>;

function instructionsOf(message: Message): WireInstruction[] {
  const at = (index: number): string => message.staticAccounts[index] as Address;
  if (message.version === 1) {
    return message.instructionHeaders.map((header, index) => {
      const payload = message.instructionPayloads[index];
      return {
        program: at(header.programAccountIndex),
        accounts: (payload?.instructionAccountIndices ?? []).map(at),
        data: Uint8Array.from(payload?.instructionData ?? NOTHING),
      };
    });
  }
  return message.instructions.map((instruction) => ({
    program: at(instruction.programAddressIndex),
    accounts: (instruction.accountIndices ?? []).map(at),
    data: Uint8Array.from(instruction.data ?? NOTHING),
  }));
}

interface Asked {
  loadedBytesLimit: number;
  priorityLamports: bigint;
}

/** Budget of a v1 header: bits 0-1 priority fee (u64), 2 units, 3 loaded bytes, in this order. */
function headerBudget(message: Extract<Message, { version: 1 }>): Asked {
  const values = [...message.configValues];
  const asked: Asked = { loadedBytesLimit: 0, priorityLamports: 0n };
  if ((message.configMask & 0b0011) !== 0)
    asked.priorityLamports = BigInt(values.shift()?.value ?? 0);
  if ((message.configMask & 0b0100) !== 0) values.shift();
  if ((message.configMask & 0b1000) !== 0) asked.loadedBytesLimit = Number(values.shift()?.value);
  return asked;
}

/** Budget instructions of a legacy or v0 transaction: a tag, then a little-endian number. */
function instructionBudget(instructions: readonly WireInstruction[]): Asked {
  let loadedBytesLimit = DEFAULT_LOADED_BYTES;
  let microLamports = 0n;
  const budget = instructions.filter(({ program }) => program === COMPUTE_BUDGET);
  let units = BigInt(instructions.length - budget.length) * DEFAULT_UNITS_AN_INSTRUCTION;
  for (const { data } of budget) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (data[0] === 2) units = BigInt(view.getUint32(1, true));
    if (data[0] === 3) microLamports = view.getBigUint64(1, true);
    if (data[0] === 4) loadedBytesLimit = view.getUint32(1, true);
  }
  const priorityLamports = (units * microLamports + MICRO_LAMPORTS - 1n) / MICRO_LAMPORTS;
  return { loadedBytesLimit, priorityLamports };
}

/** Reads a transaction of any version. Throws when the bytes are not one. */
export function readWire(bytes: Uint8Array): WireFacts {
  const { messageBytes } = getTransactionDecoder().decode(bytes);
  const message = getCompiledTransactionMessageDecoder().decode(messageBytes);
  const { header, staticAccounts } = message;
  const instructions = instructionsOf(message);
  const asked = message.version === 1 ? headerBudget(message) : instructionBudget(instructions);
  return {
    bytes: bytes.length,
    feePayer: staticAccounts[0] ?? "",
    signatures: header.numSignerAccounts,
    accounts: staticAccounts.length,
    writableAccounts:
      staticAccounts.length -
      header.numReadonlySignerAccounts -
      header.numReadonlyNonSignerAccounts,
    instructions,
    ...asked,
  };
}
