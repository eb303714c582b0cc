import * as sdk from "@pinfi/sdk/registry";
import { authorityCalls } from "../kit/bench";
import type { HonestCall } from "../kit/call";
import { KEYS } from "./keys";
import { GERMANY, type Scenario, type Stage } from "./scenario";

export interface Call extends HonestCall<Scenario> {
  stage?: Stage;
}

const authority = KEYS.authority.publicKey;
const payer = KEYS.payer.publicKey;
const mine = { authority: KEYS.operator.publicKey, operator: sdk.operatorAddress({ id: 0 }) };
const payout = [{ recipient: KEYS.lender.publicKey, bps: 10_000 }];
const nominee = KEYS.otherOperator.publicKey;

export const CALLS: Record<string, Call> = {
  ...authorityCalls(nominee),
  pause: {
    instructions: async ({ now }) => [sdk.pause({ authority, until: (await now()) + 60n })],
  },
  resume: {
    prepare: (registry) => registry.pause(),
    instructions: () => [sdk.resume({ authority })],
  },
  set_class: {
    instructions: () => [
      sdk.setClass({
        authority,
        payer,
        id: 4,
        name: "SSD",
        kind: "storage",
        gpuEqMilli: 0,
        memoryMib: 0,
        minBenchmark: 0,
        interconnect: false,
        bondCents: 1_000n,
        enabled: true,
      }),
    ],
  },
  set_region: {
    instructions: () => [
      sdk.setRegion({
        authority,
        payer,
        id: 8,
        name: "eu-north",
        jurisdiction: GERMANY,
        targetBps: 100,
        enabled: true,
      }),
    ],
  },
  register_operator: {
    instructions: async ({ config }) => {
      const { nextOperator: id } = await config();
      return [sdk.registerOperator({ authority: KEYS.otherOperator.publicKey, id, payout })];
    },
  },
  set_payout: { instructions: () => [sdk.setPayout({ ...mine, payout })] },
  nominate_operator: { instructions: () => [sdk.nominateOperator({ ...mine, nominee })] },
  accept_operator: {
    prepare: (registry) => registry.nominateOperator(),
    instructions: ({ operator }) => [sdk.acceptOperator({ nominee, operator })],
  },
  close_operator: { instructions: () => [sdk.closeOperator(mine)] },
};
