import { assert } from "chai";
import { pino } from "pino";
import { ExpiredError } from "../src";
import type { SignatureStatus } from "../src/engine/chain/chain";
import { createMetrics } from "../src/engine/metrics";
import type { Landed, Outgoing } from "../src/engine/tx/send";
import { createTaskRunner } from "../src/engine/work/task-runner";
import { purse } from "./support/books";
import { build, FEE, fakeTask, NOW, type Work, work } from "./support/fake-task";
import { changedChain, type Running, startOn } from "./support/running";
import { until } from "./support/until";
import { createWorld, type OpenBook, type World } from "./support/world";

const never = new AbortController().signal;
const signals = { stopping: never, abort: never };

describe("keeper / passes of one task overlap (W06)", () => {
  /** A runner whose transactions land when they are told to. */
  const runnerOf = (find: () => Promise<Work[]>, inFlight = 2) => {
    const sent = new Map<string, { land(): void; expire(): void }>();
    const order: string[] = [];
    const send = ({ instructions }: Outgoing): Promise<Landed> =>
      new Promise((resolve, reject) => {
        const name = String(instructions[0]?.data);
        order.push(name);
        const details = { computeUnits: undefined, costUnits: undefined, logs: [] };
        sent.set(name, {
          land: () => resolve({ signature: name, slot: 1n, bytes: 1, feeLamports: FEE, details }),
          expire: () => reject(new ExpiredError(name)),
        });
      });
    const runner = createTaskRunner({
      task: fakeTask({ find, inFlight }).task,
      sender: { send },
      metrics: createMetrics({ processMetrics: false }),
      events: {},
      log: pino({ level: "silent" }),
      dryRun: false,
      hostClock: Date.now,
      chain: undefined as never,
      store: { changeQuarantine: async () => {} } as never,
      remembered: [],
      build,
      health: { progressed: () => {} } as never,
      spend: purse(1_000_000n),
    });
    const pass = async () => {
      const found = await runner.find({ now: NOW, signals, fresh: false });
      return { done: runner.send(found) };
    };
    return { pass, order, of: (name: string) => sent.get(name) };
  };
  const landed = async (of: (name: string) => { land(): void } | undefined, name: string) =>
    (await until(`${name} is sent`, () => of(name))).land();

  it("sends what is urgent before what an earlier pass had planned", async () => {
    let items = ["a", "b", "c", "d", "e"].map((key, at) => work(key, { receivedAtMs: at }));
    const { pass, order, of } = runnerOf(async () => items);
    const first = await pass();
    await until("two under way", () => order.length === 2);
    items = [...items, work("urgent", { due: "first", receivedAtMs: 9 })];
    const second = await pass();
    await landed(of, "a");
    await until("a third", () => order.length === 3);
    assert.deepEqual(order, ["a", "b", "urgent"]);
    items = items.filter(({ key }) => key !== "a");
    for (const name of ["b", "urgent", "c", "d", "e"]) await landed(of, name);
    const summaries = await Promise.all([first.done, second.done]);
    assert.deepEqual(order, ["a", "b", "urgent", "c", "d", "e"]);
    assert.deepEqual(
      summaries.map((summary) => summary.landed),
      [2, 4],
    );
  });

  it("does not send again what is under way, nor what has landed while the chain was read", async () => {
    let read = async (): Promise<Work[]> => [work("a")];
    const { pass, order, of } = runnerOf(() => read());
    const first = await pass();
    await until("it is under way", () => order.length === 1);
    assert.deepInclude(await (await pass()).done, { due: 0, landed: 0 });
    // A reading that began before it landed still says that it is to be done.
    let answer = (_: Work[]): void => {};
    read = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const stale = pass();
    of("a")?.land();
    assert.deepInclude(await first.done, { landed: 1 });
    answer([work("a"), work("b")]);
    const { done } = await stale;
    await landed(of, "b");
    assert.deepInclude(await done, { due: 1, landed: 1 });
    assert.deepEqual(order, ["a", "b"]);
    // A reading that began later is believed.
    read = async () => [work("a")];
    const again = await pass();
    await until("it is sent again", () => order.length === 3);
    of("a")?.land();
    assert.deepInclude(await again.done, { landed: 1 });
  });

  it("takes up again what did not land", async () => {
    const { pass, order, of } = runnerOf(async () => [work("a")]);
    const first = await pass();
    await until("it is under way", () => order.length === 1);
    of("a")?.expire();
    assert.deepInclude(await first.done, { failed: 1 });
    const second = await pass();
    await until("it is sent again", () => order.length === 2);
    of("a")?.land();
    assert.deepInclude(await second.done, { landed: 1 });
  });

  it("keeps to its own number of transactions under way, however many passes begin", async () => {
    const items = ["a", "b", "c", "d", "e", "f"].map((key, at) => work(key, { receivedAtMs: at }));
    let open = items;
    const { pass, order, of } = runnerOf(async () => open, 3);
    const passes = [await pass(), await pass(), await pass()];
    await until("three under way", () => order.length === 3);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.lengthOf(order, 3);
    for (const name of "abcdef") {
      await landed(of, name);
      open = open.filter(({ key }) => key !== name);
    }
    await Promise.all(passes.map(({ done }) => done));
    assert.deepEqual([...order].sort(), [..."abcdef"]);
  });
});

describe("keeper / tasks beside each other (W06)", () => {
  let world: World;
  let keeper: Running | undefined;

  beforeEach(() => {
    world = createWorld();
  });

  afterEach(() => keeper?.end());

  const claimed = (open: OpenBook) =>
    world.book(open.address).lines.reduce((sum, line) => sum + line.claimed, 0n);

  it("a voucher does not wait for the claims of others", async () => {
    let held = true;
    const early = new Set<string>();
    const chain = changedChain(world, ({ statuses }) => ({
      // Nothing that is sent before the voucher comes is confirmed before it is settled.
      statuses: async (args) => {
        const all = await statuses(args);
        return all.map((status, index): SignatureStatus | undefined => {
          const signature = args.signatures[index] as string;
          if (!posted) early.add(signature);
          return held && early.has(signature) ? undefined : status;
        });
      },
    }));
    let posted = false;
    const others = world.openBook({ lines: 60, depositPerLine: 1_000n, rate: 10n });
    const honest = world.openBook({ lines: 1 });
    world.localnet.advance({ seconds: 60n });
    keeper = await startOn(world, {
      chain,
      options: { loop: true },
      config: {
        transactions: { pollMs: 5 },
        tasks: {
          settleBooks: { everyMs: 10 },
          claimDue: { everyMs: 10, minAmount: 1, inFlight: 2 },
        },
      },
    });
    const { landed, failures } = keeper;
    await until("claims under way", () => early.size === 2);
    posted = true;
    await keeper.post("/vouchers", world.lineVoucher(honest, 0, 100n));
    await until("its settlement", () => landed.length > 0);
    assert.deepEqual(
      landed.map(({ task }) => task),
      ["settle-books"],
    );
    assert.equal(world.book(honest.address).lines[0]?.vouched, 100n);
    held = false;
    await until("all claims", () => claimed(others) >= 60n * 600n);
    assert.deepEqual(failures, []);
  });

  it("never spend more than the hourly cap together, nor twice on one line", async () => {
    // Eight transactions at the least price of one voucher or claim each.
    const maxFeeLamportsPerHour = 40_000;
    const books = Array.from({ length: 12 }, () =>
      world.openBook({ lines: 2, depositPerLine: 1_000n, rate: 10n }),
    );
    world.localnet.advance({ seconds: 60n });
    keeper = await startOn(world, {
      options: { loop: true },
      config: {
        limits: { maxFeeLamportsPerHour, deadlinePercent: 0 },
        transactions: { pollMs: 5 },
        tasks: { settleBooks: { everyMs: 5 }, claimDue: { everyMs: 5, minAmount: 1 } },
      },
    });
    const before = world.localnet.balance(keeper.payer.publicKey);
    for (const open of books) await keeper.post("/vouchers", world.lineVoucher(open, 0, 100n));
    const { metrics, landed, store, payer } = keeper;
    const refused = async (task: string) => {
      const { values } = await metrics.items.get();
      return values.some(({ labels }) => labels.task === task && labels.outcome === "refused");
    };
    while (!(await refused("settle-books")) || !(await refused("claim-due"))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await keeper.stop();
    const paid = before - world.localnet.balance(payer.publicKey);
    const booked = (await store.spends({ sinceMs: 0 })).reduce(
      (sum, each) => sum + each.lamports,
      0,
    );
    const told = landed.reduce((sum, { feeLamports }) => sum + feeLamports, 0n);
    assert.isAtMost(booked, maxFeeLamportsPerHour);
    assert.deepEqual([BigInt(booked), told], [paid, paid]);
    assert.isAbove(booked, maxFeeLamportsPerHour - 30_000);
  });
});
