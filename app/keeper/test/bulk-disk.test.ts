import { packedLength, packVoucher } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { createAcceptedVouchers } from "../src/programs/streams/bulk/accepted-vouchers";
import { createCommit } from "../src/programs/streams/bulk/commit";
import type { Disk } from "../src/programs/streams/bulk/disk";
import { type FeedOptions, takeFeed } from "../src/programs/streams/bulk/feed";
import { createKnownBooks } from "../src/programs/streams/bulk/known-books";
import { createWorld, type OpenBook } from "./support/world";

/** More than half of what a v0 transaction takes. */
const LINES = 60;
const MOST_TARGETS = 99;

describe("keeper / bulk feed and its disk", () => {
  const world = createWorld();
  let open: OpenBook;

  beforeEach(() => {
    open = world.openBook({ lines: LINES, payeeAccounts: false });
  });

  const feedOf = (...amounts: bigint[]): Uint8Array => {
    const lines = amounts.map((amount) => {
      const cumulative = new Array<bigint>(LINES).fill(amount);
      const voucher = world.voucher(open, { kind: "dense", start: 0, cumulative });
      return JSON.stringify({ packed: Buffer.from(packVoucher(voucher)).toString("base64") });
    });
    return Uint8Array.from(Buffer.from(lines.join("\n")));
  };

  /** Feeds over a disk whose first write ends when `end` is told how; further ones are good. */
  const over = (): FeedOptions & {
    /** Resolves when the first write has begun. */
    begun: Promise<void>;
    /** Resolves when so many feeds are judged. */
    judged(feeds: number): Promise<void>;
    end(error?: Error): void;
  } => {
    let end = (_?: Error): void => undefined;
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const writes = [
      new Promise<Error | undefined>((resolve) => {
        end = resolve;
      }),
    ].values();
    const disk: Disk = {
      rows: [],
      async put() {
        begin();
        const error = await writes.next().value;
        if (error) throw error;
      },
      remove: async () => undefined,
      close: async () => undefined,
    };
    const accepted = createAcceptedVouchers([], packedLength(MOST_TARGETS));
    const knownBooks = createKnownBooks({
      accepted,
      hostClock: Date.now,
      async ask(books) {
        assert.deepEqual(books, [open.address.toBase58()]);
        const account = world.localnet.account(open.address);
        assert(account !== null);
        const { data } = account;
        const owner = account.owner.toBytes();
        const facts = [{ address: open.address.toBase58(), owner, data }];
        knownBooks.learn(knownBooks.view(facts, 0n), 0n);
      },
    });
    const commit = createCommit({ disk, accepted, knownBooks, stored: () => undefined });
    let [count, changed] = [0, (): void => undefined];
    return {
      begun,
      end,
      accepted,
      knownBooks,
      commit: {
        add(vouchers) {
          const done = commit.add(vouchers);
          count += 1;
          changed();
          return done;
        },
      },
      rules: { mostTargets: MOST_TARGETS, minEarns: 1 },
      bookCacheMs: 60_000,
      room: async () => undefined,
      isCrowded: () => false,
      hostClock: Date.now,
      async judged(feeds) {
        while (count < feeds) {
          await new Promise<void>((resolve) => {
            changed = resolve;
          });
        }
      },
    };
  };

  it("promises nothing for vouchers whose better one did not reach the disk (K18)", async () => {
    const options = over();
    const better = takeFeed(feedOf(5n), options).catch((error: Error) => error.message);
    await options.begun;
    const others = takeFeed(feedOf(5n, 3n), options);
    await options.judged(2);
    options.end(new Error("disk I/O error"));
    assert.equal(await better, "disk I/O error");
    const { answer } = await others;
    assert.deepEqual([answer.accepted, answer.superseded, answer.unavailable], [0, 0, 2]);
    // The same vouchers are taken when they return.
    const { answer: returned } = await takeFeed(feedOf(3n, 5n), options);
    assert.deepEqual([returned.accepted, returned.superseded], [2, 0]);
    assert.equal(options.accepted.unsettled(), 1);
  });

  it("calls them superseded once the better one is on the disk", async () => {
    const options = over();
    const better = takeFeed(feedOf(5n), options);
    await options.begun;
    const others = takeFeed(feedOf(5n, 3n), options);
    await options.judged(2);
    options.end();
    assert.equal((await better).answer.accepted, 1);
    const { answer } = await others;
    assert.deepEqual([answer.accepted, answer.superseded, answer.unavailable], [0, 2, 0]);
    assert.equal(options.accepted.unsettled(), 1);
  });
});
