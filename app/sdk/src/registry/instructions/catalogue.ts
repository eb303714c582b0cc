import type { TransactionInstruction } from "@solana/web3.js";
import {
  type Arguments,
  boolean,
  checkArguments,
  oneOf,
  publicKey,
  string,
  u16,
  u32,
  u64,
} from "../../arguments";
import { configAddress } from "../authority";
import { nameBytes } from "../names";
import { classAddress, regionAddress } from "../pdas";
import { REGISTRY } from "../program";

const setClassShape = {
  /** Authority of `Config`. Signs. */
  authority: publicKey,
  /** Pays the rent of a new class. Signs. */
  payer: publicKey,
  /** Under 256. */
  id: u16,
  /** 1 to 32 bytes of UTF-8. */
  name: string,
  /** Never changes. */
  kind: oneOf("compute", "storage", "sensor", "bandwidth"),
  /** Thousandths of an H100 SXM in one unit; 1 to 1,000,000 for compute, 0 for all else. Never changes. */
  gpuEqMilli: u32,
  /** MiB of one unit. */
  memoryMib: u32,
  /** Least result in the class's benchmark. */
  minBenchmark: u32,
  /** Whether the units of a machine are joined by a link of their own. */
  interconnect: boolean,
  /** What an operator must have at stake for one unit, in US cents; at most 100,000,000. */
  bondCents: u64,
  /** Whether new nodes may be of it. */
  enabled: boolean,
};

/** Makes a class of hardware, or changes all of it but its kind and what a unit of it is worth. */
export function setClass(args: Arguments<typeof setClassShape>): TransactionInstruction {
  const checked = checkArguments("setClass", setClassShape, args);
  const { authority, payer, id, name, kind, ...rest } = checked;
  return REGISTRY.instruction("set_class", {
    accounts: { authority, payer, config: configAddress(), class: classAddress({ id }) },
    args: { id, ...rest, name: nameBytes(name, "name"), kind: { kind } },
  });
}

const setRegionShape = {
  /** Authority of `Config`. Signs. */
  authority: publicKey,
  /** Pays the rent of a new region. Signs. */
  payer: publicKey,
  /** Under 256. */
  id: u16,
  /** 1 to 32 bytes of UTF-8. */
  name: string,
  /** ISO 3166-1 number of the country whose law holds there. Never changes. */
  jurisdiction: u16,
  /** Part of the GPU-equivalents wished to be there, in hundredths of a percent; all regions: 10,000. */
  targetBps: u16,
  /** Whether new nodes may be in it. */
  enabled: boolean,
};

/** Makes a region, or changes all of it but its jurisdiction. */
export function setRegion(args: Arguments<typeof setRegionShape>): TransactionInstruction {
  const checked = checkArguments("setRegion", setRegionShape, args);
  const { authority, payer, id, name, ...rest } = checked;
  return REGISTRY.instruction("set_region", {
    accounts: { authority, payer, config: configAddress(), region: regionAddress({ id }) },
    args: { id, ...rest, name: nameBytes(name, "name") },
  });
}
