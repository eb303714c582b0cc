import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { maxDenseTargets, packedLength } from "@pinfi/sdk";
import { asKeeperError, BusyError, KeeperError } from "../errors";
import { createCommit } from "./commit";
import { openDisk } from "./disk";
import { takeFeed } from "./feed";
import type { Held } from "./held";
import { createHoldings } from "./holdings";
import { createLibrary } from "./library";
import { createOutbox, type Parcel } from "./outbox";
import type { FromThread, Outcome, ThreadOptions, ToThread } from "./protocol";
import { createSweep } from "./sweep";

/*
 * The bulk thread: reads feeds, verifies, stores, makes and signs transactions, and checks what the
 * chain has recorded. The keeper's own thread only carries bytes between it, HTTP and the cluster.
 */

async function start(port: MessagePort, options: ThreadOptions): Promise<void> {
  const disk = await openDisk(options.path);
  const mostTargets = maxDenseTargets(options.format);
  const holdings = createHoldings(disk.rows, packedLength(mostTargets));
  const questions = new Map<number, { resolve(): void; reject(error: Error): void }>();
  let question = 0;
  let stopping = false;
  const tell = (message: FromThread): void => port.postMessage(message);

  const ask = (level: "working" | "finalized", addresses: string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      question += 1;
      questions.set(question, { resolve, reject });
      tell({ type: "read", id: question, level, addresses });
    });
  const library = createLibrary({
    holdings,
    ask: (books) => ask("working", books),
    hostClock: Date.now,
  });
  const outbox = createOutbox({ options, library, putOff: (held) => sweep.putOff(held) });
  const sweep = createSweep({
    holdings,
    library,
    disk,
    finalized: (books) => ask("finalized", books),
    again: (held) => {
      outbox.add(held);
      send();
    },
    idle: () => feeding === 0 && outbox.waiting() === 0 && underWay === 0,
    tell: ({ checked, unrecorded }) =>
      tell({
        type: "state",
        held: holdings.size(),
        waiting: outbox.waiting() + underWay,
        checked,
        unrecorded,
      }),
    hostClock: Date.now,
  });

  const parcels = new Map<number, Parcel>();
  let parcelId = 0;
  let underWay = 0;
  let feeding = 0;
  let roomWanted: (() => void)[] = [];
  const isFull = (): boolean => outbox.waiting() + underWay >= options.heldLimit;
  const giveRoom = (): void => {
    const waiting = roomWanted;
    if (waiting.length === 0 || isFull()) return;
    roomWanted = waiting.slice(1);
    waiting[0]?.();
  };
  const send = (): void => {
    for (let parcel = outbox.next(); parcel !== undefined; parcel = outbox.next()) {
      const { held, memory, lengths } = parcel;
      underWay += held.length;
      parcelId += 1;
      parcels.set(parcelId, parcel);
      const targets = held.reduce((sum, { packed }) => sum + packed.count, 0);
      const [{ receivedAtMs } = { receivedAtMs: Date.now() }] = held;
      tell({ type: "send", id: parcelId, memory, lengths, targets, receivedAtMs });
    }
    if (outbox.starved()) tell({ type: "starved" });
    giveRoom();
  };
  const commit = createCommit({
    disk,
    holdings,
    library,
    stored(held) {
      outbox.add(held);
      send();
    },
  });
  const feedOptions = {
    holdings,
    library,
    commit,
    rules: { mostTargets, minRaise: Number(options.minRaise) },
    bookCacheMs: options.bookCacheMs,
    batchLimit: options.batchLimit,
    room: async () => {
      while (isFull() || roomWanted.length > 0) {
        await new Promise<void>((resolve) => roomWanted.push(resolve));
        if (!isFull()) return;
      }
    },
    hostClock: Date.now,
  };

  const settled = (id: number, outcomes: readonly Outcome[]): void => {
    const parcel = parcels.get(id);
    if (parcel === undefined) return;
    parcels.delete(id);
    underWay -= parcel.held.length;
    outbox.answered(parcel);
    sweep.landed(outcomes.filter((outcome) => outcome === "landed").length);
    const again: Held[] = [];
    for (const [index, held] of parcel.held.entries()) {
      if (outcomes[index] === "landed") held.phase = "landed";
      else if (outcomes[index] === "failed") sweep.refused(held);
      else {
        held.phase = "stored";
        again.push(held);
      }
    }
    outbox.add(again);
    send();
  };

  const feed = async (id: number, body: Uint8Array): Promise<void> => {
    feeding += 1;
    try {
      if (stopping) throw new BusyError("Stopping", "the keeper is stopping: post it again later");
      tell({ type: "fed", id, ...(await takeFeed(body, feedOptions)) });
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
        library.learn(message.books, message.unixSeconds);
        questions.get(message.id)?.resolve();
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
        outbox.allow(message.transactions);
        return send();
      case "outcomes":
        return settled(message.id, message.outcomes);
      case "stop":
        stopping = true;
        void sweep
          .stop()
          .then(() => disk.close())
          .finally(() => port.close());
    }
  });
  // What an earlier run accepted goes on as if it had just been stored.
  void sweep.resume();
}

if (parentPort !== null) void start(parentPort, workerData as ThreadOptions);
