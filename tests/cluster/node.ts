import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";

/** Where `build.mjs` leaves the node. */
const BINARY = join(__dirname, "../../target/cluster-node");
/** Longest wait for a node to answer, ms. */
const START_MS = 60_000;

/** A node in a process of its own. */
export interface Node {
  /** Its JSON-RPC address; WebSocket is one port higher, where web3.js looks for it. */
  url: string;
  port: number;
  /** SIGKILL, and wait for the end. What it had answered is in its database. */
  kill(): Promise<void>;
  /** Resolves with the last it wrote when it has ended, for whatever reason. */
  ended: Promise<string>;
}

/**
 * Starts a node on `port` and `port + 1`, with the chain in the file `database`, which a later one
 * goes on with, and with feature gates open that mainnet has not opened yet. Resolves when it
 * answers; rejects with what it wrote when it ends before.
 */
export async function startNode(args: {
  port: number;
  database: string;
  features?: readonly string[];
}): Promise<Node> {
  const { port, database, features = [] } = args;
  if (!existsSync(BINARY)) throw new Error("the node is not built: node tests/cluster/build.mjs");
  // It ends when its standard input does, and so with this process.
  const child: ChildProcess = spawn(BINARY, [String(port), database, ...features], {
    stdio: "pipe",
  });
  let written = "";
  const ended = once(child, "close").then(() => written);
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (data) => {
        written = (written + data).slice(-10_000);
        if (/^ready$/m.test(written)) resolve();
      });
    }
    child.once("error", reject);
    child.once("close", () => reject(new Error(`the node ended: ${written}`)));
    setTimeout(() => reject(new Error(`the node is not ready: ${written}`)), START_MS).unref();
  });
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  await ready.catch(async (error) => {
    await kill();
    throw error;
  });
  return { url: `http://127.0.0.1:${port}`, port, kill, ended };
}

/** A free port whose successor is free too: HTTP and WebSocket. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const port = await tryPort(0);
    if (port !== undefined && (await tryPort(port + 1)) !== undefined) return port;
  }
}

/** Listens and stops listening: the port, or undefined where it is taken. */
async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}
