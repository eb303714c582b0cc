import { createCloseAccountInstruction, TOKEN_2022_PROGRAM_ID } from "@solana/spl-token";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { setFrozen, supplyOf } from "../harness/tokens";
import { assertConserved } from "./conservation";
import {
  otherMint,
  refusesForgedAuthorities,
  refusesForgedBooks,
  refusesForgedVaults,
} from "./forge";
import { KEYS } from "./keys";
import { DEPOSIT, PAYER_TOKENS, type Scenario, startScenario } from "./scenario";

describeWorlds("streams / collect_fees", (start) => {
  let streams: Scenario;
  // 5 % of 1,000 claimed: 50 due, half of it to burn.
  const begin = async (burnBps: number) => {
    streams = await startScenario(start, { feeBps: 500, burnBps });
    await streams.addLine({ deposit: 1_000n, rate: 1_000n });
    await streams.advance({ seconds: 1n });
    await streams.claim();
  };
  beforeEach(() => begin(5_000));
  const endLine = async () => {
    await streams.closeLine({ authority: KEYS.payee.publicKey });
    await streams.removeLine();
  };

  describe("refuses", () => {
    refusesForgedBooks(
      () => streams,
      (odd) => streams.collectFees(odd),
    );
    refusesForgedVaults(
      () => streams,
      (odd) => streams.collectFees(odd),
    );
    refusesForgedAuthorities(
      () => streams,
      (odd) => streams.collectFees(odd),
    );

    it("a token account that the policy does not name", () =>
      assertRefused(streams.collectFees({ treasury: streams.strangerTokens }), "WrongTreasury"));

    it("no treasury where part of the fee is owed to it", () =>
      assertRefused(streams.collectFees({ treasury: null }), "MissingTreasury"));

    it("the policy of another mint (A09)", async () => {
      const { policy } = await otherMint(streams);
      await assertRefused(streams.collectFees({ accounts: { policy } }), "WrongMint");
    });

    it("a mint passed read-only (A34)", () =>
      assertRefused(
        streams.collectFees({ accounts: { mint: { isWritable: false } } }),
        "ConstraintMut",
      ));

    it("a second time: nothing is due", async () => {
      await streams.collectFees();
      await assertRefused(streams.collectFees(), "NothingToCollect");
    });
  });

  describe("with a treasury that can receive nothing", () => {
    const close = () =>
      createCloseAccountInstruction(
        streams.treasury,
        KEYS.treasurer.publicKey,
        KEYS.treasurer.publicKey,
      );
    const oddities: [what: string, spoil: () => Promise<unknown>][] = [
      ["frozen (C12)", () => setFrozen(streams.world, streams.treasury)],
      ["closed (C15)", () => streams.send([close()])],
    ];
    for (const [what, spoil] of oddities) {
      it(`${what}: the fee waits while the book has lines`, async () => {
        await spoil();
        await assertRefused(streams.collectFees(), "FeesUndeliverable");
        await begin(5_000);
        await streams.collectFees();
      });

      it(`${what}: it is the payer's once the lines are gone, and the book closes`, async () => {
        await endLine();
        await spoil();
        await assertRefused(streams.closeBook(), "FeesDue");
        const supply = await supplyOf(streams.world, streams.mint);
        const { free, deposited } = await streams.state();
        const { events } = await streams.collectFees();
        assert.equal(await supplyOf(streams.world, streams.mint), supply);
        assert.deepInclude(events[0]?.data, { burned: 0n, to_treasury: 0n, to_payer: 50n });
        const after = await streams.state();
        assert.equal(after.free - free, 50n);
        assert.equal(after.deposited - deposited, 50n);
        await assertConserved(streams, 0n);
        await streams.closeBook();
        assert.equal(await streams.world.account(streams.book), null);
        assert.equal(await streams.balance(streams.payerTokens), PAYER_TOKENS - 950n);
      });
    }

    it("is not believed of one passed read-only, or not at all (A34)", async () => {
      await endLine();
      await assertRefused(
        streams.collectFees({ accounts: { treasury: { isWritable: false } } }),
        "ConstraintMut",
      );
      await assertRefused(streams.collectFees({ treasury: null }), "MissingTreasury");
      await streams.collectFees();
      assert.equal(await streams.balance(streams.treasury), 25n);
    });

    it("is not believed of one that the other token program does not know (A19)", async () => {
      await endLine();
      await assertRefused(
        streams.collectFees({ accounts: { token_program: TOKEN_2022_PROGRAM_ID } }),
        "ConstraintMintTokenProgram",
      );
      await streams.collectFees();
      assert.equal(await streams.balance(streams.treasury), 25n);
    });

    it("takes its part again after a thaw", async () => {
      await setFrozen(streams.world, streams.treasury);
      await assertRefused(streams.collectFees(), "FeesUndeliverable");
      await setFrozen(streams.world, streams.treasury, false);
      await streams.collectFees();
      assert.equal(await streams.balance(streams.treasury), 25n);
    });
  });

  describe("moves the fee", () => {
    it("half into the fire and half to the treasury, and says so", async () => {
      const supply = await supplyOf(streams.world, streams.mint);
      const { events } = await streams.collectFees();
      assert.equal(await streams.balance(streams.treasury), 25n);
      assert.equal(await supplyOf(streams.world, streams.mint), supply - 25n);
      assert.equal(await streams.balance(streams.vault), DEPOSIT - 1_000n);
      const { feesAccrued, feesCollected } = await streams.state();
      assert.deepEqual({ feesAccrued, feesCollected }, { feesAccrued: 50n, feesCollected: 50n });
      assert.deepEqual(events, [
        {
          name: "FeesCollected",
          data: {
            book: streams.book.toBase58(),
            burned: 25n,
            to_treasury: 25n,
            to_payer: 0n,
            total_collected: 50n,
          },
        },
      ]);
    });

    it("to the last unit where it does not divide: the odd one is not burned (B08)", async () => {
      await begin(3_333);
      const supply = await supplyOf(streams.world, streams.mint);
      await streams.collectFees(); // 33.33 % of 50 is 16.665
      assert.equal(supply - (await supplyOf(streams.world, streams.mint)), 16n);
      assert.equal(await streams.balance(streams.treasury), 34n);
    });

    it("in small steps as in one: the shares are those of the total (B08)", async () => {
      const run = async (often: boolean) => {
        streams = await startScenario(start, { feeBps: 500, burnBps: 5_000 });
        await streams.addLine({ deposit: 2_000n, rate: 20n });
        const supply = await supplyOf(streams.world, streams.mint);
        for (let nth = 0; nth < 20; nth++) {
          await streams.advance({ seconds: 1n });
          await streams.claim();
          if (often) await streams.collectFees();
        }
        if (!often) await streams.collectFees();
        const burned = supply - (await supplyOf(streams.world, streams.mint));
        return { burned, treasury: await streams.balance(streams.treasury) };
      };
      assert.deepEqual(await run(false), { burned: 10n, treasury: 10n });
      assert.deepEqual(await run(true), { burned: 10n, treasury: 10n });
    });

    it("all into the fire, with no treasury", async () => {
      await begin(10_000);
      const supply = await supplyOf(streams.world, streams.mint);
      await streams.collectFees({ treasury: null });
      assert.equal(supply - (await supplyOf(streams.world, streams.mint)), 50n);
    });

    it("all into the fire where the policy has no treasury any more, so that no book is stuck", async () => {
      await streams.setMintPolicy({ feeBps: 0, burnBps: 0, treasury: null });
      const supply = await supplyOf(streams.world, streams.mint);
      await streams.collectFees({ treasury: null });
      assert.equal(supply - (await supplyOf(streams.world, streams.mint)), 50n);
    });

    it("all to the treasury", async () => {
      await begin(0);
      await streams.collectFees();
      assert.equal(await streams.balance(streams.treasury), 50n);
    });
  });
});
