import { readdirSync, readFileSync } from "node:fs";

/** Processor time of this process since it started, in nanoseconds. */
export interface ProcessorTime {
  /** Of the thread that runs the cluster. */
  main: number;
  /** Of all threads. */
  all: number;
  /** Nanoseconds that the main thread could have run and no processor was free. */
  mainWaited: number;
}

/**
 * Reads the kernel's own account of each thread (Linux): what other processes of a busy machine
 * take away shows as waiting instead of as time of ours. Zeros elsewhere.
 */
export function processorTime(): ProcessorTime {
  const times: ProcessorTime = { main: 0, all: 0, mainWaited: 0 };
  let threads: string[];
  try {
    threads = readdirSync("/proc/self/task");
  } catch {
    return times;
  }
  for (const thread of threads) {
    const [ran, waited] = schedule(thread);
    times.all += ran;
    if (thread !== String(process.pid)) continue;
    times.main = ran;
    times.mainWaited = waited;
  }
  return times;
}

function schedule(thread: string): [ran: number, waited: number] {
  try {
    const [ran = "0", waited = "0"] = readFileSync(
      `/proc/self/task/${thread}/schedstat`,
      "utf8",
    ).split(" ");
    return [Number(ran), Number(waited)];
  } catch {
    // The thread has ended in between.
    return [0, 0];
  }
}
