import { BN, BorshCoder, EventParser } from "@coral-xyz/anchor";
import { PublicKey } from "@solana/web3.js";
import { type ProgramName, readIdl } from "./programs";

/** An event as the IDL names it: integers as bigint, keys in base58, byte arrays in hex. */
export interface DecodedEvent {
  name: string;
  data: Record<string, unknown>;
}

/** Events of a program in a transaction's logs, in order. */
export function eventsIn(logs: readonly string[], program: ProgramName): DecodedEvent[] {
  const idl = readIdl(program);
  const parser = new EventParser(new PublicKey(idl.address), new BorshCoder(idl));
  return [...parser.parseLogs([...logs])].map(({ name, data }) => ({
    name,
    data: Object.fromEntries(Object.entries(data).map(([field, value]) => [field, plain(value)])),
  }));
}

function plain(value: unknown): unknown {
  if (BN.isBN(value)) return BigInt(String(value));
  if (value instanceof PublicKey) return value.toBase58();
  if (Array.isArray(value)) return Buffer.from(value).toString("hex");
  return value;
}
