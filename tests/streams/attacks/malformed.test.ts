import * as sdk from "@pinfi/sdk/streams";
import type { AccountInfo, TransactionInstruction } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeSigned } from "../../harness/describe";
import { readIdl } from "../../harness/programs";
import { randomFrom, seedOfRun } from "../../harness/random";
import { TransactionRefused } from "../../harness/refused";
import { altered } from "../../kit/bits";
import { CALLS } from "../honest-calls";
import { type Scenario, startScenario } from "../scenario";

const DISCRIMINATOR = 8;
/** Data of random length and content tried on each instruction. */
const RANDOM_TRIES = 25;

describeSigned("streams / malformed instruction data (A35)", (start) => {
  /** A world in which the call would succeed, and the instruction alone, without its signatures. */
  const begin = async (name: string) => {
    const { stage = "funded", prepare, instructions } = CALLS[name] ?? assert.fail(name);
    const streams = await startScenario(start, { stage, feeBps: 100 });
    await prepare?.(streams);
    const honest = await instructions(streams);
    const last = honest.at(-1) ?? assert.fail("nothing to call");
    return { streams, honest, last };
  };
  const written = (
    { world }: Scenario,
    { keys }: TransactionInstruction,
  ): Promise<(AccountInfo<Buffer> | null)[]> =>
    Promise.all(
      keys.filter(({ isWritable }) => isWritable).map(({ pubkey }) => world.account(pubkey)),
    );

  for (const { name, args } of readIdl("streams").instructions) {
    describe(name, () => {
      it("cut short at any byte", async () => {
        const { streams, honest, last } = await begin(name);
        for (let length = 0; length < last.data.length; length++) {
          const cut = altered(last, (data) => data.subarray(0, length));
          await assertRefused(
            streams.send([cut]),
            length < DISCRIMINATOR ? "InstructionFallbackNotFound" : "InstructionDidNotDeserialize",
          );
        }
        await streams.send(honest);
      });

      it("with bytes behind its end, which mean nothing", async () => {
        const plain = await begin(name);
        await plain.streams.send(plain.honest);
        const expected = await written(plain.streams, plain.last);
        for (const length of [1, 8, 200]) {
          const { streams, honest, last } = await begin(name);
          const longer = altered(last, (data) => Buffer.concat([data, Buffer.alloc(length, 0xff)]));
          await streams.send([...honest.slice(0, -1), longer]);
          assert.deepEqual(await written(streams, last), expected);
        }
      });

      if (args.length === 0) return;
      it("of random bytes: done, or refused by an error with a name", async () => {
        let { streams, last } = await begin(name);
        const random = randomFrom(seedOfRun());
        for (let tries = 0; tries < RANDOM_TRIES; tries++) {
          const bytes = Buffer.from(
            Array.from({ length: random.below(200) }, () => random.below(256)),
          );
          const bent = altered(last, (data) =>
            Buffer.concat([data.subarray(0, DISCRIMINATOR), bytes]),
          );
          try {
            await streams.send([bent]);
            ({ streams, last } = await begin(name));
          } catch (error) {
            if (!(error instanceof TransactionRefused)) throw error;
            const { failure, changes, errorName } = error;
            // A panic, an overrun heap or exhausted units would be the runtime's error, without a code.
            assert.isTrue(failure.kind === "instruction" && failure.code !== undefined, errorName);
            assert.notMatch(errorName, /:/, "a code without a name");
            assert.deepEqual(changes, []);
          }
        }
      });
    });
  }

  describe("a list that says it is longer than the data", () => {
    const DENSE = 1 + 2;
    const SPARSE = 1;
    const lists: [what: string, call: string, form: "dense" | "sparse", at: number][] = [
      ["lines to claim", "claim_many", "dense", DISCRIMINATOR],
      ["totals of lines in a row", "settle", "dense", DISCRIMINATOR + 32 + DENSE],
      ["totals of lines by number", "settle", "sparse", DISCRIMINATOR + 32 + SPARSE],
      ["vouchers", "settle_many", "dense", DISCRIMINATOR],
      ["totals in a voucher", "settle_many", "dense", DISCRIMINATOR + 4 + 64 + DENSE],
      ["totals by number in a voucher", "settle_many", "sparse", DISCRIMINATOR + 4 + 64 + SPARSE],
    ];
    for (const [what, call, form, at] of lists) {
      it(what, async () => {
        const { streams, last } = await begin(call);
        const { book } = streams;
        const targets: sdk.Targets =
          form === "dense"
            ? { kind: "dense", start: 0, cumulative: [300n] }
            : { kind: "sparse", entries: [{ line: 0, cumulative: 300n }] };
        const settle = await streams.voucher({ targets });
        const honest: Record<string, TransactionInstruction[]> = {
          claim_many: [last],
          settle: streams.settleInstructions(settle),
          settle_many: [sdk.settleMany({ vouchers: [settle.voucher] })],
        };
        const sent = honest[call] ?? assert.fail(call);
        const one = sent.at(-1);
        const said = one?.data.readUInt32LE(at) ?? 0;
        assert.include([1, 2], said, "the count stands there");
        for (const count of [said + 1, 2 ** 16, 2 ** 31, 2 ** 32 - 1]) {
          const longer = altered(one, (data) => {
            data.writeUInt32LE(count, at);
          });
          await assertRefused(streams.send([longer]), "InstructionDidNotDeserialize");
        }
        const before = await streams.world.account(book);
        await streams.send(sent);
        assert.notDeepEqual(await streams.world.account(book), before);
      });
    }
  });

  it("under a name that no instruction has, that of Anchor's former IDL upload included", async () => {
    const { streams, honest, last } = await begin("claim");
    const random = randomFrom(seedOfRun());
    const names = Array.from({ length: 30 }, () =>
      Buffer.from(Array.from({ length: DISCRIMINATOR }, () => random.below(256))),
    );
    for (const name of [...names, Buffer.from("40f4bc78a7e9690a", "hex"), Buffer.alloc(8)]) {
      const unknown = altered(last, (data) => Buffer.concat([name, data.subarray(DISCRIMINATOR)]));
      await assertRefused(streams.send([unknown]), "InstructionFallbackNotFound");
    }
    await streams.send(honest);
  });
});
