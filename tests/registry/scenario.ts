import type { Step } from "@pinfi/localnet";
import * as sdk from "@pinfi/sdk/registry";
import type { PublicKey } from "@solana/web3.js";
import type { StartWorld } from "../harness/describe";
import { reachStage, startBench } from "../kit/bench";
import type { Done, Odd } from "../kit/verb";
import { KEYS } from "./keys";

/** How far the scenario is set up before the test begins. */
export type Stage = "deployed" | "initialized" | "catalogue" | "operator";

/** Germany, by ISO 3166-1. */
export const GERMANY = 276;

/** The registry program with a class, a region and an operator; its verbs succeed by default. */
export type Scenario = Awaited<ReturnType<typeof startScenario>>;

/** Starts a world and brings it to `stage` (default: operator 0 is registered). */
export async function startScenario(
  start: StartWorld,
  { stage = "operator" }: { stage?: Stage } = {},
) {
  const bench = await startBench({ start, program: "registry", people: KEYS, builders: sdk });
  const { world, verb, read } = bench;
  const authority = KEYS.authority.publicKey;
  const payer = KEYS.payer.publicKey;
  const operator = sdk.operatorAddress({ id: 0 });

  const scenario = {
    ...bench,
    operator,

    /** For an hour, by the clock when it is called. */
    async pause(given: { authority?: PublicKey; until?: bigint } & Odd = {}): Promise<Done> {
      const until = (await scenario.now()) + 3_600n;
      return verb(sdk.pause, () => ({ authority, until }))(given);
    },
    resume: verb(sdk.resume, () => ({ authority })),
    /** Class 3 by default: an H100. */
    setClass: verb(sdk.setClass, () => ({
      authority,
      payer,
      id: 3,
      name: "H100 SXM",
      kind: "compute" as const,
      gpuEqMilli: 1_000,
      memoryMib: 81_920,
      minBenchmark: 500,
      interconnect: true,
      bondCents: 250_000n,
      enabled: true,
    })),
    /** Region 7 by default: a fifth of the network in Germany. */
    setRegion: verb(sdk.setRegion, () => ({
      authority,
      payer,
      id: 7,
      name: "eu-central",
      jurisdiction: GERMANY,
      targetBps: 2_000,
      enabled: true,
    })),
    registerOperator: verb(sdk.registerOperator, () => ({
      authority: KEYS.operator.publicKey,
      id: 0,
      payout: [{ recipient: KEYS.operator.publicKey, bps: 10_000 }],
    })),
    setPayout: verb(sdk.setPayout, () => ({
      authority: KEYS.operator.publicKey,
      operator,
      payout: [
        { recipient: KEYS.lender.publicKey, bps: 2_500 },
        { recipient: KEYS.operator.publicKey, bps: 7_500 },
      ],
    })),
    nominateOperator: verb(sdk.nominateOperator, () => ({
      authority: KEYS.operator.publicKey,
      operator,
      nominee: KEYS.otherOperator.publicKey,
    })),
    acceptOperator: verb(sdk.acceptOperator, () => ({
      nominee: KEYS.otherOperator.publicKey,
      operator,
    })),
    closeOperator: verb(sdk.closeOperator, () => ({
      authority: KEYS.operator.publicKey,
      operator,
    })),

    advance: (step: Step) => world.advance(step),
    now: async (): Promise<bigint> => (await world.clock()).unixTimestamp,
    config: () => read(sdk.configAddress(), sdk.decodeConfig),
    class: (id = 3) => read(sdk.classAddress({ id }), sdk.decodeClass),
    region: (id = 7) => read(sdk.regionAddress({ id }), sdk.decodeRegion),
    operatorOf: (id = 0) => read(sdk.operatorAddress({ id }), sdk.decodeOperator),
  };

  await reachStage(stage, [
    ["initialized", () => scenario.initialize()],
    ["catalogue", () => scenario.setClass().then(() => scenario.setRegion())],
    ["operator", () => scenario.registerOperator()],
  ]);
  return scenario;
}
