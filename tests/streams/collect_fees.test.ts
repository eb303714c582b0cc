import { policyAddress } from "@pinfi/sdk/streams";
import { createCloseAccountInstruction, TOKEN_2022_PROGRAM_ID } from "@solana/spl-token";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { createLooseTokenAccount, setFrozen, supplyOf } from "../harness/tokens";
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
    const makeEscrow = () => streams.tokensOf(policyAddress({ mint: streams.mint.address }));
    const close = () =>
      createCloseAccountInstruction(
        streams.treasury,
        KEYS.treasurer.publicKey,
        KEYS.treasurer.publicKey,
      );
    const oddities: [what: string, spoil: () => Promise<unknown>][] = [
      ["frozen (C12)", () => setFrozen(streams.world, streams.treasury)],
      ["closed (C15)", () => streams.send([close()])],
      [
        "closed and made anew for another mint (W22)",
        async () => {
          const { world, treasury } = streams;
          const account = await world.account(treasury);
          assert.isNotNull(account);
          (await otherMint(streams)).mint.address.toBuffer().copy(account.data, 0);
          world.setAccount(treasury, account);
        },
      ],
    ];
    for (const [what, spoil] of oddities) {
      for (const lines of ["with a line", "with none"]) {
        it(`W15c ${what}, ${lines}: the fee waits in the policy's escrow, the book closes`, async () => {
          if (lines === "with none") await endLine();
          await spoil();
          await assertRefused(streams.collectFees(), "FeesUndeliverable");
          const escrow = await makeEscrow();
          const supply = await supplyOf(streams.world, streams.mint);
          const before = await streams.state();
          const { events } = await streams.collectFees({ escrow });
          const parts = { burned: 25n, to_treasury: 0n, to_escrow: 25n, total_collected: 50n };
          assert.deepEqual(events[0]?.data, { book: streams.book.toBase58(), ...parts });
          assert.equal(await streams.balance(escrow), 25n);
          assert.equal(await supplyOf(streams.world, streams.mint), supply - 25n);
          const after = await streams.state();
          assert.equal(after.free, before.free);
          assert.equal(after.deposited, before.deposited);
          await assertConserved(streams, 0n);
          if (lines === "with a line") await endLine();
          await streams.closeBook();
          assert.equal(await streams.world.account(streams.book), null);
          assert.equal(await streams.balance(streams.payerTokens), PAYER_TOKENS - 1_000n);
        });
      }
    }

    it("W15c the escrow is the policy's associated account and no other", async () => {
      await setFrozen(streams.world, streams.treasury);
      const { world, mint } = streams;
      const owner = policyAddress({ mint: mint.address });
      const loose = await createLooseTokenAccount({ world, mint, owner, keypair: KEYS.loose });
      for (const odd of [streams.strangerTokens, loose]) {
        await assertRefused(streams.collectFees({ escrow: odd }), "WrongEscrow");
      }
      const escrow = await makeEscrow();
      const readOnly = { escrow, accounts: { escrow: { isWritable: false } } };
      await assertRefused(streams.collectFees(readOnly), "ConstraintMut");
      await streams.collectFees({ escrow });
      assert.equal(await streams.balance(escrow), 25n);
    });

    it("W15c the book's own vault is no escrow: fees in it would go to the payer", async () => {
      const { vault, treasury } = streams;
      await streams.setMintPolicy({ feeBps: 500, burnBps: 5_000, treasury: vault });
      await assertRefused(streams.collectFees({ treasury: vault }), "FeesUndeliverable");
      const escrow = await makeEscrow();
      const { events } = await streams.collectFees({ treasury: vault, escrow });
      assert.deepInclude(events[0]?.data, { burned: 25n, to_treasury: 0n, to_escrow: 25n });
      await streams.setMintPolicy({ feeBps: 500, burnBps: 5_000, treasury });
      await streams.collectEscrow({ escrow });
      assert.equal(await streams.balance(treasury), 25n);
    });

    it("W15c the escrow gets nothing while the treasury can receive", async () => {
      const escrow = await makeEscrow();
      await streams.collectFees({ escrow });
      assert.equal(await streams.balance(escrow), 0n);
      assert.equal(await streams.balance(streams.treasury), 25n);
    });

    it("W15c with the escrow frozen too the fee waits for the lines, then burns", async () => {
      const escrow = await makeEscrow();
      await setFrozen(streams.world, streams.treasury);
      await setFrozen(streams.world, escrow);
      await assertRefused(streams.collectFees({ escrow }), "FeesUndeliverable");
      await endLine();
      await assertRefused(streams.collectFees(), "FeesUndeliverable");
      const supply = await supplyOf(streams.world, streams.mint);
      const { events } = await streams.collectFees({ escrow });
      assert.deepInclude(events[0]?.data, { burned: 50n, to_treasury: 0n, to_escrow: 0n });
      assert.equal(await supplyOf(streams.world, streams.mint), supply - 50n);
      await streams.closeBook();
      assert.equal(await streams.balance(streams.payerTokens), PAYER_TOKENS - 1_000n);
    });

    it("which one passed read-only, or left out, is not taken for (A34)", async () => {
      await endLine();
      await assertRefused(
        streams.collectFees({ accounts: { treasury: { isWritable: false } } }),
        "ConstraintMut",
      );
      await assertRefused(streams.collectFees({ treasury: null }), "MissingTreasury");
      await streams.collectFees();
      assert.equal(await streams.balance(streams.treasury), 25n);
    });

    it("which one that the other token program does not know is not taken for (A19)", async () => {
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
    it("half burned and half to the treasury, and says so", async () => {
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
            to_escrow: 0n,
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

    it("all burned, with no treasury", async () => {
      await begin(10_000);
      const supply = await supplyOf(streams.world, streams.mint);
      await streams.collectFees({ treasury: null });
      assert.equal(supply - (await supplyOf(streams.world, streams.mint)), 50n);
    });

    for (const [burnBps, burned] of [
      [0, 0n],
      [5_000, 25n],
      [10_000, 50n],
    ] as const) {
      it(`W15c no more burned than the ${burnBps / 100} % that the policy says, where it names no treasury any more`, async () => {
        await streams.setMintPolicy({ feeBps: 0, burnBps, treasury: null });
        const supply = await supplyOf(streams.world, streams.mint);
        const escrow = await streams.tokensOf(policyAddress({ mint: streams.mint.address }));
        const waiting = 50n - burned;
        if (waiting > 0n) {
          await assertRefused(streams.collectFees({ treasury: null }), "FeesUndeliverable");
        }
        await streams.collectFees({ treasury: null, escrow });
        assert.equal(supply - (await supplyOf(streams.world, streams.mint)), burned);
        assert.equal(await streams.balance(escrow), waiting);
        // So no book is stuck.
        await endLine();
        await streams.closeBook();
        await streams.setMintPolicy();
        if (waiting > 0n) await streams.collectEscrow();
        assert.equal(await streams.balance(streams.treasury), waiting);
      });
    }

    it("all to the treasury", async () => {
      await begin(0);
      await streams.collectFees();
      assert.equal(await streams.balance(streams.treasury), 50n);
    });
  });
});
