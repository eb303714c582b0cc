import { assert } from "chai";
import { type Running, startOn } from "./support/running";
import { STILL_MS, watched } from "./support/watched";
import { createWorld, type World } from "./support/world";

describe("keeper / books in pages", () => {
  let world: World;
  let keeper: Running;

  before(() => {
    world = createWorld();
  });
  afterEach(() => keeper.end());

  it("W11c a book of 65,535 lines is told in pages, each of which is small", async () => {
    keeper = await startOn(world, { config: { intake: { bookCacheMs: 60_000 } } });
    const lines = 65_535;
    const book = world.openBook({ lines: 2, payeeAccounts: false });
    world.forgeLines(book, lines);
    const path = `/books/${book.address.toBase58()}`;
    const { result, stillMs } = await watched(async () => {
      const response = await fetch(`${keeper.intakeUrl}${path}`);
      return response.text();
    });
    assert.isBelow(result.length, 300_000);
    assert.isBelow(stillMs, STILL_MS);
    const told: number[] = [];
    for (let from: number | null = 0; from !== null; ) {
      const { body } = await keeper.get(`${path}?from=${from}`);
      assert.equal(body.lineCount, lines);
      told.push(...(body.lines as { line: number }[]).map(({ line }) => line));
      from = body.next as number | null;
    }
    assert.deepEqual(
      told,
      Array.from({ length: lines }, (_, index) => index),
    );
    const some = await keeper.get(`${path}?from=65530&limit=3`);
    assert.deepEqual([(some.body.lines as object[]).length, some.body.next], [3, 65_533]);
    const beyond = await keeper.get(`${path}?from=99999`);
    assert.deepEqual([beyond.status, beyond.body.lines, beyond.body.next], [200, [], null]);
    for (const query of [
      "from=-1",
      "from=x",
      "limit=0",
      "limit=1001",
      "from=1&from=2",
      "limit=1e3",
    ]) {
      const { status, body } = await keeper.get(`${path}?${query}`);
      assert.deepEqual([status, body.code], [400, "MalformedQuery"], query);
    }
    // A voucher for one of its lines reads that line, not all of them.
    const posted = await watched(() =>
      keeper.post("/vouchers", world.lineVoucher(book, 65_534, 5n)),
    );
    assert.equal(posted.result.status, 202);
    assert.isBelow(posted.stillMs, STILL_MS);
  });
});
