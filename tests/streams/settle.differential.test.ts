import type { Targets } from "@pinfi/sdk/streams";
import { assert } from "chai";
import fc from "fast-check";
import { describeSigned } from "../harness/describe";
import { seedOfRun } from "../harness/random";
import { TransactionRefused } from "../harness/refused";
import { KEYS } from "./keys";
import { amount, bookWith, line, type SignerState, signer } from "./random-book";
import { type Scenario, startScenario } from "./scenario";
import { servedByAnchor, UNITS_TELL } from "./twin";

/** Lines the book has, and has room for. */
const LINES = 5;
const CAPACITY = 6;

const index = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: LINES - 1 }) },
  { weight: 1, arbitrary: fc.constantFrom(LINES, CAPACITY, 65_535) },
);
const targets: fc.Arbitrary<Targets> = fc
  .oneof(
    fc.record({
      kind: fc.constant("dense" as const),
      start: fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom(0, 1) },
        { weight: 1, arbitrary: index },
      ),
      cumulative: fc.array(amount, { minLength: 1, maxLength: LINES }),
    }),
    fc.record({
      kind: fc.constant("sparse" as const),
      entries: fc.array(fc.record({ line: index, cumulative: amount }), {
        minLength: 1,
        maxLength: 8,
      }),
    }),
  )
  .filter((one) => one.kind === "sparse" || one.start + one.cumulative.length <= 65_536);

const HOT_UNITS = 1_300;

describeSigned("streams / settle, hot path against its Anchor twin", (start) => {
  let streams: Scenario;
  before(async () => {
    streams = await startScenario(start);
    await streams.reserveLines({ count: CAPACITY });
    for (let added = 0; added < LINES; added++) await streams.addLine({ line: added });
  });

  /** Error or null, the book's bytes afterwards, and whether Anchor served it. */
  const settleBy = async (path: "hot" | "twin", given: Targets, { genuine }: SignerState) => {
    const by = genuine ? KEYS.payer : KEYS.stranger;
    const attempt = streams.settle({ targets: given, signer: by, twin: path === "twin" });
    const result = await attempt.then(
      ({ logs }) => ({ error: null, logs }),
      (error: unknown) => {
        if (!(error instanceof TransactionRefused)) throw error;
        assert.deepEqual(error.changes, []);
        return { error: error.errorName, logs: error.logs };
      },
    );
    const account = await streams.world.account(streams.book);
    const anchor = servedByAnchor(result.logs, HOT_UNITS);
    return { error: result.error, bytes: account?.data.toString("hex"), anchor };
  };

  it("gives the same bytes or the same error on 400 random and edge inputs", async () => {
    const seed = seedOfRun();
    console.log(`      seed ${seed} (PINFI_SEED repeats it)`);
    const seen = { settled: 0, refused: new Set<string>() };
    const lines = fc.array(line, { minLength: LINES, maxLength: LINES });
    await fc.assert(
      fc.asyncProperty(lines, signer, targets, async (states, by, given) => {
        const account = await bookWith(streams, states, by);
        const put = () =>
          streams.world.setAccount(streams.book, { ...account, data: Buffer.from(account.data) });
        put();
        const hot = await settleBy("hot", given, by);
        put();
        const twin = await settleBy("twin", given, by);
        assert.equal(hot.error, twin.error);
        assert.equal(hot.bytes, twin.bytes);
        assert.isTrue(twin.anchor, "an extra account leads to the twin");
        if (hot.error === null) {
          // The former signer's last vouchers are rare and not worth a hot path.
          if (UNITS_TELL)
            assert.equal(hot.anchor, !by.genuine, "what settles is served by the hot path");
          seen.settled += 1;
        } else {
          seen.refused.add(hot.error);
        }
      }),
      { seed, numRuns: 400 },
    );
    // The inputs must really reach both outcomes.
    assert.isAbove(seen.settled, 50);
    assert.includeMembers(
      [...seen.refused],
      ["LineOutOfRange", "CapExceeded", "WrongVoucherSigner", "VoucherSignerExpired"],
    );
  });
});
