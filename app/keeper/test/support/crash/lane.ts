import { setTimeout as sleep } from "node:timers/promises";
import { type Random, randomFrom } from "../../../../../tests/harness/random";
import { startRpcNode } from "../rpc-node";
import { freshStoreUrl } from "../running";
import { until } from "../until";
import { createWorld } from "../world";
import { PHASES, type Phase, watchPhases } from "./phases";
import { post, type Tally } from "./poster";
import { type KeeperProcess, startKeeperProcess } from "./process";
import { examine, isPaidOut } from "./proof";

/** What the kills of one lane came to. */
export interface LaneResult {
  kills: Map<Phase, number>;
  acknowledged: number;
  feeLamports: bigint;
  /** Runs whose hourly cap left room for hardly anything. */
  tightCaps: number;
  lost: string[];
  unequal: string[];
  /** Fees above the cap, or paid without having been booked before. */
  overspent: string[];
}

/** Longest wait of a keeper that listens for the phase to strike in, ms; the kill comes all the same. */
const PHASE_MS = 2_000;
/** A start is struck within this, ms. */
const START_MS = 400;
/** The kill comes up to this long after its phase was reached, ms. */
const KILL_MS = 12;
/** Room for fees in a run, lamports: plenty, or a settlement of one voucher. */
const PLENTY = 1_000_000_000n;
const TIGHT = 10_000n;
/** Slots that make every blockhash of before unusable. */
const BLOCKHASH_SLOTS = 151n;

/**
 * One chain, one store, one key: `runs` keepers are killed on it one after the other, everything
 * is compared to the unit after each, and the last one is left in peace until all is paid.
 */
export async function runLane(args: {
  bundle: string;
  runs: number;
  seed: number;
  onKill?: () => void;
}): Promise<LaneResult> {
  const random = randomFrom(args.seed);
  const world = createWorld();
  const node = await startRpcNode(world.localnet);
  const watch = watchPhases({ node, random });
  const key = world.fundedKey();
  const funds = world.localnet.balance(key.publicKey);
  const storeUrl = freshStoreUrl();
  // The second book's deposits are soon used up: vouchers go on, payments stop at the deposit.
  const tallies: Tally[] = [1_000_000_000n, 500n].map((depositPerLine) => {
    const open = world.openBook({ lines: 3, depositPerLine });
    const { voucherDomain: domain } = world.book(open.address);
    return { open, domain, posted: [0n, 0n, 0n], acknowledged: [0n, 0n, 0n] };
  });
  const result: LaneResult = {
    kills: new Map(),
    acknowledged: 0,
    feeLamports: 0n,
    tightCaps: 0,
    lost: [],
    unequal: [],
    overspent: [],
  };
  const paid = (): bigint => funds - world.localnet.balance(key.publicKey);

  const start = (capLamports: bigint): KeeperProcess => {
    watch.restarted();
    return startKeeperProcess({
      bundle: args.bundle,
      settings: {
        PINFI__CLUSTER__URL: node.url,
        PINFI__PAYER__SECRET: JSON.stringify([...key.secretKey]),
        PINFI__STORE__URL: storeUrl,
        PINFI__INTAKE__PORT: "0",
        PINFI__OPERATIONS__PORT: "0",
        PINFI__OPERATIONS__SLOT_STALL_SECONDS: "0",
        PINFI__LIMITS__MAX_FEE_LAMPORTS_PER_HOUR: String(capLamports),
        PINFI__TRANSACTIONS__RESEND_MS: "40",
        PINFI__TRANSACTIONS__POLL_MS: "10",
        PINFI__TASKS__SETTLE_BOOKS__EVERY_MS: "20",
        PINFI__TASKS__CLAIM_DUE__EVERY_MS: "30",
        PINFI__TASKS__CLAIM_DUE__MIN_AMOUNT: "1",
      },
    });
  };

  const compare = async (when: string, capLamports: bigint): Promise<void> => {
    const found = await examine({ world, tallies, storeUrl });
    result.lost.push(...found.lost.map((where) => `${when}: ${where}`));
    result.unequal.push(...found.unequal.map((what) => `${when}: ${what}`));
    // Booked before it is sent: what may have been paid is never above the cap either.
    if (found.bookedLamports > capLamports) {
      result.overspent.push(`${when}: ${found.bookedLamports} booked above ${capLamports}`);
    }
    if (paid() > found.bookedLamports) {
      result.overspent.push(`${when}: ${paid()} paid, ${found.bookedLamports} booked`);
    }
  };

  for (let run = 0; run < args.runs; run += 1) {
    const tight = random.below(4) === 0;
    const { bookedLamports } = await examine({ world, tallies, storeUrl });
    const capLamports = bookedLamports + (tight ? TIGHT : PLENTY);
    if (tight) result.tightCaps += 1;
    const keeper = start(capLamports);
    const over = new AbortController();
    const posting = postTo({ keeper, tallies, random, over: over.signal, watch, result });
    const aim = random.pick(PHASES);
    await strike({ aim, keeper, watch, random });
    const hit = watch.phase;
    await keeper.kill();
    over.abort();
    await posting;
    result.kills.set(hit, (result.kills.get(hit) ?? 0) + 1);
    await compare(`kill ${run} (${hit})`, capLamports);
    // What the node still holds lands late, or never.
    world.localnet.advance({ slots: random.below(4) === 0 ? BLOCKHASH_SLOTS : 1n });
    args.onKill?.();
  }

  watch.calm();
  const { bookedLamports } = await examine({ world, tallies, storeUrl });
  const keeper = start(bookedLamports + PLENTY);
  await keeper.listening;
  await until("everything is paid", () => isPaidOut(world, tallies)).catch((error) => {
    result.lost.push(`${error.message}\n${keeper.output().slice(-2_000)}`);
  });
  const code = await keeper.stop();
  if (code !== 0) result.unequal.push(`the last keeper ended with ${code}`);
  await compare("at the end", bookedLamports + PLENTY);
  result.feeLamports = paid();
  await node.close();
  return result;
}

/** Posts to every book once the keeper listens. */
async function postTo(args: {
  keeper: KeeperProcess;
  tallies: readonly Tally[];
  random: Random;
  over: AbortSignal;
  watch: ReturnType<typeof watchPhases>;
  result: LaneResult;
}): Promise<void> {
  const { keeper, random, over, watch, result } = args;
  const url = await keeper.listening.catch(() => undefined);
  if (url === undefined) return;
  const onAcknowledged = (): void => {
    result.acknowledged += 1;
    watch.acknowledged();
  };
  await Promise.all(
    args.tallies.map((tally) => post({ tally, url, random, over, onAcknowledged })),
  );
}

/** Resolves at the moment to kill: a random while after the phase aimed at was reached. */
async function strike(args: {
  aim: Phase;
  keeper: KeeperProcess;
  watch: ReturnType<typeof watchPhases>;
  random: Random;
}): Promise<void> {
  const { aim, keeper, watch, random } = args;
  if (aim === "starting") return void (await sleep(random.below(START_MS)));
  await Promise.race([watch.reached(aim), keeper.listening.then(() => sleep(PHASE_MS))]);
  await sleep(random.below(KILL_MS));
}
