import { PinFiError } from "@pinfi/sdk";
import { type Voucher, verifyVoucher, voucherToJson } from "@pinfi/sdk/streams";
import type { Logger } from "pino";
import type { ChainClock } from "../../../engine/chain/clock";
import { asKeeperError, BusyError, tell } from "../../../engine/errors";
import { createGroupCommit } from "../../../engine/group-commit";
import type { Metrics } from "../../../engine/metrics";
import { createSlices } from "../../../engine/slices";
import type { BookCache } from "../books/book-cache";
import { type BookProblem, type BookView, floorOf } from "../books/books";
import type { StreamsMetrics } from "../metrics";
import type { VoucherStore } from "../store";
import {
  BAD_SIGNATURE,
  DEPENDS_ON_BOOK,
  delegationFor,
  judge,
  judgeCap,
  type Refusal,
} from "./admission";
import { coverageOf } from "./coverage";
import { type PendingVouchers, placeOf } from "./pending";
import type { KeptVoucher } from "./selection";

/** What became of a voucher. `superseded`: the keeper or the chain already has as much. */
export type IntakeResult =
  | Taken
  | ({ status: "refused" } & Refusal)
  /** Not the voucher's fault: post it again later. */
  | { status: "unavailable"; code: string; message: string };

/**
 * A voucher that is good. `promised`: what it signs for, over all its lines; `covered`: what of it the
 * payees earn by it as the deposits stand now. Decimal strings of base units.
 */
export interface Taken {
  status: "accepted" | "superseded";
  signature: string;
  promised: string;
  covered: string;
}

/** Reads a posted voucher, once it is its turn. Throws PinFiError, which its sender is told. */
export type VoucherReader = () => Voucher;

/** The way in for vouchers. */
export interface Intake {
  /** Resolves when the voucher is on the disk, refused, or cannot be taken now. Never rejects. */
  submit(read: VoucherReader): Promise<IntakeResult>;
  /** The same for many, in order; one bad voucher does not touch the others. */
  submitMany(readers: readonly VoucherReader[]): Promise<IntakeResult[]>;
  /** Vouchers on their way to the store. */
  waiting(): number;
  /** Resolves when everything submitted so far is decided. Nothing is taken afterwards. */
  close(): Promise<void>;
}

/** Name of the intake among the tasks, for metrics. */
const INTAKE = "intake";
/** A refusal for reasons of the book looks at that book again, at most this often. */
const SECOND_LOOK_MS = 1_000;
/** Vouchers of one batch that are under way at a time: others get their turn in between. */
const VERIFIED_AT_ONCE = 1_000;

export interface IntakeOptions {
  pending: PendingVouchers;
  store: VoucherStore;
  books: BookCache;
  clock: ChainClock;
  metrics: StreamsMetrics;
  engineMetrics: Metrics;
  log: Logger;
  /** Whether a transaction of the configured format can carry the voucher. */
  fits: (voucher: Voucher) => boolean;
  bookCacheMs: number;
  queueLimit: number;
  groupCommit: number;
  /** Unix milliseconds of this host. */
  hostClock: () => number;
}

export function createIntake(options: IntakeOptions): Intake {
  const { pending, store, books, metrics } = options;
  const slices = createSlices();
  let waiting = 0;
  let closed = false;
  const idle: (() => void)[] = [];

  const commit = createGroupCommit<{ kept: KeptVoucher; book: BookView }, IntakeResult>({
    atOnce: options.groupCommit,
    async run(entries) {
      const { unixSeconds } = await options.clock.now();
      const results = entries.map((entry) => offer({ pending, unixSeconds, ...entry }));
      const changes = results.flatMap(({ change }) => (change === undefined ? [] : [change]));
      const dropped = new Set(changes.flatMap(({ dropped: ids }) => ids));
      const insert = changes
        .filter(({ kept }) => !dropped.has(kept.id))
        .map(({ kept, book }) => ({
          signature: kept.id,
          ...pick(placeOf(book, kept.voucher.signer)),
          receivedAtMs: kept.receivedAtMs,
          voucher: JSON.stringify(voucherToJson(kept.voucher)),
        }));
      const seconds = metrics.commitSeconds.startTimer();
      try {
        if (changes.length > 0) await store.change({ insert, remove: [...dropped] });
      } catch (error) {
        for (const { undo } of changes.reverse()) undo();
        const { code, message } = asKeeperError(error);
        options.log.error({ task: INTAKE, code, message, vouchers: changes.length }, "not stored");
        throw error;
      }
      seconds();
      metrics.commitVouchers.observe(entries.length);
      return results.map(({ result }) => result);
    },
  });

  const assess = async (voucher: Voucher, book: BookView | BookProblem) => {
    if (typeof book === "string") return problem(book, voucher);
    const { unixSeconds } = await options.clock.now();
    return slices.run(() => {
      const refusal = judge({
        voucher,
        book,
        best: pending.find(placeOf(book, voucher.signer))?.selection.best ?? [],
        unixSeconds,
        fits: options.fits,
      });
      if (refusal !== undefined) return refusal;
      const isSigned = verifyVoucher({ domain: book.header.voucherDomain, voucher });
      return isSigned ? undefined : BAD_SIGNATURE;
    });
  };

  const decide = async (read: VoucherReader): Promise<IntakeResult> => {
    const voucher = await slices.run(() => parse(read));
    if ("code" in voucher) return { status: "refused", ...voucher };
    const address = voucher.book.toBase58();
    const known = books.known({ address, maxAgeMs: options.bookCacheMs });
    let book = known ?? (await books.get({ address, maxAgeMs: 0 }));
    let refusal = await assess(voucher, book);
    // What has been read for this voucher is not read again for it.
    if (refusal !== undefined && known !== undefined && DEPENDS_ON_BOOK.has(refusal.code)) {
      const fresher = await books.recheck({ address, everyMs: SECOND_LOOK_MS });
      if (fresher !== book) {
        book = fresher;
        refusal = await assess(voucher, book);
      }
    }
    if (refusal !== undefined) return { status: "refused", ...refusal };
    const id = voucherToJson(voucher).signature;
    const kept = { id, voucher, receivedAtMs: options.hostClock() };
    return commit.add({ kept, book: book as BookView });
  };

  const submit = async (read: VoucherReader): Promise<IntakeResult> => {
    const result =
      closed || waiting >= options.queueLimit
        ? unavailable(busy(closed))
        : await counted(() => decide(read));
    metrics.vouchers.inc({
      result: result.status,
      reason: "code" in result ? result.code : "",
    });
    return result;
  };

  const unavailable = (error: unknown): IntakeResult => {
    const { failure, code } = asKeeperError(error);
    options.engineMetrics.failures.inc({ task: INTAKE, failure, code });
    return { status: "unavailable", ...tell(error) };
  };

  const counted = async (run: () => Promise<IntakeResult>): Promise<IntakeResult> => {
    waiting += 1;
    try {
      return await run();
    } catch (error) {
      return unavailable(error);
    } finally {
      waiting -= 1;
      if (waiting === 0) for (const resolve of idle.splice(0)) resolve();
    }
  };

  return {
    submit,
    async submitMany(readers) {
      const results: IntakeResult[] = [];
      for (let at = 0; at < readers.length; at += VERIFIED_AT_ONCE) {
        results.push(...(await Promise.all(readers.slice(at, at + VERIFIED_AT_ONCE).map(submit))));
      }
      return results;
    },
    waiting: () => waiting,
    async close() {
      closed = true;
      if (waiting > 0) await new Promise<void>((resolve) => idle.push(resolve));
    },
  };
}

function offer(args: {
  pending: PendingVouchers;
  kept: KeptVoucher;
  book: BookView;
  unixSeconds: bigint;
}): {
  result: IntakeResult;
  change?: { kept: KeptVoucher; book: BookView; dropped: string[]; undo: () => void };
} {
  const { kept, book, unixSeconds } = args;
  const { signer, targets } = kept.voucher;
  const { selection } = args.pending.place(placeOf(book, signer));
  const delegation = delegationFor({ header: book.header, signer, unixSeconds });
  // Judged again: vouchers that were verified at the same time share one cap.
  const refusal =
    "code" in delegation
      ? delegation
      : judgeCap({ book, delegation, best: selection.best, targets, unixSeconds });
  if (refusal !== undefined) return { result: { status: "refused", ...refusal } };
  const { promised, covered } = coverageOf({ book, targets, unixSeconds });
  const told = { signature: kept.id, promised: String(promised), covered: String(covered) };
  const change = selection.offer(kept, floorOf(book, unixSeconds));
  if (change === undefined) return { result: { status: "superseded", ...told } };
  return { result: { status: "accepted", ...told }, change: { kept, book, ...change } };
}

function parse(read: VoucherReader): Voucher | Refusal {
  try {
    return read();
  } catch (error) {
    if (error instanceof PinFiError) return { code: "MalformedVoucher", message: error.message };
    throw error;
  }
}

const problem = (code: BookProblem, voucher: Voucher): Refusal => ({
  code,
  message:
    code === "UnknownBook"
      ? `there is no account ${voucher.book.toBase58()}`
      : `${voucher.book.toBase58()} is no book of this program`,
});

const busy = (closed: boolean): BusyError =>
  closed
    ? new BusyError("Stopping", "the keeper is stopping: post it again later")
    : new BusyError(
        "QueueFull",
        "too many vouchers are waiting for the store: post it again later",
      );

const pick = ({ book, domain }: { book: string; domain: string }) => ({ book, domain });
