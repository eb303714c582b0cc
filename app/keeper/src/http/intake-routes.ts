import type { FastifyInstance, FastifyReply } from "fastify";
import type { BulkIntake } from "../bulk/intake";
import type { BookCache } from "../chain/book-cache";
import type { ChainClock } from "../chain/clock";
import type { Config } from "../config/schema";
import { REFUSAL_STATUS } from "../vouchers/admission";
import type { Intake, Outcome } from "../vouchers/intake";
import type { Shelf } from "../vouchers/shelf";
import { describeBook, type VoucherStats } from "./views";

export interface IntakeRouteOptions {
  config: Config["intake"];
  intake: Intake;
  bulk: BulkIntake;
  books: BookCache;
  shelf: Shelf;
  clock: ChainClock;
  stats: () => Promise<VoucherStats>;
}

/** Bytes of an address in base58, at most. */
const ADDRESS_LENGTH = 44;
const NDJSON = "application/x-ndjson";

/** Routes for those who post vouchers. */
export function addIntakeRoutes(app: FastifyInstance, options: IntakeRouteOptions): void {
  const { config, intake } = options;

  app.addContentTypeParser(NDJSON, { parseAs: "string" }, (_request, body, done) => {
    done(null, String(body).split("\n").filter(isFilled).map(parseLine));
  });

  app.post("/vouchers", { bodyLimit: config.bodyLimitBytes }, async (request, reply) => {
    const outcome = await intake.submit(request.body);
    return answer(reply, outcome);
  });

  app.post("/vouchers/batch", { bodyLimit: config.batchBodyLimitBytes }, async (request, reply) => {
    const { body } = request;
    if (!Array.isArray(body)) {
      const message = `expected a JSON array of vouchers, or ${NDJSON} with one a line`;
      return answer(reply, { status: "refused", code: "MalformedVoucher", message });
    }
    if (body.length > config.batchLimit) {
      const message = `expected at most ${config.batchLimit} vouchers, found ${body.length}`;
      return reply.code(413).send({ status: "refused", code: "BatchTooLarge", message });
    }
    const results = await intake.submitMany(body);
    return reply.send({ ...tally(results), results });
  });

  addBulkRoute(app, options);

  app.get("/vouchers/stats", () => options.stats());

  app.get<{ Params: { address: string } }>("/books/:address", async (request, reply) => {
    const { address } = request.params;
    if (!/^[1-9A-HJ-NP-Za-km-z]+$/.test(address) || address.length > ADDRESS_LENGTH) {
      return reply
        .code(400)
        .send({ code: "MalformedAddress", message: "expected a base58 address" });
    }
    const book = await options.books.get({ address, maxAgeMs: config.bookCacheMs });
    if (typeof book === "string") {
      const message = `${address} is no book of this program`;
      return reply.code(404).send({ code: book, message });
    }
    const { unixSeconds } = await options.clock.now();
    return describeBook({ book, shelf: options.shelf, unixSeconds });
  });
}

/** Feeds: the bytes as they come, one voucher a line; the answer has numbers instead of results. */
function addBulkRoute(app: FastifyInstance, { config, bulk }: IntakeRouteOptions): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(NDJSON, { parseAs: "buffer" }, (_request, body, done) => {
      done(null, body);
    });
    scope.post<{ Body: Buffer | undefined }>(
      "/vouchers/bulk",
      { bodyLimit: config.batchBodyLimitBytes },
      async ({ body }) => bulk.feed(body ?? Buffer.alloc(0)),
    );
  });
}

/** 202 once durable, 200 when there is as much already, 4xx when refused, 503 to be posted again. */
function answer(reply: FastifyReply, outcome: Outcome): FastifyReply {
  switch (outcome.status) {
    case "accepted":
      return reply.code(202).send(outcome);
    case "superseded":
      return reply.code(200).send(outcome);
    case "refused":
      return reply.code(REFUSAL_STATUS[outcome.code]).send(outcome);
    case "unavailable":
      return reply.code(503).header("retry-after", "1").send(outcome);
  }
}

function tally(results: readonly Outcome[]): Record<Outcome["status"], number> {
  const counts = { accepted: 0, superseded: 0, refused: 0, unavailable: 0 };
  for (const { status } of results) counts[status] += 1;
  return counts;
}

const isFilled = (line: string): boolean => line.trim() !== "";

/** A line that is no JSON stays text, which the voucher reader refuses by name: the others go on. */
function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
