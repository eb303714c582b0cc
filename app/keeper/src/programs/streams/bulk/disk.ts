import { join } from "node:path";
import { type MessagePort, Worker } from "node:worker_threads";
import { StoreError } from "../../../engine/errors";
import { openRows, type Row } from "./rows";

/*
 * The table behind a thread of its own: the bulk thread verifies the next vouchers while the disk
 * confirms the last ones.
 */

type Order = { put: readonly Row[] } | { remove: readonly number[] } | { close: true };
type Reply = { rows: Row[] } | { done: true } | { failed: string };

/** The bulk thread's table. Orders are carried out in the order they are given. */
export interface Disk {
  /** What an earlier run left. */
  rows: Row[];
  /** All or nothing, and on the disk when it resolves. */
  put(rows: readonly Row[]): Promise<void>;
  remove(slots: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

/** Starts the thread. Rejects when the table cannot be opened. */
export async function openDisk(path: string): Promise<Disk> {
  const worker = new Worker(join(__dirname, "thread.cjs"), {
    argv: ["disk"],
    execArgv: [],
    workerData: path,
  });
  const waiting: { resolve(reply: Reply): void; reject(error: Error): void }[] = [];
  const answered = (): Promise<Reply> =>
    new Promise((resolve, reject) => waiting.push({ resolve, reject }));
  const fail = (error: Error): void => {
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  worker.on("message", (reply: Reply) => waiting.shift()?.resolve(reply));
  worker.on("error", fail);
  worker.on("exit", () => fail(new StoreError("the disk thread has ended")));
  const order = async (wanted: Order): Promise<void> => {
    const reply = answered();
    worker.postMessage(wanted);
    const got = await reply;
    if ("failed" in got) throw new StoreError(`could not change the bulk vouchers: ${got.failed}`);
  };

  const first = await answered();
  if (!("rows" in first)) throw new Error("failed" in first ? first.failed : "no rows");
  return {
    rows: first.rows,
    put: (rows) => order({ put: rows }),
    remove: (slots) => order({ remove: slots }),
    close: () => order({ close: true }),
  };
}

/** What runs in the thread. */
export function serveDisk(port: MessagePort, path: string): void {
  const reply = (message: Reply): void => port.postMessage(message);
  const rows = openRows(path);
  reply({ rows: rows.all() });
  port.on("message", (order: Order) => {
    try {
      if ("put" in order) rows.put(order.put);
      else if ("remove" in order) rows.remove(order.remove);
      else rows.close();
      reply({ done: true });
      if ("close" in order) port.close();
    } catch (error) {
      reply({ failed: error instanceof Error ? error.message : String(error) });
    }
  });
}
