import * as sdk from "@pinfi/sdk/streams";
import { type PublicKey, SystemProgram } from "@solana/web3.js";
import { assert } from "chai";
import fc from "fast-check";
import { describeSigned } from "../harness/describe";
import { seedOfRun } from "../harness/random";
import { TransactionRefused } from "../harness/refused";
import { createLooseTokenAccount } from "../harness/tokens";
import { KEYS } from "./keys";
import { amount, bookWith, line } from "./random-book";
import { DEPOSIT, type Scenario, startScenario } from "./scenario";
import { servedByAnchor, UNITS_TELL } from "./twin";

const LINES = 3;
/** Offsets in a book's account: header, then a line's `claimed`. */
const AT = { claimed: 8 + 232, fees: 8 + 240, free: 8 + 256, committed: 8 + 264, feeBps: 8 + 298 };
/** Of a claim: where its data has the bump, and the destination among its accounts. */
const BUMP_AT = 10;
const DESTINATION = 4;
const HOT_UNITS = 2_700;
const LINE_CLAIMED = sdk.BOOK_HEADER_LENGTH + 72;

describeSigned("streams / claim, hot path against its Anchor twin", (start) => {
  let streams: Scenario;
  let loose: PublicKey;
  before(async () => {
    streams = await startScenario(start);
    loose = await createLooseTokenAccount({
      world: streams.world,
      mint: streams.mint,
      owner: KEYS.payee.publicKey,
      keypair: KEYS.loose,
    });
    for (let added = 0; added < LINES; added++) await streams.addLine({ line: added, deposit: 0n });
  });

  /** Who gets it, by whose wish, and what is wrong about it. */
  interface To {
    destination: PublicKey;
    signs: PublicKey | null;
    bumpOff: number;
  }
  /** Error or null, events, and every byte that may have changed. */
  const claimBy = async (
    path: "hot" | "twin",
    index: number,
    { destination, signs, bumpOff }: To,
  ) => {
    const { book, mint, vault, world } = streams;
    const payee = KEYS.payee.publicKey;
    const claim = sdk.claim({ book, mint: mint.address, line: index, payee });
    claim.data[BUMP_AT] = ((claim.data[BUMP_AT] ?? 0) + bumpOff) & 0xff;
    const [to, by] = claim.keys.slice(DESTINATION).filter((_, nth) => nth !== 1);
    Object.assign(to ?? {}, { pubkey: destination });
    if (signs !== null) Object.assign(by ?? {}, { pubkey: signs, isSigner: true });
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
    const anchor = servedByAnchor(result.logs, HOT_UNITS);
    return { ...result, anchor, bytes: accounts.map((one) => one?.data.toString("hex")) };
  };

  it("gives the same bytes, events or error on 300 random and edge inputs", async () => {
    const seed = seedOfRun();
    console.log(`      seed ${seed} (PINFI_SEED repeats it)`);
    const seen = { paid: new Set<string>(), refused: new Set<string>() };
    const inputs = fc.record({
      lines: fc.array(line, { minLength: LINES, maxLength: LINES }),
      claimed: amount,
      /** Whether nothing is left to claim, but for what runs up by the second. */
      all: fc.integer({ min: 0, max: 3 }).map((one) => one === 0),
      index: fc.constantFrom(0, 0, 1, 2, LINES, 65_535),
      feeBps: fc.constantFrom(0, 1, 250, 500),
      to: fc.constantFrom("associated", "associated", "loose", "stranger's"),
      by: fc.constantFrom(null, null, KEYS.payee, KEYS.stranger),
      bumpOff: fc.constantFrom(0, 0, 0, 1, 255),
    });
    await fc.assert(
      fc.asyncProperty(inputs, async ({ lines, claimed, all, index, feeBps, to, by, bumpOff }) => {
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
        const holders = [vault, payeeTokens, loose, strangerTokens];
        const tokens = await Promise.all(holders.map(world.account));
        const put = () => {
          world.setAccount(book, { ...account, data: Buffer.from(account.data) });
          holders.forEach((address, nth) => {
            const info = tokens[nth];
            if (info) world.setAccount(address, { ...info, data: Buffer.from(info.data) });
          });
        };
        const destination = { associated: payeeTokens, loose, "stranger's": strangerTokens }[to];
        const given: To = { destination, signs: by?.publicKey ?? null, bumpOff };
        put();
        const hot = await claimBy("hot", index, given);
        put();
        const twin = await claimBy("twin", index, given);
        put();
        assert.equal(hot.error, twin.error);
        assert.deepEqual(hot.bytes, twin.bytes);
        assert.deepEqual(hot.events, twin.events);
        assert.isTrue(twin.anchor, "an extra account leads to the twin");
        if (hot.error === null) {
          // A signature that nobody asked for is not worth a hot path.
          if (UNITS_TELL)
            assert.equal(hot.anchor, by === KEYS.stranger, "what pays is served by the hot path");
          seen.paid.add(`${to} by ${by === null ? "anybody" : "signature"}`);
        } else {
          seen.refused.add(hot.error);
        }
      }),
      { seed, numRuns: 300 },
    );
    assert.includeMembers(
      [...seen.paid],
      ["associated by anybody", "associated by signature", "loose by signature"],
    );
    assert.includeMembers(
      [...seen.refused],
      ["LineOutOfRange", "NotPayeeAccount", "NotAssociated", "NothingToClaim"],
    );
  });
});
