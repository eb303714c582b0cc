import { bookAddress, type VoucherJson, voucherToJson } from "@pinfi/sdk/streams";
import { Keypair } from "@solana/web3.js";
import { assert } from "chai";
import { inProcessChain, RpcError, StoreError } from "../src";
import { freshStoreUrl, type Running, startOn } from "./support/running";
import { createWorld, type OpenBook, type World } from "./support/world";

describe("keeper / intake", () => {
  let world: World;
  let keeper: Running;
  let open: OpenBook;

  before(() => {
    world = createWorld();
  });

  beforeEach(async () => {
    keeper = await startOn(world);
    open = world.openBook({ lines: 3 });
  });

  afterEach(() => keeper.end());

  const post = (voucher: unknown) => keeper.post("/vouchers", voucher);
  const storedVouchers = async () => (await keeper.store.tables.streams.vouchers()).length;

  describe("accepts", () => {
    it("a good voucher, and answers 202 when it is in the store", async () => {
      const { status, body } = await post(world.lineVoucher(open, 0, 500n));
      assert.deepEqual([status, body.status], [202, "accepted"]);
      assert.equal(await storedVouchers(), 1);
    });

    it("the same voucher again as known, without a second record", async () => {
      const voucher = world.lineVoucher(open, 0, 500n);
      await post(voucher);
      const { status, body } = await post(voucher);
      assert.deepEqual([status, body.status], [200, "superseded"]);
      assert.equal(await storedVouchers(), 1);
    });

    it("vouchers in any order, and keeps the best of each line only (K31)", async () => {
      for (const cumulative of [5n, 3n, 9n, 7n]) await post(world.lineVoucher(open, 0, cumulative));
      const { body } = await keeper.get(`/books/${open.address.toBase58()}`);
      const [first] = body.lines as { best: string; vouched: string }[];
      assert.deepEqual([first?.best, first?.vouched], ["9", "0"]);
      assert.equal(await storedVouchers(), 1);
    });

    it("a voucher above the deposit: a later top-up can make it payable", async () => {
      const { status } = await post(world.lineVoucher(open, 0, 10n ** 15n));
      assert.equal(status, 202);
    });

    it("a voucher of a signer set a moment ago, whatever it remembers of the book", async () => {
      const cached = await startOn(world, { config: { intake: { bookCacheMs: 3_600_000 } } });
      try {
        const other = world.openBook({ id: 1 });
        await cached.post("/vouchers", world.lineVoucher(other, 0, 5n));
        const signer = Keypair.generate();
        world.setVoucherSigner(other, { signer: signer.publicKey });
        const voucher = world.voucher(other, { kind: "dense", start: 0, cumulative: [9n] }, signer);
        const { status } = await cached.post("/vouchers", voucherToJson(voucher));
        assert.equal(status, 202);
      } finally {
        await cached.end();
      }
    });
  });

  describe("refuses", () => {
    const refused = async (voucher: unknown, status: number, code: string): Promise<void> => {
      const answer = await post(voucher);
      assert.deepEqual(
        [answer.status, answer.body.status, answer.body.code],
        [status, "refused", code],
      );
      assert.isString(answer.body.message);
      assert.equal(await storedVouchers(), 0);
    };

    it("what is no voucher", async () => {
      await refused({ book: "x" }, 400, "MalformedVoucher");
      await refused("{not json", 400, "MalformedVoucher");
      await refused("", 400, "MalformedVoucher");
      await refused([], 400, "MalformedVoucher");
    });

    it("a body beyond the limit", async () => {
      await refused({ padding: "x".repeat(70_000) }, 413, "BodyTooLarge");
    });

    it("a content type that it does not read", async () => {
      const { status, body } = await keeper.post("/vouchers", "a=1", "text/csv");
      assert.deepEqual([status, body.code], [415, "UnsupportedMediaType"]);
    });

    it("a book that does not exist", async () => {
      const payer = Keypair.generate().publicKey;
      const book = bookAddress({ payer, mint: world.mint, id: 0 }).toBase58();
      await refused({ ...world.lineVoucher(open, 0, 5n), book }, 404, "UnknownBook");
    });

    it("an account that is no book, and a look-alike at another address (K30)", async () => {
      const voucher = world.lineVoucher(open, 0, 5n);
      await refused({ ...voucher, book: world.treasury.toBase58() }, 422, "NotABook");
      const copy = Keypair.generate().publicKey;
      const original = world.localnet.account(open.address);
      assert.isNotNull(original);
      world.localnet.setAccount(copy, original as NonNullable<typeof original>);
      await refused({ ...voucher, book: copy.toBase58() }, 422, "NotABook");
    });

    it("a signer that is not the book's", async () => {
      const voucher = world.voucher(
        open,
        { kind: "dense", start: 0, cumulative: [5n] },
        Keypair.generate(),
      );
      await refused(voucherToJson(voucher), 403, "WrongVoucherSigner");
    });

    it("a forged signature, and targets changed after signing", async () => {
      const good = world.lineVoucher(open, 0, 5n);
      const { signature } = world.lineVoucher(open, 0, 6n);
      await refused({ ...good, signature }, 403, "BadSignature");
      const targets = { kind: "sparse", entries: [{ line: 1, cumulative: "5" }] };
      await refused({ ...good, targets } as VoucherJson, 403, "BadSignature");
    });

    it("a voucher that was signed for another book of the same payer", async () => {
      const other = world.openBook({ id: 5 });
      const voucher = { ...world.lineVoucher(other, 0, 5n), signer: "" };
      voucher.signer = open.payer.publicKey.toBase58();
      await refused({ ...voucher, book: open.address.toBase58() }, 403, "BadSignature");
    });

    it("an expired signer, by the cluster's clock", async () => {
      const { unixTimestamp } = world.localnet.clock();
      const signer = Keypair.generate();
      world.setVoucherSigner(open, { signer: signer.publicKey, expiresAt: unixTimestamp + 10n });
      const voucher = world.voucher(open, { kind: "dense", start: 0, cumulative: [5n] }, signer);
      world.localnet.advance({ seconds: 10n });
      await refused(voucherToJson(voucher), 403, "VoucherSignerExpired");
    });

    it("a line that does not exist", async () => {
      await refused(world.lineVoucher(open, 3, 5n), 422, "LineOutOfRange");
    });

    it("a voucher for closed lines only", async () => {
      world.closeLine(open, 0);
      world.localnet.advance({ seconds: 900n });
      await refused(world.lineVoucher(open, 0, 5n), 409, "LineClosed");
    });

    it("more targets than one transaction carries", async () => {
      const cumulative = Array.from({ length: 300 }, () => 1n);
      const voucher = world.voucher(open, { kind: "dense", start: 0, cumulative });
      await refused(voucherToJson(voucher), 422, "VoucherTooLarge");
    });

    it("what exceeds the signer's cap, counting all that is held", async () => {
      const signer = Keypair.generate();
      world.setVoucherSigner(open, { signer: signer.publicKey, cap: 100n });
      const voucher = (line: number, cumulative: bigint) =>
        voucherToJson(
          world.voucher(open, { kind: "sparse", entries: [{ line, cumulative }] }, signer),
        );
      assert.equal((await post(voucher(0, 60n))).status, 202);
      const beyond = await post(voucher(1, 41n));
      assert.deepEqual([beyond.status, beyond.body.code], [409, "CapExceeded"]);
      assert.equal((await post(voucher(1, 40n))).status, 202);
    });

    it("the second of two that only together exceed the cap, posted at once", async () => {
      const signer = Keypair.generate();
      world.setVoucherSigner(open, { signer: signer.publicKey, cap: 100n });
      const all = [0, 1].map((line) =>
        voucherToJson(
          world.voucher(open, { kind: "sparse", entries: [{ line, cumulative: 60n }] }, signer),
        ),
      );
      const { body } = await keeper.post("/vouchers/batch", all);
      assert.deepEqual([body.accepted, body.refused], [1, 1]);
    });
  });

  describe("a batch", () => {
    const batch = () => [
      world.lineVoucher(open, 0, 5n),
      { nonsense: true },
      world.lineVoucher(open, 9, 5n),
      world.lineVoucher(open, 1, 5n),
      world.lineVoucher(open, 0, 4n),
    ];
    const statuses = (body: Record<string, unknown>) =>
      (body.results as { status: string; code?: string }[]).map(
        ({ status, code }) => code ?? status,
      );

    it("is answered item by item; the bad ones do not touch the good ones (K31)", async () => {
      const { status, body } = await keeper.post("/vouchers/batch", batch());
      assert.equal(status, 200);
      assert.deepEqual(statuses(body), [
        "accepted",
        "MalformedVoucher",
        "LineOutOfRange",
        "accepted",
        "superseded",
      ]);
      assert.equal(await storedVouchers(), 2);
    });

    it("may come as NDJSON, broken lines included", async () => {
      const lines = batch().map((item) => JSON.stringify(item));
      const text = [...lines, "{broken", ""].join("\n");
      const { body } = await keeper.post("/vouchers/batch", text, "application/x-ndjson");
      assert.deepEqual(statuses(body).slice(-2), ["superseded", "MalformedVoucher"]);
      assert.equal(body.accepted, 2);
    });

    it("is refused beyond its limits", async () => {
      const small = await startOn(world, {
        config: { intake: { batchLimit: 2, batchBodyLimitBytes: 2_000 } },
      });
      try {
        const long = await small.post("/vouchers/batch", [1, 2, 3]);
        assert.deepEqual([long.status, long.body.code], [413, "BatchTooLarge"]);
        const large = await small.post("/vouchers/batch", ["x".repeat(2_000)]);
        assert.deepEqual([large.status, large.body.code], [413, "BodyTooLarge"]);
        const single = await small.post("/vouchers/batch", { a: 1 });
        assert.deepEqual([single.status, single.body.code], [400, "MalformedVoucher"]);
      } finally {
        await small.end();
      }
    });
  });

  it("takes nothing while the store fails, and loses nothing that it had (K18)", async () => {
    await post(world.lineVoucher(open, 0, 5n));
    const { change } = keeper.store.tables.streams;
    keeper.store.tables.streams.change = () => Promise.reject(new Error("disk full"));
    const failed = await post(world.lineVoucher(open, 0, 6n));
    assert.deepEqual([failed.status, failed.body.status], [503, "unavailable"]);
    keeper.store.tables.streams.change = change;
    // The one before is still the best known: the failed one left no trace.
    const again = await post(world.lineVoucher(open, 0, 6n));
    assert.deepEqual([again.status, again.body.status], [202, "accepted"]);
  });

  it("W11e a full queue is counted as busy, a store that fails as a failure of the store", async () => {
    const small = await startOn(world, { config: { intake: { queueLimit: 1 } } });
    const failures = async (): Promise<string[]> =>
      (await small.metrics.registry.metrics())
        .split("\n")
        .filter((line) => line.startsWith("pinfi_keeper_failures_total{"));
    const vouchers = [0, 1].map((line) => world.lineVoucher(open, line, 5n));
    const { body } = await small.post("/vouchers/batch", vouchers);
    const [taken, left] = body.results as { status: string; code?: string }[];
    assert.deepEqual([taken?.status, left?.code], ["accepted", "QueueFull"]);
    assert.deepEqual(await failures(), [
      'pinfi_keeper_failures_total{task="intake",failure="busy",code="QueueFull"} 1',
    ]);
    small.store.tables.streams.change = () => Promise.reject(new StoreError("disk full"));
    assert.equal((await small.post("/vouchers", vouchers[1])).body.code, "StoreUnavailable");
    assert.deepEqual((await failures()).slice(1), [
      'pinfi_keeper_failures_total{task="intake",failure="store",code="StoreUnavailable"} 1',
    ]);
    await small.end();
  });

  it("answers 503 while the cluster does not answer", async () => {
    const chain = inProcessChain({ localnet: world.localnet });
    const deaf = { ...chain, accounts: () => Promise.reject(new RpcError("no answer")) };
    const other = await startOn(world, { chain: deaf, storeUrl: freshStoreUrl() });
    try {
      const { status, body } = await other.post("/vouchers", world.lineVoucher(open, 0, 5n));
      assert.deepEqual([status, body.code], [503, "RpcUnavailable"]);
    } finally {
      await other.end();
    }
  });

  it("does not read the chain again for each bad voucher of a book", async () => {
    const chain = inProcessChain({ localnet: world.localnet });
    let reads = 0;
    const counting = {
      ...chain,
      accounts: (args: Parameters<typeof chain.accounts>[0]) => {
        reads += 1;
        return chain.accounts(args);
      },
    };
    const other = await startOn(world, {
      chain: counting,
      config: { intake: { bookCacheMs: 60_000 } },
      options: { hostClock: () => 0 },
    });
    try {
      for (let line = 3; line < 23; line += 1) {
        const { body } = await other.post("/vouchers", world.lineVoucher(open, line, 5n));
        assert.equal(body.code, "LineOutOfRange");
      }
      assert.equal(reads, 2, "the first look, and one more a second");
    } finally {
      await other.end();
    }
  });

  it("tells its totals", async () => {
    await keeper.post("/vouchers/batch", [world.lineVoucher(open, 0, 5n), {}, {}]);
    const { body } = await keeper.get("/vouchers/stats");
    assert.deepInclude(body, { accepted: 1, refused: { MalformedVoucher: 2 }, waiting: 0 });
    assert.deepInclude(body.unsettled as object, { books: 1, vouchers: 1, lines: 1 });
  });

  it("knows no book but the program's", async () => {
    assert.equal((await keeper.get("/books/0OIl")).status, 400);
    const { status, body } = await keeper.get(`/books/${world.treasury.toBase58()}`);
    assert.deepEqual([status, body.code], [404, "NotABook"]);
  });
});
