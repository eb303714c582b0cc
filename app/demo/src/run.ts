import { RunError } from "./errors";
import { type DemoKeeper, startDemoKeeper } from "./keeper";
import { type Market, openMarket, startCluster } from "./market";
import type { Options } from "./options";
import { createPoster, type Poster } from "./post";
import type { Reporter } from "./progress";
import {
  type Balances,
  type BookTotals,
  expectedFrom,
  proveClosed,
  proveDone,
  proveOpen,
  readBalances,
  readBooks,
  readVouched,
} from "./proof";
import { advanceTo, cutRounds, replay } from "./replay";
import type { Series } from "./report/series";
import { summarize } from "./summarize";
import { type Check, count, PHASES, type Phase, type Summary } from "./summary";
import { generateTrace } from "./trace/generate";
import { readTrace } from "./trace/read";
import type { Trace } from "./trace/request";
import { createTracker, type Tracker } from "./tracker";
import { closeBooks, closeLines, emptyBooks } from "./wind-down";
import { planWorkload, type Workload } from "./workload";

/** The keeper pushes claims so often, in seconds of the trace. */
const CLAIM_EVERY_SECONDS = 300;

/** A line's share of all value above which its claim is worth a transaction, as a divisor. */
const CLAIMS_A_LINE = 4n;

/** Turns that the keeper gets to settle what is left after the last round. */
const KEEPER_TURNS = 10;

const MICROS = 1_000_000;

/** What a run gives: figures, and what the plots are drawn from. */
export interface RunResult {
  summary: Summary;
  series: Series;
}

/** The trace that the options ask for. Throws UsageError. */
export async function loadTrace(options: Options): Promise<Trace> {
  const { trace: file, limit, seed, requests } = options;
  if (file !== undefined) return readTrace({ file, limit });
  return generateTrace({ seed, count: Math.min(requests, limit ?? requests) });
}

/** All that the stages of a run share. */
interface Run {
  options: Options;
  workload: Workload;
  startSeconds: number;
  tracker: Tracker;
  /** Wall seconds spent in each phase. */
  seconds: Record<Phase, number>;
  report(stage: string, share: number): void;
  signal?: AbortSignal;
}

/** Runs a part of a phase and books its time. */
async function timed<Result>(
  { seconds }: Run,
  phase: Phase,
  work: () => Promise<Result>,
): Promise<Result> {
  const began = performance.now();
  try {
    return await work();
  } finally {
    seconds[phase] += (performance.now() - began) / 1000;
  }
}

/** Smallest claim that the keeper pushes: about a quarter of what a line earns in all. */
function claimThreshold({ value, owed }: Workload): bigint {
  const used = BigInt(owed.flat().filter((units) => units > 0n).length);
  return used === 0n ? 1n : value / used / CLAIMS_A_LINE + 1n;
}

async function replayTrace({
  run,
  market,
  keeper,
  poster,
}: {
  run: Run;
  market: Market;
  keeper: DemoKeeper;
  poster: Poster;
}): Promise<Series["value"]> {
  const { options, workload, startSeconds, tracker, signal } = run;
  const rounds = cutRounds({
    payments: workload.payments,
    startSeconds,
    every: options.settleEvery,
  });
  const value: Series["value"] = [{ seconds: 0, priced: 0, settled: 0, claimed: 0 }];
  let priced = 0n;
  let claimed = 0;
  let done = 0;
  let nextClaim = startSeconds + CLAIM_EVERY_SECONDS;
  await timed(run, "settle", () =>
    replay({
      market,
      rounds,
      tracker,
      poster,
      signal,
      work: () => keeper.work(["settle-books"]),
      onRound: async ({ atSeconds, payments }) => {
        if (atSeconds >= nextClaim) {
          nextClaim = atSeconds + CLAIM_EVERY_SECONDS;
          await timed(run, "claim", () => keeper.work(["claim-due"]));
          claimed = Number(readBooks(market).claimed);
        }
        done += payments.length;
        for (const { price } of payments) priced += price;
        value.push({
          seconds: atSeconds - startSeconds,
          priced: Number(priced),
          settled: tracker.settledValue(),
          claimed,
        });
        run.report("settle", done / workload.payments.length);
      },
    }),
  );
  run.seconds.settle -= run.seconds.claim;
  return value;
}

/** Gives the keeper some more turns for what the last round left. Throws RunError. */
async function drain({ run, market, keeper }: { run: Run; market: Market; keeper: DemoKeeper }) {
  const { tracker, workload } = run;
  const all = workload.payments.length;
  for (let turn = 0; tracker.settledPayments() < all; turn++) {
    if (turn === KEEPER_TURNS) {
      throw new RunError({
        code: "Stalled",
        message: `the keeper settled ${count(tracker.settledPayments())} of ${count(all)} payments (${keeper.trouble() ?? "it reported no failure"})`,
      });
    }
    advanceTo({ market, seconds: Number(market.localnet.clock().unixTimestamp) + 1 });
    await timed(run, "settle", () => keeper.work(["settle-books"]));
  }
}

/** Ends all books; returns their totals while they still stood, and every equation. */
async function windDown({
  run,
  market,
  keeper,
}: {
  run: Run;
  market: Market;
  keeper: DemoKeeper;
}): Promise<{ totals: BookTotals; balances: Balances; checks: Check[] }> {
  const { options, workload, tracker, signal } = run;
  const { owed, value } = workload;
  const { nodes, feeBps, burnBps } = options;
  const expected = expectedFrom({ owed, nodes, feeBps, burnBps });
  tracker.enter("wind-down");
  const checks = proveOpen({ totals: readBooks(market), owed: value });
  run.report("wind-down", 0);
  await timed(run, "wind-down", () => closeLines({ market, signal }));
  run.report("wind-down", 0.4);
  const totals = await timed(run, "wind-down", () => emptyBooks({ market, keeper, signal }));
  checks.push(...proveDone({ market, totals, expected }));
  run.report("wind-down", 0.9);
  await timed(run, "wind-down", () => closeBooks({ market, signal }));
  const feesLamports = tracker.feesOf(market.keeper.publicKey.toBase58());
  const balances = readBalances(market);
  checks.push(...proveClosed({ market, balances, expected, feesLamports }));
  run.report("wind-down", 1);
  return { totals, balances, checks };
}

/** The plan of a run, before anything has started. Throws UsageError. */
function planRun({ options, trace, reporter, signal }: DemoArguments): Run {
  const { payers, nodes, seed, contextPrice, generatedPrice } = options;
  const prices = { contextPrice, generatedPrice };
  const workload = planWorkload({ trace, payers, nodes, seed, prices });
  const startSeconds = Math.floor((trace.requests[0]?.atMicros ?? 0) / MICROS);
  const tracker = createTracker({ startSeconds });
  const report = (stage: string, share: number): void => {
    const transactions = PHASES.reduce((sum, phase) => sum + tracker.cost(phase).transactions, 0);
    const settling = stage !== "set-up" && {
      settled: tracker.settledPayments(),
      payments: workload.payments.length,
      value: tracker.settledValue(),
    };
    reporter?.report({ stage, share, transactions, ...settling });
  };
  const seconds: Record<Phase, number> = { "set-up": 0, settle: 0, claim: 0, "wind-down": 0 };
  return { options, workload, startSeconds, tracker, seconds, report, signal };
}

async function setUp(run: Run): Promise<{ market: Market; keeper: DemoKeeper }> {
  const { options, workload, startSeconds, tracker, report, signal } = run;
  const { payers, nodes, seed, feeBps, burnBps } = options;
  report("set-up", 0);
  const localnet = startCluster({ unixSeconds: startSeconds, onTransaction: tracker.landed });
  const onBook = (opened: number): void => report("set-up", opened / payers);
  const { owed } = workload;
  const market = await openMarket({
    localnet,
    seed,
    owed,
    nodes,
    feeBps,
    burnBps,
    onBook,
    signal,
  });
  tracker.watch({
    books: market.payers.map(({ book }) => book.toBase58()),
    nodes,
    vouched: (payer) => readVouched({ market, payer }),
  });
  const keeper = await startDemoKeeper({ market, minClaim: claimThreshold(workload) });
  return { market, keeper };
}

/** What to run, and who is told how it goes. */
export interface DemoArguments {
  options: Options;
  trace: Trace;
  reporter?: Reporter;
  signal?: AbortSignal;
}

/**
 * Replays a trace from empty cluster to closed books.
 *
 * @throws UsageError before anything runs, when the trace is worth more than JSON can hold
 * @throws RunError when the run cannot go on; equations that do not hold are in the summary
 */
export async function runDemo(args: DemoArguments): Promise<RunResult> {
  const { options, trace, signal } = args;
  const run = planRun(args);
  const { workload, tracker } = run;
  const began = performance.now();
  const { market, keeper } = await timed(run, "set-up", () => setUp(run));
  const poster = createPoster({ url: keeper.url, concurrency: options.concurrency, signal });
  try {
    const value = await replayTrace({ run, market, keeper, poster });
    await drain({ run, market, keeper });
    await timed(run, "claim", () => keeper.work(["claim-due"]));
    const ended = await windDown({ run, market, keeper });
    value.push({
      seconds: (value.at(-1)?.seconds ?? 0) + 1,
      priced: Number(workload.value),
      settled: tracker.settledValue(),
      claimed: Number(ended.totals.claimed),
    });
    const summary = summarize({
      options,
      trace,
      workload,
      tracker,
      phaseSeconds: run.seconds,
      seconds: (performance.now() - began) / 1000,
      posted: poster.posted(),
      ...ended,
    });
    const { settles, traceSeconds, wallMilliseconds } = tracker;
    return { summary, series: { value, settles, traceSeconds, wallMilliseconds } };
  } finally {
    poster.close();
    await keeper.stop();
  }
}
