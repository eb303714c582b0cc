import { feeUp } from "@pinfi/sdk";
import { voucherToJson } from "@pinfi/sdk/streams";
import { assert } from "chai";
import type { Chain } from "../src";
import { changedChain, type Running, startOn } from "./support/running";
import { createWorld, type World } from "./support/world";

/** Fee of the world's mint policy. */
const FEE_BPS = 100;
const LINES = 4;

for (const { name, sharedKey } of [
  { name: "keys and stores of their own", sharedKey: false },
  { name: "one key and stores of their own", sharedKey: true },
]) {
  describe(`keeper / two at once, with ${name}`, () => {
    let world: World;
    let keepers: Running[];
    let meet: () => Promise<void>;

    beforeEach(async () => {
      world = createWorld();
      meet = meeting(2);
      // Both have looked before either signs: each finds all the work, every time.
      const chain = () =>
        changedChain(world, ({ latestBlockhash }: Chain) => ({
          latestBlockhash: async (waiting) => {
            await meet();
            return latestBlockhash(waiting);
          },
        }));
      const payer = world.fundedKey();
      const key = () => (sharedKey ? { payer } : {});
      keepers = [
        await startOn(world, { chain: chain(), ...key() }),
        await startOn(world, { chain: chain(), ...key() }),
      ];
    });

    afterEach(async () => {
      for (const keeper of keepers) await keeper.end();
    });

    /** The same pass by both at the same time; the sums of what they counted. */
    const together = async (task: string) => {
      meet = meeting(keepers.length);
      const passes = await Promise.all(keepers.map((keeper) => keeper.runOnce({ tasks: [task] })));
      const sum = (count: "landed" | "settled" | "failed") =>
        passes.reduce((total, pass) => total + (pass[task]?.[count] ?? 0), 0);
      return { landed: sum("landed"), settled: sum("settled"), failed: sum("failed") };
    };

    it("settle each voucher once, pay each line once, and count the loser's as a lost race (K08 K25)", async () => {
      const books = [world.openBook({ lines: LINES }), world.openBook({ lines: LINES })];
      for (let round = 1n; round <= 5n; round += 1n) {
        const cumulative = Array.from(
          { length: LINES },
          (_, line) => round * BigInt(line + 1) * 37n,
        );
        for (const open of books) {
          const json = voucherToJson(world.voucher(open, { kind: "dense", start: 0, cumulative }));
          for (const keeper of keepers) {
            assert.equal((await keeper.post("/vouchers", json)).status, 202);
          }
        }
        // A second settlement of the same voucher raises nothing: the program takes it and skips.
        assert.deepEqual(await together("settle-books"), { landed: 4, settled: 0, failed: 0 });
        const claims = await together("claim-due");
        // With one key both make the same transaction, byte by byte: each sees it land.
        assert.deepEqual(
          claims,
          sharedKey
            ? { landed: 4 * LINES, settled: 0, failed: 0 }
            : { landed: 2 * LINES, settled: 2 * LINES, failed: 0 },
        );

        for (const open of books) {
          const book = world.book(open.address);
          const total = cumulative.reduce((sum, amount) => sum + amount, 0n);
          assert.deepEqual(
            book.lines.map(({ vouched, claimed }) => [vouched, claimed]),
            cumulative.map((amount) => [amount, amount]),
          );
          assert.equal(book.claimed, total);
          assert.deepEqual(
            open.payees.map(({ publicKey }) => world.balance(publicKey)),
            cumulative.map((amount) => amount - feeUp(amount, FEE_BPS)),
          );
        }
      }
      for (const keeper of keepers) assert.isEmpty(keeper.failures);
    });
  });
}

/** Lets nobody go on before so many have come; afterwards everybody. */
function meeting(count: number): () => Promise<void> {
  let come = 0;
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    come += 1;
    if (come >= count) open();
    return opened;
  };
}
