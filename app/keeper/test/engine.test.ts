import { STREAMS } from "@pinfi/sdk/streams";
import { Keypair, SystemProgram } from "@solana/web3.js";
import { assert } from "chai";
import { pino } from "pino";
import { z } from "zod";
import { inProcessChain, type LandedEvent } from "../src";
import { taskFields } from "../src/engine/config/fields";
import { createConfigReader } from "../src/engine/config/load";
import {
  composeSchema,
  type EngineConfig,
  type Settings,
  type SettingsOf,
} from "../src/engine/config/schema";
import { type Keeper, startEngine } from "../src/engine/keeper";
import type { KeeperProgram } from "../src/engine/program";
import { openStore } from "../src/engine/store/database";
import type { Store } from "../src/engine/store/store";
import { packPieces } from "../src/engine/tx/pack";
import { freshStoreUrl } from "./support/running";
import { createWorld } from "./support/world";

const BOND = 1_000_000n;
const FEE = 5_000n;
/** Of `transfer` of the system program, which stands in for a program of ours that takes a bond. */
const TRANSFER = Uint8Array.of(2, 0, 0, 0);

const settings = {
  limits: { ownerPercent: z.int().prefault(100) },
  tasks: { post: z.strictObject({ ...taskFields }).prefault({}) },
} satisfies Settings;
type ToyConfig = EngineConfig & SettingsOf<typeof settings>;

interface Wishes {
  all(): Promise<string[]>;
  add(name: string): Promise<void>;
}

/** A program that posts a bond for every wish: all of it in one object, and nothing of streams. */
function toy(args: { declares: bigint; takes: bigint; to: Keypair; fails?: boolean }) {
  return {
    name: "toy",
    settings,
    store: {
      migrations: ["create table toy_wishes (name text primary key)"],
      open: ({ database, step }) => ({
        all: () =>
          step("read wishes", () => {
            const rows = database.prepare("select name from toy_wishes").all();
            return rows.map((row) => (row as { name: string }).name);
          }),
        add: (name) =>
          step("store a wish", () => {
            database.prepare("insert into toy_wishes values (?)").run(name);
          }),
      }),
    },
    errors: { program: STREAMS },
    async start({ config, tables: wishes }) {
      if (args.fails) throw new Error("cannot start");
      const done = new Set<string>();
      return {
        tasks: [
          {
            name: "toy-post",
            everyMs: 10,
            inFlight: config.tasks.post.inFlight,
            maxFeeLamports: 10_000_000,
            signing: [
              {
                program: SystemProgram.programId,
                name: "system.transfer",
                discriminator: TRANSFER,
                maxRentLamports: args.declares,
              },
            ],
            signatures: 0,
            settledBy: [],
            find: async () => ({
              items: (await wishes.all())
                .filter((name) => !done.has(name))
                .map((key) => ({
                  key,
                  scopes: [{ name: "owner toy", percent: config.limits.ownerPercent }],
                })),
              skipped: [],
            }),
            due: () => "now" as const,
            build: (items, context) =>
              packPieces({
                context,
                pieces: items.map((item) => ({
                  item,
                  instruction: SystemProgram.transfer({
                    fromPubkey: context.payer,
                    toPubkey: args.to.publicKey,
                    lamports: args.takes,
                  }),
                  rentLamports: args.takes,
                  units: 1_000,
                  loadedBytes: 0,
                  accounts: [],
                })),
              }),
            describe: ({ items }) => {
              for (const { key } of items) done.add(key);
              return { accounts: [{ address: "toy", changes: items.length }], receivedAtMs: [] };
            },
          },
        ],
        addRoutes: (app) => void app.get("/wishes", async () => wishes.all()),
        checks: { toy: () => ({ ok: true, detail: "plays" }) },
      };
    },
  } as const satisfies KeeperProgram<ToyConfig, Wishes>;
}

describe("keeper / engine with another program", () => {
  const world = createWorld();
  const running: { keeper: Keeper; store: Store }[] = [];
  afterEach(async () => {
    for (const { keeper, store } of running.splice(0)) {
      await keeper.stop();
      await store.close();
    }
  });

  const begin = async (args: {
    declares?: bigint;
    takes?: bigint;
    wishes?: string[];
    config?: object;
  }) => {
    const { declares = BOND, takes = BOND, wishes = ["a"], config = {} } = args;
    const to = Keypair.generate();
    const program = toy({ declares, takes, to });
    const store = openStore({ url: freshStoreUrl() }, [program]);
    for (const wish of wishes) await (store.tables.toy as Wishes).add(wish);
    const payer = world.fundedKey();
    const landed: LandedEvent[] = [];
    const keeper = await startEngine({
      config: createConfigReader<ToyConfig>(composeSchema([program])).parse({
        intake: { port: 0 },
        operations: { port: 0, slotStallSeconds: 0 },
        ...config,
      }),
      programs: [program],
      chain: inProcessChain({ localnet: world.localnet }),
      store,
      payer,
      log: pino({ level: "silent" }),
      loop: false,
      events: { onLanded: (event) => landed.push(event) },
    });
    running.push({ keeper, store });
    const pass = async () => (await keeper.runOnce())["toy-post"];
    const booked = async () =>
      (await store.spends({ sinceMs: 0 })).map(({ scopes, lamports }) => ({ scopes, lamports }));
    return { keeper, landed, pass, booked, balance: () => world.localnet.balance(to.publicKey) };
  };

  it("does its work, serves its routes and tells of its checks", async () => {
    const { keeper, landed, pass, booked, balance } = await begin({ wishes: ["a", "b"] });
    assert.deepInclude(await pass(), { landed: 2, transactions: 1 });
    assert.equal(balance(), 2n * BOND);
    assert.deepEqual(
      landed.map(({ task, feeLamports, accounts }) => ({ task, feeLamports, accounts })),
      [{ task: "toy-post", feeLamports: FEE, accounts: [{ address: "toy", changes: 2 }] }],
    );
    const lamports = Number(2n * BOND + FEE);
    assert.deepEqual(await booked(), [{ scopes: ["owner toy"], lamports }]);
    const wishes = await fetch(`${keeper.intakeUrl}/wishes`);
    assert.deepEqual(await wishes.json(), ["a", "b"]);
    const ready = await fetch(`${keeper.operationsUrl}/readyz`);
    assert.deepInclude(((await ready.json()) as { checks: object }).checks, {
      toy: { ok: true, detail: "plays" },
    });
  });

  it("refuses before signing what takes more than its task declares", async () => {
    const { pass, booked, balance } = await begin({ declares: BOND - 1n });
    assert.deepInclude(await pass(), { landed: 0, failed: 1 });
    assert.deepEqual([balance(), await booked()], [0n, []]);
  });

  const limit = (lamports: bigint, more: object = {}) => ({
    limits: { maxFeeLamportsPerHour: Number(lamports), deadlinePercent: 0, ...more },
  });

  it("counts rent against the hour's limit, to the lamport", async () => {
    const short = await begin({ config: limit(BOND + FEE - 1n) });
    assert.deepInclude(await short.pass(), { landed: 0, refused: 1 });
    const enough = await begin({ config: limit(BOND + FEE) });
    assert.deepInclude(await enough.pass(), { landed: 1, refused: 0 });
  });

  it("counts rent against the limit on whose work it is, to the lamport", async () => {
    const half = { ownerPercent: 50 };
    const short = await begin({ config: limit(2n * (BOND + FEE) - 2n, half) });
    assert.deepInclude(await short.pass(), { landed: 0, refused: 1 });
    const enough = await begin({ config: limit(2n * (BOND + FEE), half) });
    assert.deepInclude(await enough.pass(), { landed: 1, refused: 0 });
  });

  it("stops what has begun when a later program cannot start", async () => {
    const good = toy({ declares: 0n, takes: 0n, to: Keypair.generate() });
    const stopped: string[] = [];
    const first: KeeperProgram = {
      ...good,
      start: async () => ({ tasks: [], stop: async () => void stopped.push("first") }),
    };
    const bad = {
      ...toy({ declares: 0n, takes: 0n, to: Keypair.generate(), fails: true }),
      name: "bad",
      store: undefined as never,
    };
    const store = openStore({ url: freshStoreUrl() }, [good]);
    const failure = await startEngine({
      config: createConfigReader<ToyConfig>(composeSchema([good])).parse({}),
      programs: [first, bad],
      chain: inProcessChain({ localnet: world.localnet }),
      store,
      payer: world.fundedKey(),
      log: pino({ level: "silent" }),
    }).catch((error: Error) => error.message);
    assert.deepEqual([failure, stopped], ["cannot start", ["first"]]);
    await store.close();
  });

  it("refuses two programs that want the same setting", () => {
    const program = toy({ declares: 0n, takes: 0n, to: Keypair.generate() });
    assert.throws(
      () => composeSchema([program, { ...program, name: "other" }]),
      "limits.ownerPercent is taken",
    );
  });
});
