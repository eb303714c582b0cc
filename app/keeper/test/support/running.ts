import { join } from "node:path";
import type { Keypair } from "@solana/web3.js";
import { pino } from "pino";
import {
  type Chain,
  type ConfigInput,
  type FailureEvent,
  inProcessChain,
  type Keeper,
  type KeeperOptions,
  type LandedEvent,
  openLibsqlStore,
  parseConfig,
  type Store,
  startKeeper,
} from "../../src";
import { freshFolder } from "./folder";
import type { World } from "./world";

/** A keeper on a world, its store, and everything it told. */
export interface Running extends Keeper {
  store: Store;
  storeUrl: string;
  payer: Keypair;
  landed: LandedEvent[];
  failures: FailureEvent[];
  /** Posts a body as JSON (or as given, when it is text) and reads the answer. */
  post(
    path: string,
    body: unknown,
    type?: string,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  get(path: string): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Stops the keeper and closes its store; once, however often it is called. */
  end(): Promise<void>;
}

/** Address of a store in a fresh directory. */
export const freshStoreUrl = (): string => `file:${join(freshFolder(), "keeper.db")}`;

/** The world's chain with some methods replaced; the replacement may call the original. */
export function changedChain(world: World, replace: (original: Chain) => Partial<Chain>): Chain {
  const original = inProcessChain({ localnet: world.localnet });
  return { ...original, ...replace(original) };
}

/** Starts a keeper whose passes happen only when asked for. Ports are any free ones. */
export async function startOn(
  world: World,
  args: {
    config?: ConfigInput;
    chain?: Chain;
    storeUrl?: string;
    payer?: Keypair;
    options?: Partial<KeeperOptions>;
  } = {},
): Promise<Running> {
  const storeUrl = args.storeUrl ?? freshStoreUrl();
  const store = openLibsqlStore({ url: storeUrl });
  const payer = args.payer ?? world.fundedKey();
  const landed: LandedEvent[] = [];
  const failures: FailureEvent[] = [];
  const { intake, operations, tasks, ...rest } = args.config ?? {};
  const keeper = await startKeeper({
    config: parseConfig({
      ...rest,
      intake: { port: 0, bookCacheMs: 0, ...intake },
      operations: { port: 0, slotStallSeconds: 0, ...operations },
      tasks: { claimDue: { minAmount: 1 }, ...tasks },
    }),
    chain: args.chain ?? inProcessChain({ localnet: world.localnet }),
    store,
    payer,
    log: pino({ level: process.env.KEEPER_TEST_LOG ?? "silent" }),
    loop: false,
    events: {
      onLanded: (event) => landed.push(event),
      onFailure: (event) => failures.push(event),
    },
    ...args.options,
  });
  const end = async (): Promise<void> => {
    await keeper.stop();
    await store.close();
  };
  let ending: Promise<void> | undefined;
  const request = async (url: string, init: RequestInit = {}) => {
    const response = await fetch(url, init);
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, body };
  };
  return {
    ...keeper,
    store,
    storeUrl,
    payer,
    landed,
    failures,
    post: (path, body, type = "application/json") =>
      request(`${keeper.intakeUrl}${path}`, {
        method: "POST",
        headers: { "content-type": type },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    get: (path) => {
      const operations = path === "/healthz" || path === "/readyz";
      return request(`${operations ? keeper.operationsUrl : keeper.intakeUrl}${path}`);
    },
    end() {
      ending ??= end();
      return ending;
    },
  };
}
