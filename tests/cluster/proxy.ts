import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { connect, createServer as createTcpServer, type Socket } from "node:net";
import { freePorts } from "./node";

/** What goes wrong between a client and the node; every nth request, 0: never. */
export interface Faults {
  /** Answered 429 without asking the node. */
  busyEvery: number;
  /** Carried out by the node, but the connection is cut before the answer. */
  loseEvery: number;
  /** All connections are cut, at once and anew: nothing gets through. */
  down: boolean;
}

const NONE: Faults = { busyEvery: 0, loseEvery: 0, down: false };

/** Stands between clients and a node, and makes its connections as bad as they are out there. */
export interface NodeProxy {
  /** As of a node: WebSocket is one port higher. */
  url: string;
  /** Replaces the faults by these; those left out are off. */
  set(faults: Partial<Faults>): void;
  /** Cuts all WebSocket connections; new ones are let through. */
  cutSockets(): void;
  /** Resolves when the node has answered all it was asked. */
  idle(): Promise<void>;
  /** How many requests each fault has hit, and the WebSocket connections made so far. */
  counts(): { busy: number; lost: number; sockets: number };
  close(): Promise<void>;
}

/** Starts a proxy for the node on `port` (HTTP) and `port + 1` (WebSocket). */
export async function startProxy({ port }: { port: number }): Promise<NodeProxy> {
  let faults = NONE;
  let requests = 0;
  const counts = { busy: 0, lost: 0, sockets: 0 };
  const atWork = new Set<Promise<unknown>>();
  const clients = new Set<Socket>();
  const tunnels = new Set<Socket>();

  const hits = (every: number): boolean => every > 0 && requests % every === 0;

  const serve = async (asked: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const body = await bodyOf(asked);
    requests += 1;
    if (hits(faults.busyEvery)) {
      counts.busy += 1;
      answer.writeHead(429, { "content-type": "application/json", "retry-after": "1" });
      answer.end('{"jsonrpc":"2.0","error":{"code":429,"message":"Too many requests"},"id":null}');
      return;
    }
    const lose = hits(faults.loseEvery);
    const work = forward({ port, body });
    atWork.add(work);
    try {
      const { status, text } = await work;
      if (lose) {
        counts.lost += 1;
        answer.destroy();
      } else {
        answer.writeHead(status, { "content-type": "application/json" });
        answer.end(text);
      }
    } finally {
      atWork.delete(work);
    }
  };

  const http = createServer((asked, answer) => {
    serve(asked, answer).catch(() => answer.destroy());
  });
  http.on("connection", (socket) => {
    if (faults.down) socket.destroy();
    else remember(clients, socket);
  });

  const sockets = createTcpServer((client) => {
    if (faults.down) return void client.destroy();
    counts.sockets += 1;
    const upstream = connect(port + 1, "127.0.0.1");
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      remember(tunnels, one);
      one.on("error", () => other.destroy()).on("close", () => other.destroy());
      one.pipe(other);
    }
  });

  const own = await freePorts();
  http.listen(own, "127.0.0.1");
  sockets.listen(own + 1, "127.0.0.1");
  await Promise.all([once(http, "listening"), once(sockets, "listening")]);

  const cutSockets = (): void => destroyAll(tunnels);
  return {
    url: `http://127.0.0.1:${own}`,
    set(next) {
      faults = { ...NONE, ...next };
      if (!faults.down) return;
      destroyAll(clients);
      cutSockets();
    },
    cutSockets,
    idle: async () => void (await Promise.allSettled(atWork)),
    counts: () => ({ ...counts }),
    async close() {
      destroyAll(clients);
      cutSockets();
      await Promise.all([http, sockets].map((server) => new Promise((done) => server.close(done))));
    },
  };
}

function remember(set: Set<Socket>, socket: Socket): void {
  set.add(socket);
  socket.on("close", () => set.delete(socket));
}

function destroyAll(sockets: Set<Socket>): void {
  for (const socket of sockets) socket.destroy();
}

async function bodyOf(stream: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

async function forward(args: {
  port: number;
  body: Buffer;
}): Promise<{ status: number; text: Buffer }> {
  const asking = request({
    port: args.port,
    host: "127.0.0.1",
    method: "POST",
    headers: { "content-type": "application/json", "content-length": args.body.length },
  });
  asking.end(args.body);
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  return { status: answer.statusCode ?? 502, text: await bodyOf(answer) };
}
