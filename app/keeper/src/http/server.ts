import fastify, { type FastifyError, type FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { asKeeperError } from "../errors";

/** Longest time that a client may take for a request: slow senders must not gather. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Codes of what fastify itself refuses, in our terms. */
const CODES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "BodyTooLarge",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "UnsupportedMediaType",
  FST_ERR_CTP_EMPTY_JSON_BODY: "MalformedVoucher",
  FST_ERR_CTP_INVALID_JSON_BODY: "MalformedVoucher",
};

/** An HTTP server whose every error is JSON with a `code`; nothing listens yet. */
export function createServer(args: { log: Logger }): FastifyInstance {
  const { log } = args;
  const app = fastify({
    logger: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: "idle",
    // Prototype-polluting keys are refused instead of silently removed.
    onProtoPoisoning: "error",
    onConstructorPoisoning: "error",
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) {
      const code = CODES[error.code] ?? "BadRequest";
      return reply.code(status).send({ status: "refused", code, message: error.message });
    }
    const { code, message, failure } = asKeeperError(error);
    log.error({ path: request.url, code, message }, "request failed");
    const known = failure !== "internal";
    return reply
      .code(known ? 503 : 500)
      .header("retry-after", "1")
      .send({ status: "unavailable", code, message: known ? message : "see the keeper's log" });
  });
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ code: "NoSuchRoute", message: `${request.method} ${request.url}` }),
  );
  return app;
}

/** Starts to listen; resolves with the address, such as `http://127.0.0.1:8080`. */
export function listen(
  app: FastifyInstance,
  where: { host: string; port: number },
): Promise<string> {
  return app.listen({ host: where.host, port: where.port });
}
