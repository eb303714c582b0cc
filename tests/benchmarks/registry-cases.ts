import * as sdk from "@pinfi/sdk/registry";
import type { TransactionInstruction } from "@solana/web3.js";
import { startWorld } from "../harness/describe";
import { CALLS, type Call } from "../registry/honest-calls";
import { KEYRING, KEYS } from "../registry/keys";
import { startScenario } from "../registry/scenario";
import { honestRows } from "./honest-rows";
import { measure, type Table } from "./measure";

const start = () => startWorld("litesvm");
const people = { feePayer: KEYS.payer, signers: KEYRING };

/** Measures every instruction of registry; what makes an account and changes it later, as both. */
export async function measureRegistry(): Promise<Table> {
  const registry = await startScenario(start, { stage: "initialized" });
  const authority = KEYS.authority.publicKey;
  const payer = KEYS.payer.publicKey;
  const rows: Table = {};
  const row = async (name: string, instruction: TransactionInstruction): Promise<void> => {
    rows[`registry.${name}`] = await measure(registry, { ...people, instructions: [instruction] });
  };

  const hardware = {
    authority,
    payer,
    id: 3,
    name: "H100 SXM",
    kind: "compute",
    gpuEqMilli: 1_000,
    memoryMib: 81_920,
    minBenchmark: 500,
    interconnect: true,
    bondCents: 250_000n,
    enabled: true,
  } as const;
  await row("set_class.create", sdk.setClass(hardware));
  await row("set_class.update", sdk.setClass({ ...hardware, bondCents: 260_000n }));
  const region = {
    authority,
    payer,
    id: 7,
    name: "eu-central",
    jurisdiction: 276,
    targetBps: 2_000,
    enabled: true,
  };
  await row("set_region.create", sdk.setRegion(region));
  await row("set_region.update", sdk.setRegion({ ...region, targetBps: 2_500 }));

  await registry.registerOperator();
  const recipient = KEYS.lender.publicKey;
  const payout = Array.from({ length: 8 }, () => ({ recipient, bps: 1_250 }));
  const mine = { authority: KEYS.operator.publicKey, operator: registry.operator };
  await row("set_payout.eight", sdk.setPayout({ ...mine, payout }));

  const begin = ({ stage = "operator" }: Call) => startScenario(start, { stage });
  const rest = { program: "registry", calls: CALLS, begin, measured: rows, people };
  return { ...rows, ...(await honestRows(rest)) };
}
