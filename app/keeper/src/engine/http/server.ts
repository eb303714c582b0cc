import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import type { Logger } from "pino";
import { asKeeperError, KeeperError, tell } from "../errors";
import type { Metrics } from "../metrics";
import { limitConnections, refuseBeyond } from "./limits";

/** Name of the HTTP servers among the tasks, for metrics. */
const HTTP = "http";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Code of the answer to a body that is no JSON, where the route has a word of its own for it. */
    malformed?: string;
  }
}

const NO_JSON = { code: "MalformedBody", message: "the body is no JSON" };
const BAD_REQUEST = { code: "BadRequest", message: "the request cannot be read" };
/** What fastify itself refuses, in our terms. */
const REFUSALS: Readonly<Record<string, { code: string; message: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: "BodyTooLarge",
    message: "the body is longer than this request may have: post less at a time",
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: "UnsupportedMediaType",
    message: "expected another content-type: application/json, or application/x-ndjson for many",
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: NO_JSON,
  FST_ERR_CTP_INVALID_JSON_BODY: NO_JSON,
};

/** An HTTP server and what fastify does not do with it. */
export interface HttpServer {
  app: FastifyInstance;
  /** Ends all connections, whatever is under way on them. */
  cutOff(): void;
}

/** An HTTP server whose every error is JSON with a `code`; nothing listens yet. */
export function createServer(args: {
  log: Logger;
  metrics: Metrics;
  /** Connections that are served at once. */
  connectionLimit: number;
}): HttpServer {
  const { log, metrics } = args;
  const connections = limitConnections(args.connectionLimit);
  const app = fastify({
    logger: false,
    serverFactory: connections.serverFactory,
    forceCloseConnections: "idle",
    // Prototype-polluting keys are refused instead of silently removed.
    onProtoPoisoning: "error",
    onConstructorPoisoning: "error",
  });
  refuseBeyond(app, connections);
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (error.code !== "TooManyConnections") readOn(request, reply);
    if (status < 500) {
      const { code, message } = refusalOf(error, request);
      return reply.code(status).send({ status: "refused", code, message });
    }
    const { code, message, failure } = asKeeperError(error);
    metrics.failures.inc({ task: HTTP, failure, code });
    if (failure !== "busy") log.error({ path: request.url, code, message }, "request failed");
    return reply
      .code(failure === "internal" ? 500 : 503)
      .header("retry-after", "1")
      .send({ status: "unavailable", ...tell(error) });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ code: "NoSuchRoute", message: `${request.method} ${request.url}` }),
  );
  return { app, cutOff: connections.cutOff };
}

function refusalOf(error: FastifyError, { routeOptions }: FastifyRequest) {
  const refusal = REFUSALS[error.code] ?? BAD_REQUEST;
  const { malformed } = routeOptions.config;
  return refusal === NO_JSON && malformed !== undefined ? { ...refusal, code: malformed } : refusal;
}

/**
 * Passes over the rest of a body that is refused. Fastify would close the connection, and a client
 * that is still sending would find it reset instead of the answer.
 */
function readOn({ raw }: FastifyRequest, reply: FastifyReply): void {
  reply.removeHeader("connection");
  raw.unpipe();
  raw.resume();
}

/**
 * Starts to listen; resolves with the address, such as `http://127.0.0.1:8080`. Rejects with a
 * KeeperError that names the setting (`section`.port) and the port.
 */
export async function listen(
  { app }: HttpServer,
  section: "intake" | "operations",
  { host, port }: { host: string; port: number },
): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    const { code: reason = "no reason given" } = cause as NodeJS.ErrnoException;
    const taken = reason === "EADDRINUSE";
    throw new KeeperError({
      failure: "config",
      code: taken ? "PortTaken" : "CannotListen",
      message: taken
        ? `${section}.port: port ${port} on ${host} is taken by another process; stop that one, or set another port`
        : `${section}.host, ${section}.port: cannot listen on port ${port} of ${host} (${reason})`,
      cause,
    });
  }
}
