import { voucherFromJson } from "@pinfi/sdk/streams";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { ChainClock } from "../../../engine/chain/clock";
import { arrayPieces, ndjsonPieces, type Piece, type Pieces } from "../../../engine/http/pieces";
import { inSlices } from "../../../engine/slices";
import type { BookCache } from "../books/book-cache";
import type { BulkIntake } from "../bulk/intake";
import type { StreamsConfig } from "../config";
import { REFUSAL_STATUS } from "../vouchers/admission";
import type { Intake, IntakeResult } from "../vouchers/intake";
import type { PendingVouchers } from "../vouchers/pending";
import { readVoucher } from "../vouchers/read";
import { describeBook, type VoucherStats } from "./views";

export interface IntakeRouteOptions {
  config: StreamsConfig["intake"];
  intake: Intake;
  bulk: BulkIntake;
  books: BookCache;
  pending: PendingVouchers;
  clock: ChainClock;
  stats: () => Promise<VoucherStats>;
}

/** Lines of a book in one answer. */
const PAGE_LINES = 1_000;
/** Bytes of an address in base58, at most. */
const ADDRESS_LENGTH = 44;
const NDJSON = "application/x-ndjson";
const JSON_TYPE = "application/json";

/** Routes for those who post vouchers. */
export function addIntakeRoutes(app: FastifyInstance, options: IntakeRouteOptions): void {
  const { config, intake } = options;
  const { bodyLimitBytes: bodyLimit } = config;

  app.post(
    "/vouchers",
    { bodyLimit, config: { malformed: "MalformedVoucher" } },
    async ({ body }, reply) => {
      const result = await intake.submit(() => voucherFromJson(body));
      return answer(reply, result);
    },
  );

  addBatchRoute(app, options);
  addBulkRoute(app, options);

  app.get("/vouchers/stats", () => options.stats());

  app.get<{
    Params: { address: string };
    Querystring: { from?: unknown; limit?: unknown };
  }>("/books/:address", async (request, reply) => {
    const { address } = request.params;
    const from = wholeNumber(request.query.from ?? "0");
    const limit = wholeNumber(request.query.limit ?? String(PAGE_LINES));
    if (from === undefined || limit === undefined || limit === 0 || limit > PAGE_LINES) {
      const message = `expected from=LINE (0 or more) and limit=LINES (1 to ${PAGE_LINES})`;
      return reply.code(400).send({ code: "MalformedQuery", message });
    }
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
    return describeBook({ book, pending: options.pending, unixSeconds, from, limit });
  });
}

/** Batches: the answer has a result for each voucher, in order. */
function addBatchRoute(app: FastifyInstance, { config, intake }: IntakeRouteOptions): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    const parsed = { parseAs: "buffer" } as const;
    scope.addContentTypeParser(JSON_TYPE, parsed, async (_: unknown, body: Buffer) =>
      arrayPieces(body),
    );
    scope.addContentTypeParser(NDJSON, parsed, async (_: unknown, body: Buffer) =>
      ndjsonPieces(body),
    );
    scope.post<{ Body: Pieces | undefined }>(
      "/vouchers/batch",
      { bodyLimit: config.batchBodyLimitBytes },
      async ({ body }, reply) => {
        const found = body === undefined ? "no array" : await takeApart(body, config.batchLimit);
        if (found === "too many") return answerTooMany(reply, config);
        if (found === "no array") {
          const message = `expected a JSON array of vouchers, or ${NDJSON} with one a line`;
          return answer(reply, { status: "refused", code: "MalformedVoucher", message });
        }
        const readers = found.map((piece) => () => readVoucher(piece.text));
        const results = await intake.submitMany(readers);
        return reply.send({ ...tally(results), results });
      },
    );
  });
}

/** Feeds: the bytes as they come, one voucher a line; the answer has numbers instead of results. */
function addBulkRoute(app: FastifyInstance, { config, bulk }: IntakeRouteOptions): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      NDJSON,
      { parseAs: "buffer" },
      async (_: unknown, body: Buffer) => body,
    );
    scope.post<{ Body: Buffer | undefined }>(
      "/vouchers/bulk",
      { bodyLimit: config.batchBodyLimitBytes },
      async ({ body = Buffer.alloc(0) }, reply) => {
        const found = await takeApart(ndjsonPieces(body), config.batchLimit);
        return found === "too many" ? answerTooMany(reply, config) : bulk.feed(body);
      },
    );
  });
}

/** All pieces; or why there are none, as soon as that is known. */
async function takeApart(
  pieces: Pieces,
  limit: number,
): Promise<Piece[] | "too many" | "no array"> {
  const found: Piece[] = [];
  try {
    const complete = await inSlices(
      pieces,
      (piece) => piece === undefined || found.push(piece) <= limit,
    );
    return complete ? found : "too many";
  } catch (error) {
    if (error instanceof SyntaxError) return "no array";
    throw error;
  }
}

function answerTooMany(reply: FastifyReply, { batchLimit }: StreamsConfig["intake"]): FastifyReply {
  const message = `expected at most ${batchLimit} vouchers, found more: post them in parts`;
  return reply.code(413).send({ status: "refused", code: "BatchTooLarge", message });
}

/** 202 once durable, 200 when there is as much already, 4xx when refused, 503 to be posted again. */
function answer(reply: FastifyReply, result: IntakeResult): FastifyReply {
  switch (result.status) {
    case "accepted":
      return reply.code(202).send(result);
    case "superseded":
      return reply.code(200).send(result);
    case "refused":
      return reply.code(REFUSAL_STATUS[result.code]).send(result);
    case "unavailable":
      return reply.code(503).header("retry-after", "1").send(result);
  }
}

function tally(results: readonly IntakeResult[]): Record<IntakeResult["status"], number> {
  const counts = { accepted: 0, superseded: 0, refused: 0, unavailable: 0 };
  for (const { status } of results) counts[status] += 1;
  return counts;
}

/** A whole number of at most five digits. */
const wholeNumber = (text: unknown): number | undefined =>
  typeof text === "string" && /^\d{1,5}$/.test(text) ? Number(text) : undefined;
