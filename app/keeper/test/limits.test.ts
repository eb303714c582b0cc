import { once } from "node:events";
import { Agent, request } from "node:http";
import { connect, type Socket } from "node:net";
import { packVoucher, type Voucher } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { type Running, startOn } from "./support/running";
import { STILL_MS, watched } from "./support/watched";
import { createWorld, type OpenBook, type World } from "./support/world";

const NDJSON = "application/x-ndjson";
const JSON_TYPE = "application/json";
const MEGABYTE = 1_048_576;
/** One body for all senders, so that what they hold is not taken for the keeper's. */
const ONES = Buffer.alloc(15 * MEGABYTE, "1");
/** More than half of what a v0 transaction takes: the bulk thread's own. */
const LINES = 60;
describe("keeper / limits of what is posted", function () {
  this.timeout(180_000);
  let world: World;
  let keeper: Running;
  let open: OpenBook;

  before(() => {
    world = createWorld();
  });
  beforeEach(() => {
    open = world.openBook({ lines: LINES, payeeAccounts: false });
  });
  afterEach(() => keeper.end());

  const voucher = (cumulative: bigint): Voucher =>
    world.voucher(open, { kind: "dense", start: 0, cumulative: new Array(LINES).fill(cumulative) });
  const packed = (one: Voucher): string =>
    JSON.stringify({ packed: Buffer.from(packVoucher(one)).toString("base64") });
  const single = (line: number, cumulative: bigint): string =>
    JSON.stringify(world.lineVoucher(open, line, cumulative));
  const fill = (unit: string, bytes: number): string =>
    unit.repeat(Math.floor(bytes / unit.length));

  describe("W04 a body of nothing but rubbish", () => {
    const bodies: [path: string, type: string, name: string, body: () => string, status: number][] =
      [
        ["batch", NDJSON, "x\\n", () => fill("x\n", 16 * MEGABYTE), 413],
        ["batch", NDJSON, "1\\n", () => fill("1\n", 16 * MEGABYTE), 413],
        ["batch", NDJSON, "blank lines", () => fill(" \n", 16 * MEGABYTE), 200],
        ["batch", NDJSON, "one line", () => fill("{", 16 * MEGABYTE), 200],
        [
          "batch",
          NDJSON,
          "lines up to the limit",
          () => fill(`{"a":[${fill("1,", 1_600)}1]}\n`, 15 * MEGABYTE),
          200,
        ],
        ["batch", JSON_TYPE, "[1,1", () => `[${fill("1,", 16 * MEGABYTE - 100)}1]`, 413],
        ["batch", JSON_TYPE, "blanks", () => `[${fill(" ", 16 * MEGABYTE - 100)}]`, 200],
        ["batch", JSON_TYPE, "one text", () => `["${fill("x", 16 * MEGABYTE - 100)}"]`, 200],
        ["batch", JSON_TYPE, "[[[[", () => fill("[", 16 * MEGABYTE), 400],
        ["bulk", NDJSON, "1\\n", () => fill("1\n", 16 * MEGABYTE), 413],
        ["bulk", NDJSON, "{}\\n", () => fill("{}\n", 16 * MEGABYTE), 413],
        ["bulk", NDJSON, "blank lines", () => fill("\n", 16 * MEGABYTE), 200],
      ];
    for (const [path, type, name, body, status] of bodies) {
      it(`${name} to /vouchers/${path} (${type}) holds nobody up, and the next voucher is taken`, async () => {
        keeper = await startOn(world);
        const text = body();
        const { result, stillMs } = await watched(() =>
          keeper.post(`/vouchers/${path}`, text, type),
        );
        assert.equal(result.status, status, JSON.stringify(result.body).slice(0, 300));
        if (status === 413) assert.equal(result.body.code, "BatchTooLarge");
        assert.isBelow(stillMs, STILL_MS);
        const next = await keeper.post("/vouchers/bulk", packed(voucher(5n)), NDJSON);
        assert.deepEqual([next.status, next.body.accepted], [200, 1]);
      });
    }

    it("is refused as a whole one voucher above the limit, and taken at it, by all three ways", async () => {
      keeper = await startOn(world, { config: { intake: { batchLimit: 3 } } });
      const lines = [0, 1, 2, 3].map((line) => single(line, 5n));
      const ways: [string, string, (some: string[]) => string][] = [
        ["batch", NDJSON, (some) => some.join("\n")],
        ["batch", JSON_TYPE, (some) => `[${some.join(" ,\n")}]`],
        ["bulk", NDJSON, (some) => `\n${some.join("\n\n")}\n`],
      ];
      for (const [path, type, join] of ways) {
        const above = await keeper.post(`/vouchers/${path}`, join(lines), type);
        assert.deepEqual([above.status, above.body.code], [413, "BatchTooLarge"]);
      }
      assert.isEmpty(await keeper.store.tables.streams.vouchers());
      for (const [index, [path, type, join]] of ways.entries()) {
        const some = [0, 1, 2].map((line) => single(line, BigInt(6 + index)));
        const { status, body } = await keeper.post(`/vouchers/${path}`, join(some), type);
        assert.deepEqual([status, body.accepted], [200, 3], `${path} ${type}`);
      }
    });
  });

  it("W04 ten thousand good vouchers in one body hold nobody up, and all of them are taken", async () => {
    keeper = await startOn(world, { config: { intake: { bookCacheMs: 60_000 } } });
    const book = world.openBook({ lines: 200, payeeAccounts: false });
    const texts = Array.from({ length: 10_000 }, (_, n) =>
      JSON.stringify(world.lineVoucher(book, n % 200, BigInt(n + 1))),
    );
    for (const [path, type, body] of [
      ["batch", JSON_TYPE, `[${texts.slice(0, 5_000).join(",")}]`],
      ["batch", NDJSON, texts.slice(5_000).join("\n")],
      ["bulk", NDJSON, texts.join("\n")],
    ] as const) {
      const { result, stillMs } = await watched(() => keeper.post(`/vouchers/${path}`, body, type));
      const { accepted, superseded } = result.body as { accepted: number; superseded: number };
      assert.equal(accepted + superseded, path === "bulk" ? 10_000 : 5_000);
      assert.isBelow(stillMs, STILL_MS);
    }
    const { body } = await keeper.get(`/books/${book.address.toBase58()}`);
    const best = (body.lines as { best: string }[]).map((line) => line.best);
    assert.deepEqual(
      best,
      Array.from({ length: 200 }, (_, line) => String(9_801 + line)),
    );
  });

  /** A connection on which part of a body was sent. */
  const begin = async (
    bytes: number,
    sent: number,
    path = "/vouchers/bulk",
    type = NDJSON,
  ): Promise<Socket> => {
    const { hostname, port } = new URL(keeper.intakeUrl);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ncontent-length: ${bytes}\r\n\r\n`,
    );
    if (!socket.write(ONES.subarray(0, sent))) {
      await Promise.race([once(socket, "drain"), once(socket, "close")]);
    }
    return socket;
  };
  const answerOf = async (socket: Socket): Promise<string> => {
    const [data] = (await once(socket, "data")) as [Buffer];
    return data.toString();
  };

  it("W04 bodies under way are bounded: one too many is told 503 and when to come again", async () => {
    keeper = await startOn(world, {
      config: { intake: { batchBodyLimitBytes: 2 * MEGABYTE, underWayLimitBytes: 2 * MEGABYTE } },
    });
    const text = `${packed(voucher(5n))}\n${fill(" ", 1.5 * MEGABYTE)}`;
    let first = await begin(2 * MEGABYTE, MEGABYTE);
    let refused = await keeper.post("/vouchers/bulk", text, NDJSON);
    // Where the second one's bytes were there before the first one's, it was that which was refused.
    for (let tries = 0; refused.status !== 503 && tries < 100; tries++) {
      first.destroy();
      first = await begin(2 * MEGABYTE, MEGABYTE);
      await new Promise((resolve) => setTimeout(resolve, 20 * tries));
      refused = await keeper.post("/vouchers/bulk", text, NDJSON);
    }
    assert.equal(refused.body.code, "TooManyBytes");
    // One that does not say how long it is may begin, and is refused where it becomes too long.
    const unsaid = request(`${keeper.intakeUrl}/vouchers/bulk`, {
      method: "POST",
      headers: { "content-type": NDJSON },
    });
    unsaid.on("error", () => undefined);
    unsaid.end(text);
    const [response] = await once(unsaid, "response");
    assert.equal(response.statusCode, 503);
    assert.equal(response.headers["retry-after"], "1");
    response.resume();
    // Single vouchers get through beside it; and all do, once it is gone.
    assert.equal((await keeper.post("/vouchers", single(0, 99n))).status, 202);
    first.destroy();
    let again = await keeper.post("/vouchers/bulk", text, NDJSON);
    for (const from = Date.now(); again.status === 503 && Date.now() - from < 30_000; ) {
      again = await keeper.post("/vouchers/bulk", text, NDJSON);
    }
    const { accepted, superseded } = again.body as { accepted: number; superseded: number };
    assert.deepEqual([again.status, accepted + superseded], [200, 1]);
  });

  it("W04 sixty unfinished bodies of 15 MB do not fill the memory", async () => {
    keeper = await startOn(world);
    const before = process.memoryUsage().arrayBuffers;
    const sockets = await Promise.all(
      Array.from({ length: 60 }, () => begin(16_000_000, 15 * MEGABYTE)),
    );
    // What is refused is answered while it is still being sent.
    const failures = async () => (await keeper.metrics.registry.metrics()).split("\n");
    const told = /failures_total\{task="http",failure="busy",code="TooManyBytes"\} (\d+)/;
    for (const from = Date.now(); Date.now() - from < 30_000; ) {
      const count = Number(told.exec((await failures()).join("\n"))?.[1] ?? 0);
      if (count >= 55) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.isAtLeast(Number(told.exec((await failures()).join("\n"))?.[1]), 55);
    const held = process.memoryUsage().arrayBuffers - before;
    // 900 MB are sent; 64 MiB may be under way, and the first 64 KiB of each.
    assert.isBelow(held, 200 * MEGABYTE);
    assert.equal((await keeper.post("/vouchers", single(0, 3n))).status, 202);
    for (const socket of sockets) socket.destroy();
  });

  it("W04 clients that go away within a body, refused or not, end nothing", async () => {
    keeper = await startOn(world, {
      config: { intake: { batchBodyLimitBytes: 1_024, underWayLimitBytes: 1_024 } },
    });
    for (const [path, type] of [
      ["/vouchers/bulk", NDJSON],
      ["/vouchers/bulk", "text/csv"],
      ["/nothing", "text/csv"],
      ["/vouchers", JSON_TYPE],
      ["/vouchers/batch", JSON_TYPE],
    ] as const) {
      for (const sent of [1, 500, 200_000]) {
        const socket = await begin(300_000, sent, path, type);
        await new Promise((resolve) => setTimeout(resolve, 20));
        socket.resetAndDestroy();
      }
    }
    assert.equal((await keeper.post("/vouchers", single(0, 3n))).status, 202);
  });

  it("W04 connections are bounded: one too many is told 503, one in place of an idle one is served", async () => {
    keeper = await startOn(world, { config: { intake: { connectionLimit: 2 } } });
    const busy = [await begin(100, 1), await begin(100, 1)];
    const beyond = await begin(1, 1);
    const answer = await answerOf(beyond);
    assert.match(answer, /^HTTP\/1\.1 503 /);
    assert.match(answer, /retry-after: 1\r\n/i);
    assert.match(answer, /connection: close\r\n/i);
    assert.include(answer, '"code":"TooManyConnections"');
    for (const socket of busy) socket.destroy();
    await Promise.all(busy.map((socket) => socket.closed || once(socket, "close")));
    // Two that are kept alive and idle make room for a third.
    const ask = (agent: Agent): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const sent = request(`${keeper.intakeUrl}/vouchers/stats`, { agent }, (response) => {
          response.resume().on("end", () => resolve(response.statusCode));
        });
        sent.on("error", reject).end();
      });
    const agents = [1, 2, 3].map(() => new Agent({ keepAlive: true }));
    let served: (number | undefined)[] = [];
    for (const from = Date.now(); served[0] !== 200 && Date.now() - from < 10_000; ) {
      served = [await ask(agents[0] as Agent)];
    }
    served.push(await ask(agents[1] as Agent), await ask(agents[2] as Agent));
    assert.deepEqual(served, [200, 200, 200]);
    for (const agent of agents) agent.destroy();
  });

  it("W11a a byte order mark before the first voucher is no part of it, by every way", async () => {
    keeper = await startOn(world);
    const mark = "\uFEFF";
    const statuses = async (path: string, body: string, type: string) => {
      const answer = await keeper.post(path, mark + body, type);
      return [answer.status, answer.body.accepted ?? answer.body.status];
    };
    const two = (cumulative: bigint) => [single(0, cumulative), single(1, cumulative)];
    assert.deepEqual(await statuses("/vouchers/batch", two(1n).join("\r\n"), NDJSON), [200, 2]);
    assert.deepEqual(await statuses("/vouchers/batch", `[${two(2n)}]`, JSON_TYPE), [200, 2]);
    assert.deepEqual(await statuses("/vouchers/bulk", two(3n).join("\n"), NDJSON), [200, 2]);
    assert.deepEqual(await statuses("/vouchers/bulk", packed(voucher(4n)), NDJSON), [200, 1]);
    assert.deepEqual(await statuses("/vouchers", single(0, 5n), JSON_TYPE), [202, "accepted"]);
    // Anywhere else it is no blank.
    const later = await keeper.post(
      "/vouchers/batch",
      `${single(0, 6n)}\n${mark}${single(1, 6n)}`,
      NDJSON,
    );
    assert.deepEqual([later.body.accepted, later.body.refused], [1, 1]);
  });
});
