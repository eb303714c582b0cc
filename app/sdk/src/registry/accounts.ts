import type { PublicKey } from "@solana/web3.js";
import { type AccountLike, orNone } from "../program/define";
import { nameOf } from "./names";
import { REGISTRY } from "./program";

/** The program's configuration. */
export interface Config {
  /** Sets classes and regions, and pauses. */
  authority: PublicKey;
  /** Who may accept the authority, or null. */
  nominated: PublicKey | null;
  /** The last pause, in unix seconds: no operator registers before its end. */
  pause: { from: bigint; until: bigint };
  /** Number of the next operator; none is given twice. */
  nextOperator: number;
  /** Operators that have not left. */
  operators: number;
  /** Sum of the regions' targets, in hundredths of a percent. */
  totalTargetBps: number;
  bump: number;
}

/** What a machine of a class is there for. */
export type HardwareKind = "compute" | "storage" | "sensor" | "bandwidth";

/** A kind of machine that nodes may be of. */
export interface HardwareClass {
  name: string;
  id: number;
  kind: HardwareKind;
  /** Computing power of one unit, in thousandths of an H100 SXM; 0 for all but compute. */
  gpuEqMilli: number;
  /** Memory of one unit, in MiB. */
  memoryMib: number;
  /** Least result in the class's benchmark. */
  minBenchmark: number;
  /** Whether the units of a machine are joined by a link of their own. */
  interconnect: boolean;
  /** What an operator must have at stake for one unit, in US cents. */
  bondCents: bigint;
  /** Whether new nodes may be of it. */
  enabled: boolean;
  bump: number;
}

/** A part of the world that nodes are counted in. */
export interface Region {
  name: string;
  id: number;
  /** ISO 3166-1 number of the country whose law holds there. */
  jurisdiction: number;
  /** Part of the network's GPU-equivalents that is wished to be there, in hundredths of a percent. */
  targetBps: number;
  /** Whether new nodes may be in it. */
  enabled: boolean;
  bump: number;
}

/** One recipient's part of what an operator earns. */
export interface Payout {
  /** Owner of the token account that is paid. */
  recipient: PublicKey;
  /** In hundredths of a percent. */
  bps: number;
}

/** Whoever runs machines. */
export interface Operator {
  authority: PublicKey;
  /** Who may take over by accepting, or null. */
  nominated: PublicKey | null;
  id: number;
  /** Unix seconds. */
  registeredAt: bigint;
  /** 1 to 8, whose parts come to 10,000. */
  payout: Payout[];
  bump: number;
}

/** Reads the `Config` account. Throws {@link DecodeError}. */
export function decodeConfig(account: AccountLike): Config {
  const raw = REGISTRY.decodeAccount("Config", account) as unknown as Config & {
    nominated: PublicKey;
  };
  return { ...raw, nominated: orNone(raw.nominated) };
}

/** Reads a `HardwareClass` account. Throws {@link DecodeError}. */
export function decodeClass(account: AccountLike): HardwareClass {
  const raw = REGISTRY.decodeAccount("HardwareClass", account) as unknown as Omit<
    HardwareClass,
    "kind"
  > & { name: Uint8Array; kind: { kind: HardwareKind } };
  return { ...raw, name: nameOf(raw.name), kind: raw.kind.kind };
}

/** Reads a `Region` account. Throws {@link DecodeError}. */
export function decodeRegion(account: AccountLike): Region {
  const raw = REGISTRY.decodeAccount("Region", account) as unknown as Region & {
    name: Uint8Array;
  };
  return { ...raw, name: nameOf(raw.name) };
}

/** Reads an `Operator` account. Throws {@link DecodeError}. */
export function decodeOperator(account: AccountLike): Operator {
  const raw = REGISTRY.decodeAccount("Operator", account) as unknown as Operator & {
    nominated: PublicKey;
  };
  const payout = raw.payout.filter(({ bps }) => bps > 0);
  return { ...raw, nominated: orNone(raw.nominated), payout };
}
