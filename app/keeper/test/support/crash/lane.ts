import { setTimeout as sleep } from "node:timers/promises";
import { voucherMessage } from "@pinfi/sdk/streams";
import { type Random, randomFrom } from "../../../../../tests/harness/random";
import { startRpcNode } from "../rpc-node";
import { freshStoreUrl } from "../running";
import { until } from "../until";
import { createWorld, type World } from "../world";
import { isFeedPhase, PHASES, type Phase, watchPhases } from "./phases";
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
/** The kill comes when its phase is reached, or up to this long after, ms. */
const KILL_MS = 12;
/** Room for fees in a run, lamports: plenty, or a settlement of one voucher. */
const PLENTY = 1_000_000_000n;
const TIGHT = 10_000n;
/** A voucher over so many lines leaves no room for a second one: it is the bulk thread's own. */
const FED_LINES = 50;
/** A feed's phase is struck at one of its first so many times; for it a thread has to start first. */
const FEED_TIMES = 3;
const FEED_PHASE_MS = 6_000;
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
  const key = world.fundedKey();
  const funds = world.localnet.balance(key.publicKey);
  const storeUrl = freshStoreUrl();
  // Deposits that are soon used up: vouchers go on, payments stop at the deposit.
  const [fed, ...others] = [
    openTally(world, { lines: FED_LINES, depositPerLine: 200n, feeds: true }),
    openTally(world, { lines: 3, depositPerLine: 1_000_000_000n, feeds: false }),
    openTally(world, { lines: 3, depositPerLine: 500n, feeds: false }),
  ] as const;
  const tallies = [fed, ...others];
  const watch = watchPhases({ node, random, feedMark: markOf(fed) });
  const result: LaneResult = {
    kills: new Map(),
    acknowledged: 0,
    feeLamports: 0n,
    tightCaps: 0,
    lost: [],
    unequal: [],
    overspent: [],
  };
  /** As the last comparison found it. */
  let bookedLamports = 0n;
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
    const found = await examine({ accounts: world.localnet.account, tallies, storeUrl });
    bookedLamports = found.bookedLamports;
    result.lost.push(...found.lost.map((where) => `${when}: ${where}`));
    result.unequal.push(...found.unequal.map((what) => `${when}: ${what}`));
    // Booked before it is sent: what may have been paid is never above the cap either.
    if (bookedLamports > capLamports) {
      result.overspent.push(`${when}: ${bookedLamports} booked above ${capLamports}`);
    }
    if (paid() > bookedLamports) {
      result.overspent.push(`${when}: ${paid()} paid, ${bookedLamports} booked`);
    }
  };

  for (let run = 0; run < args.runs; run += 1) {
    const aim = random.pick(PHASES);
    // Fees of feeds are booked in lots, for which a tight cap has no room at all.
    const tight = !isFeedPhase(aim) && random.below(4) === 0;
    const capLamports = bookedLamports + (tight ? TIGHT : PLENTY);
    if (tight) result.tightCaps += 1;
    const keeper = start(capLamports);
    const over = new AbortController();
    const posted = isFeedPhase(aim) ? [fed] : others;
    const posting = postTo({ keeper, tallies: posted, random, over: over.signal, watch, result });
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
  const capLamports = bookedLamports + PLENTY;
  const keeper = start(capLamports);
  await keeper.listening;
  await until("everything is paid", () => isPaidOut(world.localnet.account, tallies)).catch(
    (error) => {
      result.lost.push(`${error.message}\n${keeper.output().slice(-2_000)}`);
    },
  );
  const code = await keeper.stop();
  if (code !== 0) result.unequal.push(`the last keeper ended with ${code}`);
  await compare("at the end", capLamports);
  result.feeLamports = paid();
  await node.close();
  return result;
}

function openTally(
  world: World,
  args: { lines: number; depositPerLine: bigint; feeds: boolean },
): Tally {
  const open = world.openBook(args);
  const { voucherDomain: domain } = world.book(open.address);
  const payeeAccounts = open.payees.map(({ publicKey }) => world.tokenAddress(publicKey));
  const none = new Array<bigint>(args.lines).fill(0n);
  return {
    open,
    domain,
    payeeAccounts,
    feeds: args.feeds,
    posted: [...none],
    acknowledged: [...none],
  };
}

/** Domain and head of a voucher for all lines, as they stand in its transaction. */
function markOf({ domain, posted: cumulative }: Tally): Buffer {
  const message = voucherMessage({ domain, targets: { kind: "dense", start: 0, cumulative } });
  return Buffer.from(message.subarray(0, -8 * cumulative.length));
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
  await Promise.all(
    args.tallies.map((tally) =>
      post({
        tally,
        url,
        random,
        over,
        onPosted: () => tally.feeds && watch.feed("posted"),
        onAcknowledged() {
          result.acknowledged += 1;
          if (tally.feeds) watch.feed("answered");
          else watch.acknowledged();
        },
      }),
    ),
  );
}

/** Resolves at the moment to kill: when the phase aimed at is reached, or a random while after. */
async function strike(args: {
  aim: Phase;
  keeper: KeeperProcess;
  watch: ReturnType<typeof watchPhases>;
  random: Random;
}): Promise<void> {
  const { aim, keeper, watch, random } = args;
  if (aim === "starting") return void (await sleep(random.below(START_MS)));
  // A feed's first phases are those of a thread that starts: later ones must have their turn.
  const [times, limitMs] = isFeedPhase(aim)
    ? [1 + random.below(FEED_TIMES), FEED_PHASE_MS]
    : [1, PHASE_MS];
  const reached = async (): Promise<void> => {
    for (let nth = 0; nth < times; nth += 1) await watch.reached(aim);
  };
  await Promise.race([reached(), keeper.listening.then(() => sleep(limitMs))]);
  if (random.below(2) === 0) await sleep(random.below(KILL_MS));
}
