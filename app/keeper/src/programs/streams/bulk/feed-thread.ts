import type { MessagePort } from "node:worker_threads";
import { maxDenseTargets, packedLength } from "@pinfi/sdk/streams";
import { asKeeperError, BusyError, KeeperError } from "../../../engine/errors";
import { createTemplateSigner, type SigningThreadData } from "../../../engine/tx/template-signer";
import { SETTLE_SIGNING } from "../signing";
import { createAcceptedVouchers } from "./accepted-vouchers";
import type { BulkVoucher } from "./bulk-voucher";
import { createCommit } from "./commit";
import { signerOf } from "./crypto";
import { openDisk } from "./disk";
import { takeFeed } from "./feed";
import { createKnownBooks } from "./known-books";
import { type Batch, createOutbox } from "./outbox";
import type { FromThread, ThreadOptions, ToThread, TransactionResult } from "./protocol";
import { createReconciler, type Testified } from "./reconciler";

/*
 * The bulk thread: reads feeds, verifies, stores, makes and signs transactions, and checks what the
 * chain has recorded. The keeper's own thread only carries bytes between it, HTTP and the cluster.
 */

/** What runs in the thread. */
export async function serveBulk(
  port: MessagePort,
  { key, data: options }: SigningThreadData<ThreadOptions>,
): Promise<void> {
  const disk = await openDisk(options.path);
  const mostTargets = maxDenseTargets(options.format);
  const accepted = createAcceptedVouchers(disk.rows, packedLength(mostTargets));
  type Answer = Extract<ToThread, { type: "books" | "testimony" }>;
  const questions = new Map<
    number,
    { resolve(answer: Answer): void; reject(error: Error): void }
  >();
  let question = 0;
  let stopping = false;
  const tell = (message: FromThread): void => port.postMessage(message);

  const ask = (level: "working" | "finalized", addresses: string[]): Promise<Answer> =>
    new Promise((resolve, reject) => {
      question += 1;
      questions.set(question, { resolve, reject });
      tell({ type: "read", id: question, level, addresses });
    });
  const knownBooks = createKnownBooks({
    accepted,
    async ask(books) {
      const answer = await ask("working", books);
      if (answer.type !== "books") throw new Error("asked for the working level");
      knownBooks.learn(knownBooks.view(answer.books, answer.unixSeconds), answer.unixSeconds);
    },
    hostClock: Date.now,
  });
  const testify = async (addresses: string[]): Promise<Testified> => {
    const answer = await ask("finalized", addresses);
    if (answer.type !== "testimony") throw new Error("asked for the finalized level");
    const { needed, isCertain } = answer;
    const readings = answer.readings.map(({ books, unixSeconds }) => ({
      states: knownBooks.view(books, unixSeconds),
      unixSeconds,
    }));
    // The next transactions are made by what the chain says now, the cause of a refusal included.
    const [first] = readings;
    if (first !== undefined) knownBooks.learn(first.states, first.unixSeconds);
    return { readings, needed, isCertain };
  };
  const outbox = createOutbox({
    options,
    signer: createTemplateSigner({ key, policy: SETTLE_SIGNING, signerOf }),
    knownBooks,
    putOff: (voucher) => reconciler.putOff(voucher),
    recorded: (voucher) => {
      voucher.phase = "landed";
      reconciler.landed(1);
    },
    hostClock: Date.now,
  });
  const reconciler = createReconciler({
    accepted,
    knownBooks,
    disk,
    testify,
    keepSettledMs: options.keepSettledMs,
    again: (vouchers) => {
      outbox.add(vouchers);
      send();
    },
    idle: () => feeding === 0 && outbox.waiting() === 0 && underWay === 0,
    tell: ({ checked, unrecorded }) =>
      tell({
        type: "state",
        unsettled: accepted.unsettled(),
        waiting: outbox.waiting() + underWay,
        checked,
        unrecorded,
      }),
    hostClock: Date.now,
  });

  const batches = new Map<number, Batch>();
  let batchId = 0;
  let underWay = 0;
  let feeding = 0;
  let roomWanted: (() => void)[] = [];
  const isFull = (): boolean => outbox.waiting() + underWay >= options.waitingLimit;
  const giveRoom = (): void => {
    const waiting = roomWanted;
    if (waiting.length === 0 || isFull()) return;
    roomWanted = waiting.slice(1);
    waiting[0]?.();
  };
  const send = (): void => {
    for (let batch = outbox.next(); batch !== undefined; batch = outbox.next()) {
      const { vouchers, memory, lengths } = batch;
      underWay += vouchers.length;
      batchId += 1;
      batches.set(batchId, batch);
      const targets = vouchers.reduce((sum, { packed }) => sum + packed.count, 0);
      const [{ receivedAtMs } = { receivedAtMs: Date.now() }] = vouchers;
      tell({ type: "send", id: batchId, memory, lengths, targets, receivedAtMs });
    }
    const wants = outbox.wants();
    if (wants.length > 0) tell({ type: "starved", wants });
    giveRoom();
  };
  const commit = createCommit({
    disk,
    accepted,
    knownBooks,
    stored(vouchers) {
      outbox.add(vouchers);
      send();
    },
  });
  const feedOptions = {
    accepted,
    knownBooks,
    commit,
    rules: { mostTargets, minEarns: Number(options.minEarns) },
    isCrowded: outbox.isCrowded,
    bookCacheMs: options.bookCacheMs,
    room: async () => {
      while (isFull() || roomWanted.length > 0) {
        await new Promise<void>((resolve) => roomWanted.push(resolve));
        if (!isFull()) return;
      }
    },
    hostClock: Date.now,
  };

  const settled = (id: number, results: readonly TransactionResult[]): void => {
    const batch = batches.get(id);
    if (batch === undefined) return;
    batches.delete(id);
    underWay -= batch.vouchers.length;
    outbox.answered(batch);
    reconciler.landed(results.filter((result) => result === "landed").length);
    const again: BulkVoucher[] = [];
    for (const [index, voucher] of batch.vouchers.entries()) {
      if (results[index] === "landed") voucher.phase = "landed";
      else if (results[index] === "failed") reconciler.refused(voucher);
      else {
        voucher.phase = "stored";
        again.push(voucher);
      }
    }
    outbox.add(again);
    send();
  };

  const feed = async (id: number, body: Uint8Array): Promise<void> => {
    feeding += 1;
    try {
      if (stopping) throw new BusyError("Stopping", "the keeper is stopping: post it again later");
      const { answer, rest } = await takeFeed(body, feedOptions);
      port.postMessage({ type: "fed", id, answer, rest } satisfies FromThread, [
        rest.bytes.buffer as ArrayBuffer,
      ]);
    } catch (error) {
      const { failure, code, message } = asKeeperError(error);
      tell({ type: "unavailable", id, failure, code, message });
    } finally {
      feeding -= 1;
    }
    giveRoom();
  };

  port.on("message", (message: ToThread) => {
    switch (message.type) {
      case "feed":
        return void feed(message.id, message.body);
      case "books":
      case "testimony":
        questions.get(message.id)?.resolve(message);
        questions.delete(message.id);
        return;
      case "unread":
        questions.get(message.id)?.reject(new KeeperError(message));
        questions.delete(message.id);
        return;
      case "blockhash":
        outbox.freshen(message.blockhash);
        return send();
      case "allow":
        for (const { book, transactions } of message.grants) outbox.allow(book, transactions);
        return send();
      case "results":
        return settled(message.id, message.results);
      case "stop":
        stopping = true;
        void reconciler
          .stop()
          .then(() => disk.close())
          .finally(() => port.close());
    }
  });
  // What an earlier run accepted goes on as if it had just been stored.
  void reconciler.resume();
}
