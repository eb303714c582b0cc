import type { Chain } from "./chain/chain";
import { asKeeperError } from "./errors";
import type { Store } from "./store/store";

/** One condition of readiness. */
export interface Check {
  ok: boolean;
  detail: string;
}

export interface Health {
  /** That task has finished a pass, or a transaction in it. */
  progressed(task: string): void;
  /** The cluster has answered. */
  sawChain(args: { slot: bigint; balance: bigint }): void;
  /** False when a task has finished nothing for too long: the process should be started anew. */
  live(): Check;
  /** Whether the keeper can do its work now. */
  ready(): Promise<{ ok: boolean; checks: Record<string, Check> }>;
}

export interface HealthOptions {
  chain: Chain;
  store: Pick<Store, "probe">;
  /** What programs need to do all of their work, by name. */
  checks: Readonly<Record<string, () => Check>>;
  minBalanceLamports: number;
  /** Longest time without progress. */
  stallSeconds: number;
  /** Longest time without a new slot; 0: slots need not move by themselves. */
  slotStallSeconds: number;
  /** Unix milliseconds of this host. */
  hostClock: () => number;
}

/** Which node it is that answers, where there are several. */
function whose(chain: Chain): string {
  const nodes = chain.nodes?.() ?? [];
  const index = nodes.findIndex(({ inUse }) => inUse);
  const host = nodes[index]?.host;
  return host === undefined ? "" : ` of ${host}, node ${index + 1} of ${nodes.length}`;
}

export function createHealth(options: HealthOptions): Health {
  const { hostClock } = options;
  const startedAtMs = hostClock();
  const progressedAtMs = new Map<string, number>();
  let slot = -1n;
  let slotMovedAtMs = hostClock();
  let balance: bigint | undefined;

  const sawSlot = (seen: bigint): void => {
    if (seen > slot) {
      slot = seen;
      slotMovedAtMs = hostClock();
    }
  };

  const cluster = async (): Promise<Check> => {
    try {
      sawSlot((await options.chain.now()).slot);
      return { ok: true, detail: `slot ${slot}${whose(options.chain)}` };
    } catch (error) {
      return { ok: false, detail: asKeeperError(error).code };
    }
  };

  const store = async (): Promise<Check> => {
    try {
      await options.store.probe();
      return { ok: true, detail: "writable" };
    } catch (error) {
      return { ok: false, detail: asKeeperError(error).code };
    }
  };

  const slots = (): Check => {
    const still = Math.round((hostClock() - slotMovedAtMs) / 1_000);
    const ok = options.slotStallSeconds === 0 || still <= options.slotStallSeconds;
    return { ok, detail: `last new slot ${still} s ago` };
  };

  const funds = (): Check => {
    const ok = balance !== undefined && balance >= BigInt(options.minBalanceLamports);
    return { ok, detail: balance === undefined ? "not read yet" : `${balance} lamports` };
  };

  return {
    progressed(task) {
      progressedAtMs.set(task, hostClock());
    },
    sawChain(seen) {
      sawSlot(seen.slot);
      balance = seen.balance;
    },
    live() {
      const oldestMs = Math.min(...progressedAtMs.values(), hostClock());
      const atMs = progressedAtMs.size === 0 ? startedAtMs : oldestMs;
      const ago = Math.round((hostClock() - atMs) / 1_000);
      return { ok: ago <= options.stallSeconds, detail: `last progress ${ago} s ago` };
    },
    async ready() {
      const checks = {
        cluster: await cluster(),
        slots: slots(),
        funds: funds(),
        ...Object.fromEntries(Object.entries(options.checks).map(([name, look]) => [name, look()])),
        store: await store(),
      };
      return { ok: Object.values(checks).every(({ ok }) => ok), checks };
    },
  };
}
