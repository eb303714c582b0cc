import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import {
  inProcessChain,
  type Keeper,
  openLibsqlStore,
  parseConfig,
  startKeeper,
} from "@pinfi/keeper";
import type { Localnet } from "@pinfi/localnet";
import { decodeBook, maxDenseTargets } from "@pinfi/sdk/streams";
import { pino } from "pino";
import { type BenchBook, openBooks } from "./books";
import type { Posted, Posting } from "./client";
import { type ProcessorTime, processorTime } from "./processor";
import { type Load, signLoad, signTransactions } from "./vouchers";

/** Vouchers of one posted body, and bodies under way at once. */
const VOUCHERS_A_BODY = 32;
const BODIES_AT_ONCE = 8;
/**
 * Vouchers that the keeper takes before it lets the client wait. With those under way it stays below
 * the number of books, so that no voucher overtakes another of its book and all are settled.
 */
const KEEPER_QUEUE = 192;

/** Rounds of the first segment, which warms caches and compilers up and is not counted. */
const WARM_UP_ROUNDS = 16;
/** How long the keeper is measured on end, and most vouchers (4 kB each, three times) of that. */
const SEGMENT_SECONDS = 10;
const SEGMENT_VOUCHERS = 30_000;

/** One measurement of one way. */
export interface Timed {
  seconds: number;
  transactions: number;
  payments: number;
  /** Lamports that the fee payer has paid. */
  feeLamports: bigint;
  processor: { main: number; all: number; mainWaited: number };
}

/** The ceiling and the keeper on the same vouchers. */
export interface Segment {
  ceiling: Timed;
  keeper: Timed;
}

/** Runs segments until the keeper has been measured for so long. */
export async function runSegments(args: {
  payers: number;
  seconds: number;
  progress: (text: string) => void;
}): Promise<{ segments: Segment[]; lines: number }> {
  const lines = maxDenseTargets("v1");
  args.progress(`opening ${args.payers} books of ${lines} lines`);
  const { localnet, books } = openBooks({ payers: args.payers, lines });
  const folder = mkdtempSync(join(tmpdir(), "pinfi-bench-"));
  const client = new Worker(join(__dirname, "client.cjs"), { execArgv: [] });
  const store = openLibsqlStore({ url: `file:${join(folder, "keeper.db")}` });
  const keeper = await startKeeper({
    config: parseConfig({
      intake: { port: 0, queueLimit: KEEPER_QUEUE, bookCacheMs: 60_000 },
      operations: { port: 0, slotStallSeconds: 0 },
      transactions: { version: "v1" },
      limits: { maxFeeLamportsPerHour: 1_000_000_000_000 },
    }),
    chain: inProcessChain({ localnet }),
    store,
    payer: localnet.payer,
    log: pino({ level: process.env.BENCH_LOG ?? "silent" }),
    loop: false,
  });
  try {
    const segments: Segment[] = [];
    let from = 0n;
    for (let rounds = WARM_UP_ROUNDS, spent = 0, nth = 0; spent < args.seconds; nth++) {
      const vouchersABody = VOUCHERS_A_BODY;
      const load = signLoad({ books, lines, from, rounds, vouchersABody });
      const ceiling = await ceilingOf({ localnet, books, load, lines });
      const measured = await keeperOn({ localnet, books, load, lines, keeper, client });
      args.progress(`segment ${nth}: ${rate(ceiling)} and ${rate(measured)} payments/s`);
      from = load.reached;
      if (nth > 0) {
        segments.push({ ceiling, keeper: measured });
        spent += measured.seconds;
      }
      const wanted = Math.ceil((SEGMENT_SECONDS / measured.seconds) * rounds);
      rounds = Math.min(Math.max(4, wanted), Math.ceil(SEGMENT_VOUCHERS / books.length));
    }
    return { segments, lines };
  } finally {
    await keeper.stop();
    await store.close();
    await client.terminate();
    rmSync(folder, { recursive: true });
  }
}

interface Stage {
  localnet: Localnet;
  books: readonly BenchBook[];
  load: Load;
  lines: number;
}

/** The same transactions, made and signed beforehand, executed back to back; then undone. */
async function ceilingOf(stage: Stage): Promise<Timed> {
  const { localnet, books, load } = stage;
  const wires = signTransactions({ localnet, books, vouchers: load.vouchers });
  const before = books.map(({ address }) => localnet.account(address));
  const timed = await measure(stage);
  for (const wire of wires) {
    const { failure } = localnet.execute(wire);
    if (failure !== null) throw new Error(`the ceiling's transaction: ${JSON.stringify(failure)}`);
  }
  const end = timed.end();
  for (const [index, { address }] of books.entries()) {
    const account = before[index];
    if (account) localnet.setAccount(address, account);
  }
  localnet.expireBlockhashes();
  return end;
}

async function keeperOn(stage: Stage & { keeper: Keeper; client: Worker }): Promise<Timed> {
  const { keeper, client, load } = stage;
  const already = (await stateOf(keeper)).checked;
  const bodies = load.bodies.map((body) => Uint8Array.from(body));
  const timed = await measure(stage);
  const posting: Posting = { url: keeper.intakeUrl, bodies, atOnce: BODIES_AT_ONCE };
  const posted = await new Promise<Posted>((resolve, reject) => {
    client.once("message", resolve);
    client.once("error", reject);
    client.postMessage(
      posting,
      bodies.map(({ buffer }) => buffer as ArrayBuffer),
    );
  });
  if (posted.accepted !== load.vouchers.length || posted.others.length > 0) {
    throw new Error(`accepted ${posted.accepted}: ${posted.others.slice(0, 3).join(", ")}`);
  }
  for (;;) {
    const { unsettled, checked, unrecorded } = await stateOf(keeper);
    if (unrecorded > 0) throw new Error(`${unrecorded} landed vouchers were not recorded`);
    if (unsettled === 0 && checked - already === load.vouchers.length) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return timed.end();
}

async function stateOf(keeper: Keeper) {
  const response = await fetch(`${keeper.intakeUrl}/vouchers/stats`);
  const { bulk } = (await response.json()) as {
    bulk: { unsettled: number; checked: number; unrecorded: number };
  };
  return bulk;
}

/** Times a stage, and afterwards asserts to the unit that the chain has recorded all of it. */
async function measure(stage: Stage): Promise<{ end(): Timed }> {
  const { localnet, books, load, lines } = stage;
  const paid = (): bigint => localnet.balance(localnet.payer.publicKey);
  const recordedBefore = sumOf(stage);
  const balance = paid();
  // What the preparation left behind is not what is measured; what it held outside the heap is
  // given back some turns later.
  for (let nth = 0; nth < 3; nth++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const before = processorTime();
  const startedAt = performance.now();
  return {
    end() {
      const seconds = (performance.now() - startedAt) / 1_000;
      const after = processorTime();
      const transactions = load.vouchers.length;
      const payments = transactions * lines;
      const raised = sumOf(stage) - recordedBefore;
      if (raised !== BigInt(payments)) throw new Error(`raised ${raised} instead of ${payments}`);
      for (const { address } of books) {
        const account = localnet.account(address);
        const all =
          account && decodeBook(account).lines.every((line) => line.vouched === load.reached);
        if (!all) throw new Error(`${address.toBase58()} has not reached ${load.reached}`);
      }
      const feeLamports = balance - paid();
      // One for the transaction's signature, one for the voucher's: none was sent twice.
      if (feeLamports !== BigInt(transactions) * 10_000n) throw new Error(`paid ${feeLamports}`);
      return { seconds, transactions, payments, feeLamports, processor: less(after, before) };
    },
  };
}

/** Base units that the books' vouchers have recorded in sum. */
function sumOf({ localnet, books }: Stage): bigint {
  let sum = 0n;
  for (const { address } of books) {
    const account = localnet.account(address);
    if (account === null) throw new Error("a book is gone");
    for (const { vouched } of decodeBook(account).lines) sum += vouched;
  }
  return sum;
}

/** Node keeps its collector to itself unless asked. */
const collectGarbage: () => void = (() => {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
})();

const less = (a: ProcessorTime, b: ProcessorTime): ProcessorTime => ({
  main: a.main - b.main,
  all: a.all - b.all,
  mainWaited: a.mainWaited - b.mainWaited,
});

const rate = ({ payments, seconds }: Timed): string =>
  Math.round(payments / seconds).toLocaleString("en");
