import * as sdk from "@pinfi/sdk";
import { type PublicKey, SystemProgram } from "@solana/web3.js";
import { assert } from "chai";
import fc from "fast-check";
import { describeSigned } from "../harness/describe";
import { seedOfRun } from "../harness/random";
import { TransactionRefused } from "../harness/refused";
import { amount, bookWith, line } from "./random-book";
import { DEPOSIT, type Scenario, startScenario } from "./scenario";

const LINES = 3;
/** Offsets in a book's account: header, then a line's `claimed`. */
const AT = { claimed: 8 + 232, fees: 8 + 240, free: 8 + 256, committed: 8 + 264, feeBps: 8 + 298 };
const LINE_CLAIMED = sdk.BOOK_HEADER_LENGTH + 72;

describeSigned("streams / claim, hot path against its Anchor twin", (start) => {
  let streams: Scenario;
  before(async () => {
    streams = await startScenario(start);
    for (let added = 0; added < LINES; added++) await streams.addLine({ line: added, deposit: 0n });
  });

  /** Error or null, events, and every byte that may have changed. */
  const claimBy = async (path: "hot" | "twin", index: number, destination: PublicKey) => {
    const { book, mint, vault, world } = streams;
    const claim = sdk.claim({ book, mint: mint.address, line: index, destination });
    const extra = { pubkey: SystemProgram.programId, isSigner: false, isWritable: false };
    if (path === "twin") claim.keys.push(extra);
    const result = await streams.send([claim]).then(
      ({ logs, events }) => ({ error: null, logs, events }),
      (error: unknown) => {
        if (!(error instanceof TransactionRefused)) throw error;
        assert.deepEqual(error.changes, []);
        return { error: error.errorName, logs: error.logs, events: [] };
      },
    );
    const accounts = await Promise.all([book, vault, destination].map(world.account));
    const anchor = result.logs.some((one) => one.includes("Instruction: Claim"));
    return { ...result, anchor, bytes: accounts.map((one) => one?.data.toString("hex")) };
  };

  it("gives the same bytes, events or error on 300 random and edge inputs", async () => {
    const seed = seedOfRun();
    console.log(`      seed ${seed} (PINFI_SEED repeats it)`);
    const seen = { paid: 0, refused: new Set<string>() };
    const inputs = fc.record({
      lines: fc.array(line, { minLength: LINES, maxLength: LINES }),
      claimed: amount,
      /** Whether nothing is left to claim, but for what runs up by the second. */
      all: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
      index: fc.constantFrom(0, 0, 1, 2, LINES, 65_535),
      feeBps: fc.constantFrom(0, 1, 250, 500),
      payee: fc.integer({ min: 0, max: 9 }).map((one) => one > 0),
    });
    await fc.assert(
      fc.asyncProperty(inputs, async ({ lines, claimed, all, index, feeBps, payee }) => {
        const { world, book, vault, payeeTokens, strangerTokens } = streams;
        const account = await bookWith(streams, lines);
        const at = LINE_CLAIMED + 96 * (index < LINES ? index : 0);
        const [one] = lines;
        const owed = (one?.accrued ?? 0n) + (one?.vouched ?? 0n);
        const deposit = one?.deposit ?? 0n;
        const earned = owed < deposit ? owed : deposit;
        account.data.writeBigUInt64LE(all ? earned : claimed % (earned + 1n), at);
        // Header sums that hold for the largest claim the vault can pay.
        account.data.writeBigUInt64LE(0n, AT.claimed);
        account.data.writeBigUInt64LE(0n, AT.fees);
        account.data.writeBigUInt64LE(0n, AT.free);
        account.data.writeBigUInt64LE(DEPOSIT, AT.committed);
        account.data.writeUInt16LE(feeBps, AT.feeBps);
        const tokens = await Promise.all([vault, payeeTokens, strangerTokens].map(world.account));
        const put = () => {
          world.setAccount(book, { ...account, data: Buffer.from(account.data) });
          [vault, payeeTokens, strangerTokens].forEach((address, nth) => {
            const info = tokens[nth];
            if (info) world.setAccount(address, { ...info, data: Buffer.from(info.data) });
          });
        };
        const destination = payee ? payeeTokens : strangerTokens;
        put();
        const hot = await claimBy("hot", index, destination);
        put();
        const twin = await claimBy("twin", index, destination);
        put();
        assert.equal(hot.error, twin.error);
        assert.deepEqual(hot.bytes, twin.bytes);
        assert.deepEqual(hot.events, twin.events);
        assert.isTrue(twin.anchor, "an extra account leads to the twin");
        if (hot.error === null) {
          assert.isFalse(hot.anchor, "what pays is served by the hot path");
          seen.paid += 1;
        } else {
          seen.refused.add(hot.error);
        }
      }),
      { seed, numRuns: 300 },
    );
    assert.isAbove(seen.paid, 30);
    assert.includeMembers(
      [...seen.refused],
      ["LineOutOfRange", "NotPayeeAccount", "NothingToClaim"],
    );
  });
});
