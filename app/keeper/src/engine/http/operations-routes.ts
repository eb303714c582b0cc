import type { FastifyInstance } from "fastify";
import type { Health } from "../health";
import type { Metrics } from "../metrics";

/** Routes for those who run the keeper. */
export function addOperationsRoutes(
  app: FastifyInstance,
  options: { health: Health; metrics: Metrics; measure: () => void },
): void {
  const { health, metrics, measure } = options;

  app.get("/metrics", async (_request, reply) => {
    measure();
    const text = await metrics.registry.metrics();
    return reply.type(metrics.registry.contentType).send(text);
  });

  app.get("/healthz", (_request, reply) => {
    const live = health.live();
    return reply.code(live.ok ? 200 : 503).send(live);
  });

  app.get("/readyz", async (_request, reply) => {
    const ready = await health.ready();
    return reply.code(ready.ok ? 200 : 503).send(ready);
  });
}
