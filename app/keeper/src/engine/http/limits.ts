import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";
import { type Readable, Transform } from "node:stream";
import type { FastifyInstance, FastifyServerFactory } from "fastify";
import { BusyError } from "../errors";

/** Longest time that a client may take for a request, and for doing nothing: slow ones must not gather. */
const REQUEST_TIMEOUT_MS = 30_000;
const KEEP_ALIVE_MS = 72_000;
/** Requests that take too long are looked for this often. */
const LOOK_MS = 5_000;
/** Connections beyond the limit that are still told so, for each one within it. */
const TOLD = 2;

/** Connections of one HTTP server, those beyond its limit known by name. */
export interface Connections {
  serverFactory: FastifyServerFactory;
  /** Ends all of them. */
  cutOff(): void;
  /** Whether it came when there were as many as there may be, and there still are. */
  isBeyond(socket: Socket): boolean;
}

/**
 * At most `limit` connections are served. When one more comes, idle ones are closed to make room; if
 * there is none, its requests are to be refused, and beyond twice the limit it is closed at once.
 */
export function limitConnections(limit: number): Connections {
  const servers: Server[] = [];
  const beyond = new WeakSet<Socket>();
  let open = 0;
  const serverFactory: FastifyServerFactory = (handler) => {
    const server = createServer({ connectionsCheckingInterval: LOOK_MS }, handler);
    server.requestTimeout = REQUEST_TIMEOUT_MS;
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    server.setTimeout(REQUEST_TIMEOUT_MS);
    server.maxConnections = TOLD * limit;
    server.on("connection", (socket: Socket) => {
      open += 1;
      socket.once("close", () => {
        open -= 1;
      });
      if (open <= limit) return;
      beyond.add(socket);
      server.closeIdleConnections();
    });
    servers.push(server);
    return server;
  };
  return {
    serverFactory,
    cutOff() {
      for (const server of servers) server.closeAllConnections();
    },
    isBeyond: (socket) => open > limit && beyond.has(socket),
  };
}

/** Refuses requests on connections beyond the limit. */
export function refuseBeyond(app: FastifyInstance, connections: Connections): void {
  app.addHook("onRequest", async (request, reply) => {
    if (!connections.isBeyond(request.raw.socket)) return;
    reply.header("connection", "close");
    throw new BusyError("TooManyConnections", "too many connections are open: post it again later");
  });
}

/**
 * Bounds the bytes of all bodies that are under way, from their arrival until the answer. The first
 * `free` of each do not count: what is posted piece by piece gets through beside large feeds.
 */
export function limitBytes(
  app: FastifyInstance,
  { free, limit }: { free: number; limit: number },
): void {
  const beyond = (bytes: number): number => Math.max(0, bytes - free);
  let underWay = 0;
  app.addHook("preParsing", async (request, reply, payload) => {
    const declared = Number(request.headers["content-length"] ?? 0);
    // What is too long for its route anyhow is told that instead.
    const mayFit = declared <= (request.routeOptions.bodyLimit ?? 0);
    if (mayFit && underWay + beyond(declared) > limit) throw tooMany();
    let received = 0;
    reply.raw.once("close", () => {
      underWay -= beyond(received);
    });
    const counted = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        const more = beyond(received + chunk.length) - beyond(received);
        if (underWay + more > limit) return done(tooMany());
        received += chunk.length;
        underWay += more;
        done(null, chunk);
      },
    });
    // Once a request is refused nobody reads it any more, and nobody need be told that it broke off.
    counted.on("error", () => undefined);
    (payload as Readable).on("error", (error) => counted.destroy(error)).pipe(counted);
    return counted;
  });
}

const tooMany = (): BusyError =>
  new BusyError("TooManyBytes", "too many bytes are under way: post it again later");
