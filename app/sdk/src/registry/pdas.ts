import { PublicKey } from "@solana/web3.js";
import { checkArguments, u16, u32 } from "../arguments";
import { REGISTRY_SEEDS } from "../generated/registry/names";
import { REGISTRY_PROGRAM_ID } from "./program";

/** A number's bytes, the lowest first. */
const littleEndian = (value: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (value >>> (8 * at)) & 0xff);

const find = (seed: string, id: Uint8Array): PublicKey =>
  PublicKey.findProgramAddressSync([Buffer.from(seed, "utf8"), id], REGISTRY_PROGRAM_ID)[0];

/** The `HardwareClass` account of a class's number. */
export function classAddress(args: { id: number }): PublicKey {
  const { id } = checkArguments("classAddress", { id: u16 }, args);
  return find(REGISTRY_SEEDS.class, littleEndian(id, 2));
}

/** The `Region` account of a region's number. */
export function regionAddress(args: { id: number }): PublicKey {
  const { id } = checkArguments("regionAddress", { id: u16 }, args);
  return find(REGISTRY_SEEDS.region, littleEndian(id, 2));
}

/** The `Operator` account of an operator's number. */
export function operatorAddress(args: { id: number }): PublicKey {
  const { id } = checkArguments("operatorAddress", { id: u32 }, args);
  return find(REGISTRY_SEEDS.operator, littleEndian(id, 4));
}
