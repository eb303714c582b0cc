import * as sdk from "../src/registry";
import { authorityCases, type BuilderCase, key } from "./builders";

/** A name as it stands in an instruction. */
const named = (text: string): Uint8Array => {
  const bytes = new Uint8Array(32);
  bytes.set(Buffer.from(text));
  return bytes;
};

const payout = [
  { recipient: key(4), bps: 2_500 },
  { recipient: key(5), bps: 7_500 },
];
const hardware = {
  id: 513,
  name: "Ω storage",
  kind: "storage",
  gpuEqMilli: 0,
  memoryMib: 4_096,
  minBenchmark: 3,
  interconnect: true,
  bondCents: 100_000_000n,
  enabled: true,
};
const region = { id: 513, name: "eu-west", jurisdiction: 250, targetBps: 10_000, enabled: false };

/** Every instruction of registry, once. */
export const REGISTRY_BUILDERS: readonly BuilderCase<sdk.RegistryInstruction>[] = [
  ...authorityCases(sdk),
  {
    instruction: "pause",
    build: sdk.pause,
    args: { authority: key(1), until: 1_800_000_000n },
  },
  { instruction: "resume", build: sdk.resume, args: { authority: key(1) } },
  {
    instruction: "set_class",
    build: sdk.setClass,
    args: { authority: key(1), payer: key(2), ...hardware },
    idlArgs: {
      id: 513,
      args: { ...hardware, name: named(hardware.name), kind: { kind: "storage" } },
    },
  },
  {
    instruction: "set_region",
    build: sdk.setRegion,
    args: { authority: key(1), payer: key(2), ...region },
    idlArgs: { id: 513, args: { ...region, name: named(region.name) } },
  },
  {
    instruction: "register_operator",
    build: sdk.registerOperator,
    args: { authority: key(1), id: 70_000, payout },
  },
  {
    instruction: "set_payout",
    build: sdk.setPayout,
    args: { authority: key(1), operator: key(2), payout },
  },
  {
    instruction: "nominate_operator",
    build: sdk.nominateOperator,
    args: { authority: key(1), operator: key(2), nominee: key(3) },
  },
  {
    instruction: "accept_operator",
    build: sdk.acceptOperator,
    args: { nominee: key(1), operator: key(2) },
  },
  {
    instruction: "close_operator",
    build: sdk.closeOperator,
    args: { authority: key(1), operator: key(2) },
  },
];
