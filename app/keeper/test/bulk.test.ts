import {
  packVoucher,
  signVoucher,
  type Targets,
  type Voucher,
  voucherToJson,
} from "@pinfi/sdk/streams";
import { Keypair } from "@solana/web3.js";
import { assert } from "chai";
import { type Chain, type ConfigInput, RpcError } from "../src";
import { changedChain, freshStoreUrl, type Running, startOn } from "./support/running";
import { createWorld, type OpenBook, type World } from "./support/world";

/** More than half of what a v0 transaction takes: each voucher gets a transaction of its own. */
const LINES = 60;
const NDJSON = "application/x-ndjson";
const CONFIG: ConfigInput = {
  transactions: { version: "v0", pollMs: 20 },
  limits: { maxFeeLamportsPerHour: 1_000_000_000 },
};

interface Answer {
  accepted: number;
  superseded: number;
  unavailable: number;
  refused: Record<string, number>;
  refusals: { line: number; code: string }[];
}

describe("keeper / bulk feed", function () {
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

  const begin = async (
    args: { storeUrl?: string; chain?: Chain; config?: ConfigInput } = {},
  ): Promise<Running> => {
    keeper = await startOn(world, { ...args, config: { ...CONFIG, ...args.config } });
    return keeper;
  };
  const dense = (cumulative: bigint, args: { lines?: number; start?: number } = {}): Targets => ({
    kind: "dense",
    start: args.start ?? 0,
    cumulative: new Array<bigint>(args.lines ?? LINES).fill(cumulative),
  });
  const voucher = (cumulative: bigint, of: OpenBook = open): Voucher =>
    world.voucher(of, dense(cumulative));
  const packed = (one: Voucher): string =>
    JSON.stringify({ packed: Buffer.from(packVoucher(one)).toString("base64") });
  const feed = async (lines: readonly string[]): Promise<Answer> => {
    const { status, body } = await keeper.post("/vouchers/bulk", lines.join("\n"), NDJSON);
    assert.equal(status, 200, JSON.stringify(body));
    return body as unknown as Answer;
  };
  const vouched = (of: OpenBook = open): bigint[] =>
    world.book(of.address).lines.map((line) => line.vouched);
  const state = async () => {
    const { body } = await keeper.get("/vouchers/stats");
    return body.bulk as { unsettled: number; waiting: number; checked: number; unrecorded: number };
  };
  /** Until the thread has seen everything recorded, and forgotten it. */
  const recorded = async (checked: number): Promise<void> => {
    for (const until = Date.now() + 60_000; Date.now() < until; ) {
      const now = await state();
      if (now.checked >= checked && now.unsettled === 0) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    assert.fail(`not recorded in time: ${JSON.stringify(await state())}`);
  };
  const all = (cumulative: bigint): bigint[] => new Array(LINES).fill(cumulative);

  it("settles what it accepts, in the packed and in the JSON form, and sees it recorded", async () => {
    await begin();
    const second = world.openBook({ lines: LINES, payeeAccounts: false });
    const answer = await feed([
      packed(voucher(5n)),
      JSON.stringify(voucherToJson(voucher(7n, second))),
    ]);
    assert.deepEqual([answer.accepted, answer.refused], [2, {}]);
    await recorded(2);
    assert.deepEqual([vouched(), vouched(second)], [all(5n), all(7n)]);
  });

  it("drops the bad ones of a mix where one in ten is bad, counts them, and loses no good one", async () => {
    await begin();
    const books = [
      open,
      ...Array.from({ length: 9 }, () => world.openBook({ lines: LINES, payeeAccounts: false })),
    ];
    const { voucherDomain: domain } = world.book(open.address);
    const forged = { ...voucher(1_000n), signature: new Uint8Array(64).fill(3) };
    const stranger = signVoucher({
      domain,
      book: open.address,
      targets: dense(999n),
      signer: Keypair.generate(),
    });
    const beyond = world.voucher(open, dense(9n, { start: 1 }));
    const truncated = packed(voucher(998n)).replace(/.{40}"}$/, '"}');
    const nowhere = { ...voucher(997n), book: Keypair.generate().publicKey };
    const bad = [
      packed(forged),
      packed(stranger),
      packed(beyond),
      truncated,
      packed(nowhere),
      "{nonsense",
      '{"packed":"%%%"}',
      "null",
      packed(forged),
      "[]",
    ];
    const lines: string[] = [];
    for (const [round, poison] of bad.entries()) {
      for (const [index, book] of books.entries()) {
        if (index === round) lines.push(poison);
        lines.push(packed(voucher(BigInt(round + 1), book)));
      }
    }
    const first = await feed(lines);
    assert.deepEqual(first.refused, {
      BadSignature: 2,
      WrongVoucherSigner: 1,
      LineOutOfRange: 1,
      MalformedVoucher: 5,
      UnknownBook: 1,
    });
    assert.deepEqual([first.accepted, first.superseded, first.unavailable], [100, 0, 0]);
    assert.deepEqual(first.refusals[0], { ...first.refusals[0], line: 1, code: "BadSignature" });
    assert.lengthOf(first.refusals, 10);
    // Every one of them once more, in any order: known, and nothing is sent for it.
    const again = await feed([...lines].reverse());
    assert.deepEqual([again.accepted, again.superseded], [0, 100]);
    await recorded(1);
    for (const book of books) assert.deepEqual(vouched(book), all(10n));
    assert.deepEqual(keeper.failures, []);
  });

  it("leaves sparse, small and capped vouchers to the ordinary intake", async () => {
    await begin();
    const capped = world.openBook({ lines: LINES, payeeAccounts: false });
    const signer = Keypair.generate();
    world.setVoucherSigner(capped, { signer: signer.publicKey, cap: 10n });
    const { voucherDomain: domain } = world.book(capped.address);
    const above = signVoucher({ domain, book: capped.address, targets: dense(5n), signer });
    const answer = await feed([
      packed(world.voucher(open, { kind: "sparse", entries: [{ line: 3, cumulative: 4n }] })),
      packed(world.voucher(open, dense(2n, { lines: 5 }))),
      packed(above),
    ]);
    assert.deepEqual([answer.accepted, answer.refused], [2, { CapExceeded: 1 }]);
    assert.equal((await keeper.store.tables.streams.vouchers()).length, 2);
    await keeper.runOnce({ tasks: ["settle-books"] });
    assert.deepEqual(vouched().slice(0, 6), [2n, 2n, 2n, 4n, 2n, 0n]);
  });

  it("keeps what it has accepted across a restart, and settles it then", async () => {
    const storeUrl = freshStoreUrl();
    // The payer has less than this, so nothing is sent.
    const payer = { minBalanceLamports: 1_000_000_000_000 };
    await begin({ storeUrl, config: { ...CONFIG, payer } });
    assert.equal((await feed([packed(voucher(3n)), packed(voucher(4n))])).accepted, 2);
    await keeper.end();
    assert.deepEqual(vouched(), all(0n));
    await begin({ storeUrl });
    await recorded(1);
    assert.deepEqual(vouched(), all(4n));
  });

  it("sends again what landed and is not recorded, and what never landed", async () => {
    let rounds = 0;
    const chain = changedChain(world, (original) => ({
      async deliver(args) {
        rounds += 1;
        const { slot } = await original.now();
        // First: said to have landed, without an effect. Second: not taken at all.
        if (rounds === 1) return args.wires.map(() => ({ slot, failure: null, settled: true }));
        if (rounds === 2) {
          const failure = { kind: "transaction", name: "BlockhashNotFound" } as const;
          return args.wires.map(() => ({ slot, failure, settled: true }));
        }
        return original.deliver?.(args) ?? [];
      },
    }));
    await begin({ chain });
    await feed([packed(voucher(6n))]);
    await recorded(1);
    assert.deepEqual(vouched(), all(6n));
    assert.equal((await state()).unrecorded, 1);
  });

  it("works over a cluster that only takes transactions and tells statuses", async () => {
    const chain = changedChain(world, () => ({ deliver: undefined as never }));
    await begin({ chain });
    await feed([packed(voucher(8n))]);
    await recorded(1);
    assert.deepEqual(vouched(), all(8n));
  });

  it("says unavailable while books cannot be read, and takes the same feed afterwards", async () => {
    let silent = true;
    const chain = changedChain(world, (original) => ({
      accounts: (args) =>
        silent ? Promise.reject(new RpcError("silent")) : original.accounts(args),
    }));
    await begin({ chain });
    const { status } = await keeper.post("/vouchers/bulk", packed(voucher(2n)), NDJSON);
    assert.equal(status, 503);
    silent = false;
    assert.equal((await feed([packed(voucher(2n))])).accepted, 1);
    await recorded(1);
    assert.deepEqual(vouched(), all(2n));
  });
});
