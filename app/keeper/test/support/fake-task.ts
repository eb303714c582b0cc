import { STREAMS_PROGRAM_ID } from "@pinfi/sdk/streams";
import { Keypair } from "@solana/web3.js";
import type { Now } from "../../src/engine/chain/chain";
import type { Due, Item, Task } from "../../src/engine/work/task";

export const NOW: Now = { slot: 1n, unixSeconds: 1_000n };
/** What each transaction of the task costs. */
export const FEE = 5_000n;
export const build = {
  payer: Keypair.generate().publicKey,
  format: "v0" as const,
  priorityFee: () => 0n,
};

export interface Work extends Item {
  due: Due;
}

/** A task of items that are given, one transaction for so many of them. */
export function fakeTask(args: {
  find?: () => Promise<Work[]>;
  perTransaction?: number;
  inFlight?: number;
}) {
  const { find = async () => [], perTransaction = 1, inFlight = 2 } = args;
  const built: number[] = [];
  const task: Task<Work> = {
    name: "fake",
    everyMs: 1,
    inFlight,
    maxFeeLamports: 5_000,
    signatures: 0,
    signing: [],
    settledBy: [],
    find: async () => ({ items: await find(), skipped: [] }),
    due: ({ due }) => due,
    build(items) {
      built.push(items.length);
      return Array.from({ length: Math.ceil(items.length / perTransaction) }, (_, index) => {
        const part = items.slice(index * perTransaction, (index + 1) * perTransaction);
        // Named by their data, for those who look at what is sent.
        const data = Buffer.from(part.map(({ key }) => key).join());
        const instructions = [{ programId: STREAMS_PROGRAM_ID, keys: [], data }];
        return { items: part, instructions, budget: {}, blame: () => [] };
      });
    },
    describe: () => ({ accounts: [], receivedAtMs: [] }),
  };
  return { task, built };
}

/** An item that is due now. */
export const work = (key: string, over: Partial<Work> = {}): Work => ({
  key,
  scopes: [],
  due: "now",
  ...over,
});
