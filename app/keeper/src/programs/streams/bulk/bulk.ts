import { join } from "node:path";
import { LAMPORTS_A_SIGNATURE } from "@pinfi/sdk";
import { unpackVoucher } from "@pinfi/sdk/streams";
import bs58 from "bs58";
import type { SignatureStatus } from "../../../engine/chain/chain";
import { asKeeperError, KeeperError } from "../../../engine/errors";
import { pause } from "../../../engine/retry";
import type { VoucherReader } from "../vouchers/intake";
import { mergeRest } from "./answer";
import { createGrant } from "./grant";
import type { BulkOptions } from "./options";
import type { FeedAnswer, FromThread, Remainder, ThreadOptions, ToThread } from "./protocol";
import { createReads, ownBytes } from "./reads";
import { createTransport } from "./transport";

const TASK = "settle-bulk";
/** A blockhash lives for a minute and longer; a fresh one leaves time for sending again. */
const BLOCKHASH_MS = 2_000;
const YOUNG_MEGABYTES = 48;

/** What the bulk thread holds, as it last told. */
export interface BulkState {
  unsettled: number;
  waiting: number;
  /** Vouchers found recorded by the chain, since the start. */
  checked: number;
  /** Vouchers that had landed and were not recorded when looked at: sent again. */
  unrecorded: number;
}

/** The way in for many vouchers at once, each of which is worth a transaction of its own. */
export interface Bulk {
  /** Resolves when every voucher of the NDJSON body is on the disk or refused. */
  feed(body: Uint8Array): Promise<FeedAnswer>;
  state(): BulkState;
  /** The thread has ended by itself: what it had accepted is on the disk. */
  isBroken(): boolean;
  /** Takes nothing more, and waits for transactions under way until `abort`. */
  stop(): Promise<void>;
}

/** Starts the bulk thread. */
export function startBulk(options: BulkOptions): Bulk {
  const { config, chain, explain, metrics, engineMetrics, events, log } = options;
  const { format } = options;
  const { priorityFeeLamports } = config.transactions;
  const feeLamports = 2n * BigInt(LAMPORTS_A_SIGNATURE) + BigInt(priorityFeeLamports);
  const { inFlight } = config.tasks.settleBooks;
  const deliver = createTransport({
    chain,
    format,
    inFlight,
    explain,
    log,
    ...config.transactions,
  });
  const grant = createGrant({ ...options, feeLamports });
  const abort = new AbortController();
  const answerRead = createReads({ chain, books: options.books, signal: abort.signal });
  const feeds = new Map<number, { resolve(answer: FeedAnswer): void; reject(e: Error): void }>();
  const batches = new Set<Promise<void>>();
  let state: BulkState = { unsettled: 0, waiting: 0, checked: 0, unrecorded: 0 };
  let lastValid = 0n;
  let feedId = 0;
  let broken: KeeperError | undefined;

  const worker = options.startSigningThread(join(__dirname, "thread.cjs"), {
    execArgv: [],
    // Vouchers live for milliseconds: with room for them the collector has next to nothing to copy.
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    data: {
      path: options.path,
      format,
      priorityFeeLamports: BigInt(priorityFeeLamports),
      minEarns: larger(config.tasks.settleBooks.minRaise, config.tasks.settleBooks.dust),
      bookCacheMs: config.intake.bookCacheMs,
      waitingLimit: config.intake.queueLimit,
      keepSettledMs: config.store.keepSettledSeconds * 1_000,
    } satisfies ThreadOptions,
  });
  const tell = (message: ToThread, transfer: ArrayBuffer[] = []): void =>
    worker.postMessage(message, transfer);

  const fail = (cause: unknown): void => {
    const message = `the bulk thread ended: ${cause instanceof Error ? cause.message : cause}`;
    broken = new KeeperError({ failure: "internal", code: "BulkUnavailable", message, cause });
    for (const { reject } of feeds.values()) reject(broken);
    feeds.clear();
    clearInterval(freshening);
  };
  worker.on("error", (error) => {
    log.error({ error: error.message }, "bulk thread failed");
    fail(error);
  });
  worker.on("exit", (code) => fail(`exit ${code}`));

  const freshen = async (): Promise<void> => {
    try {
      const latest = await chain.latestBlockhash({ signal: abort.signal });
      lastValid = latest.lastValidBlockHeight;
      tell({ type: "blockhash", blockhash: bs58.decode(latest.blockhash) });
    } catch (error) {
      if (!abort.signal.aborted) log.warn({ error: (error as Error).message }, "no blockhash");
    }
  };
  const freshening = setInterval(() => void freshen(), BLOCKHASH_MS);

  const read = async (question: Extract<FromThread, { type: "read" }>): Promise<void> => {
    try {
      const { message, transfer } = await answerRead(question);
      tell(message, transfer);
    } catch (error) {
      const { failure, code, message } = asKeeperError(error);
      if (!abort.signal.aborted) log.warn({ task: TASK, code, message }, "books were not read");
      tell({ type: "unread", id: question.id, failure, code, message });
    }
  };

  const send = async (batch: Extract<FromThread, { type: "send" }>): Promise<void> => {
    const { id, lengths } = batch;
    try {
      const wires = wiresOf(batch);
      const sent = await deliver(wires, lastValid, abort.signal);
      const landed = sent.filter(({ result }) => result === "landed").length;
      count({ batch, landed, paid: sent.filter(({ status }) => wasPaid(status)).length });
      for (const { error, result } of sent) {
        if (result !== "failed" || error === undefined) continue;
        const { failure, code, message } = error;
        engineMetrics.failures.inc({ task: TASK, failure, code });
        log.warn({ task: TASK, code, message }, "failed");
        events.onFailure?.({ task: TASK, failure, code, message, items: [], signature: undefined });
      }
      if (sent.some(({ result }) => result === "gone")) {
        await freshen();
        await pause(config.transactions.pollMs, abort.signal);
      }
      tell({ type: "results", id, results: sent.map(({ result }) => result) });
    } catch (error) {
      if (abort.signal.aborted) return;
      log.error({ error: (error as Error).message }, "bulk transactions lost from sight");
      tell({ type: "results", id, results: lengths.map(() => "failed") });
    }
  };

  const count = (args: {
    batch: Extract<FromThread, { type: "send" }>;
    landed: number;
    paid: number;
  }): void => {
    const { batch, landed, paid } = args;
    const fees = feeLamports * BigInt(paid);
    engineMetrics.items.inc({ task: TASK, outcome: "landed" }, landed);
    engineMetrics.transactions.inc({ task: TASK, result: "landed" }, landed);
    engineMetrics.feeLamports.inc({ task: TASK }, Number(fees));
    const targets = Math.round((batch.targets * landed) / batch.lengths.length);
    metrics.settledTargets.inc(targets);
    // One observation stands for the batch: its vouchers came and went together.
    metrics.settleLatency.observe((options.hostClock() - batch.receivedAtMs) / 1_000);
    events.onManyLanded?.({ transactions: landed, changes: targets, feeLamports: fees });
  };

  const fed = async ({ id, answer, rest }: Extract<FromThread, { type: "fed" }>): Promise<void> => {
    const waiting = feeds.get(id);
    feeds.delete(id);
    for (const [result, value] of [
      ["accepted", answer.accepted],
      ["superseded", answer.superseded],
      ["unavailable", answer.unavailable],
    ] as const) {
      if (value > 0) metrics.vouchers.inc({ result, reason: "" }, value);
    }
    for (const [reason, value] of Object.entries(answer.refused)) {
      metrics.vouchers.inc({ result: "refused", reason }, value);
    }
    const results = await options.intake.submitMany(readersOf(rest));
    waiting?.resolve(mergeRest({ answer, lines: rest.lines, results }));
  };

  worker.on("message", (message: FromThread) => {
    switch (message.type) {
      case "fed":
        return void fed(message);
      case "unavailable": {
        feeds.get(message.id)?.reject(new KeeperError(message));
        return void feeds.delete(message.id);
      }
      case "read":
        return void read(message);
      case "send": {
        const batch = send(message).finally(() => batches.delete(batch));
        return void batches.add(batch);
      }
      case "starved":
        return void grant(message.wants, abort.signal).then((grants) =>
          tell({ type: "allow", grants }),
        );
      case "state":
        state = message;
        return;
    }
  });
  void freshen();

  return {
    async feed(body) {
      if (broken !== undefined) throw broken;
      feedId += 1;
      const id = feedId;
      const bytes = ownBytes(body);
      return new Promise<FeedAnswer>((resolve, reject) => {
        feeds.set(id, { resolve, reject });
        tell({ type: "feed", id, body: bytes }, [bytes.buffer as ArrayBuffer]);
      });
    },
    state: () => state,
    isBroken: () => broken !== undefined,
    async stop() {
      const limit = setTimeout(() => {
        abort.abort();
        void worker.terminate();
      }, config.operations.drainSeconds * 1_000);
      while (batches.size > 0) await Promise.allSettled([...batches]);
      clearInterval(freshening);
      // It ends by itself once it has closed what it has open.
      if (broken === undefined) {
        await new Promise<void>((resolve) => {
          worker.once("exit", () => resolve());
          tell({ type: "stop" });
        });
      }
      clearTimeout(limit);
      abort.abort();
    },
  };
}

function readersOf({ lengths, bytes }: Remainder): VoucherReader[] {
  let at = 0;
  return lengths.map((length) => {
    const packed = bytes.subarray(at, at + length);
    at += length;
    return () => unpackVoucher(packed);
  });
}

function wiresOf({ memory, lengths }: Extract<FromThread, { type: "send" }>): Uint8Array[] {
  let at = 0;
  return lengths.map((length) => {
    const wire = new Uint8Array(memory, at, length);
    at += length;
    return wire;
  });
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** What never ran cost nothing; what failed in an instruction did. */
const wasPaid = (status: SignatureStatus | undefined): boolean =>
  status !== undefined && status.failure?.kind !== "transaction";
