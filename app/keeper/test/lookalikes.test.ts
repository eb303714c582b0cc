import { BOOK_HEADER_LENGTH, STREAMS_PROGRAM_ID } from "@pinfi/sdk/streams";
import { type AccountInfo, Keypair, PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { type Running, startOn } from "./support/running";
import { createWorld } from "./support/world";

/** Accounts that look like books and are none; the last tenth of them only a lying node can list. */
const LOOKALIKES = 10_000;
/** Of the vouched total in a line. */
const VOUCHED = 40;

describe("keeper / accounts that look like books (A39)", () => {
  let keeper: Running | undefined;
  afterEach(async () => keeper?.end());

  it("are left aside, however many: the real book is settled and claimed, and nothing else", async () => {
    const world = createWorld();
    const { localnet } = world;
    const open = world.openBook({ lines: 2 });
    const real = localnet.account(open.address) ?? assert.fail("the book is not open");
    const foreign = Keypair.generate().publicKey;
    const owing = (data: Buffer): Buffer => {
      const copy = Buffer.from(data);
      copy.writeBigUInt64LE(50n, BOOK_HEADER_LENGTH + VOUCHED);
      return copy;
    };
    const shapes: ((data: Buffer) => Buffer)[] = [
      owing, // a book to the byte, at another address, with something to claim
      (data) => Buffer.concat([data.subarray(0, 8), Buffer.alloc(data.length - 8, 0xff)]),
      (data) => data.subarray(0, 12),
      (data) => data.subarray(0, data.length - 1),
      (data) => Buffer.concat([data.subarray(0, 300), Buffer.alloc(data.length - 300, 0xff)]),
    ];
    for (let nth = 0; nth < LOOKALIKES; nth++) {
      const seed = Buffer.alloc(32);
      seed.writeUInt32LE(nth + 1);
      const shape = shapes[nth % shapes.length] ?? assert.fail("no shape");
      const listed = nth >= 0.9 * LOOKALIKES;
      const account: AccountInfo<Buffer> = {
        ...real,
        owner: listed ? STREAMS_PROGRAM_ID : foreign,
        data: shape(real.data),
      };
      localnet.setAccount(new PublicKey(seed), account);
    }
    keeper = await startOn(world);
    for (const line of [0, 1]) {
      const { status } = await keeper.post("/vouchers", world.lineVoucher(open, line, 100n));
      assert.equal(status, 202);
    }
    await keeper.runOnce();
    await keeper.runOnce();

    assert.deepEqual(keeper.failures, []);
    const books = keeper.landed.flatMap((event) => event.accounts.map(({ address }) => address));
    assert.deepEqual([...new Set(books)], [open.address.toBase58()]);
    assert.deepEqual(
      open.payees.map(({ publicKey }) => world.balance(publicKey)),
      [99n, 99n],
    );
  });
});
