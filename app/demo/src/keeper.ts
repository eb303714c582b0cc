import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inProcessChain, openLibsqlStore, parseConfig, startKeeper } from "@pinfi/keeper";
import { pino } from "pino";
import type { Market } from "./market";

/** Lamports that the demo's keeper may spend in an hour: the replay packs a trace into seconds. */
const NO_CAP = 1_000_000_000_000;

/** Seconds of the trace after which all books are listed again. */
const DISCOVER_SECONDS = 60;

export type KeeperTask = "settle-books" | "claim-due" | "close-expired";

/** The keeper of this run. */
export interface DemoKeeper {
  /** Where vouchers are posted. */
  url: string;
  /** One turn of these tasks; resolves when everything it sent has landed or failed. */
  work(tasks: readonly KeeperTask[]): Promise<void>;
  /** The last thing that went wrong, if any did. */
  trouble(): string | undefined;
  stop(): Promise<void>;
}

/**
 * Starts a real keeper in this process: HTTP on loopback, its store on the disk, turns only when
 * asked for. Its host clock is the cluster's, so that its caches age with the trace.
 */
export async function startDemoKeeper({
  market,
  minClaim,
}: {
  market: Market;
  /** Base units that make a claim worth a transaction. */
  minClaim: bigint;
}): Promise<DemoKeeper> {
  const folder = await mkdtemp(join(tmpdir(), "pinfi-demo-"));
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  let trouble: string | undefined;
  try {
    const config = parseConfig({
      // Needed by the configuration; the chain below is in this process.
      cluster: { url: "http://127.0.0.1", discoverEveryMs: DISCOVER_SECONDS * 1_000 },
      store: { url: `file:${join(folder, "keeper.db")}` },
      intake: { port: 0 },
      operations: { port: 0 },
      // A transaction lands at once here: to ask rarely would only be waiting.
      transactions: { version: "v1", pollMs: 1 },
      limits: { maxFeeLamportsPerHour: NO_CAP },
      tasks: { claimDue: { minAmount: minClaim.toString() } },
    });
    const { localnet } = market;
    const store = openLibsqlStore({ url: config.store.url });
    const keeper = await startKeeper({
      config,
      chain: inProcessChain({ localnet }),
      store,
      payer: market.keeper,
      log: pino({ level: "silent" }),
      loop: false,
      hostClock: () => Number(localnet.clock().unixTimestamp) * 1_000,
      events: {
        onFailure: ({ task, code, message }) => {
          trouble = `${task}: ${code}: ${message}`;
        },
      },
    });
    return {
      url: keeper.intakeUrl,
      async work(tasks) {
        await keeper.runOnce({ tasks });
      },
      trouble: () => trouble,
      async stop() {
        await keeper.stop();
        await store.close();
        await removeFolder();
      },
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}
