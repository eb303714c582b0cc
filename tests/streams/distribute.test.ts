import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { mintTo } from "../harness/tokens";
import { KEYS } from "./keys";
import {
  type PoolScenario,
  refusesForgedPools,
  refusesForgedPoolVaults,
  startPool,
} from "./pool-scenario";

const DISTRIBUTED = 8 + 32 * 3 + 16 + 8 + 8; // offset in a pool's account

describeWorlds("streams / distribute", (start) => {
  let pools: PoolScenario;
  beforeEach(async () => {
    pools = await startPool(start);
  });

  describe("refuses", () => {
    refusesForgedPools(
      () => pools,
      (odd) => pools.distribute(odd),
    );
    refusesForgedPoolVaults(
      () => pools,
      (odd) => pools.distribute(odd),
    );

    it("nothing (B03)", () => assertRefused(pools.distribute({ amount: 0n }), "ZeroAmount"));

    it("a pool without units, whose money nobody could claim (B07, B15)", async () => {
      pools = await startPool(start, "open");
      await assertRefused(pools.distribute(), "NoUnits");
      await pools.setUnits();
      await pools.distribute();
    });

    it("tokens of somebody else (A02)", () =>
      assertRefused(pools.distribute({ source: pools.streams.strangerTokens }), "OwnerMismatch"));

    it("the vault as its own source (A10)", () =>
      assertRefused(
        pools.distribute({ source: pools.vault }),
        "ConstraintDuplicateMutableAccount",
      ));

    it("a total beyond 64 bits (B01)", async () => {
      const account = await pools.world.account(pools.pool);
      if (account === null) throw new Error("the pool is not open");
      // All of it claimed since, so that the vault is empty.
      account.data.writeBigUInt64LE(2n ** 64n - 100n, DISTRIBUTED);
      account.data.writeBigUInt64LE(2n ** 64n - 100n, DISTRIBUTED + 8);
      pools.world.setAccount(pools.pool, account);
      await assertRefused(pools.distribute({ amount: 100n }), "MathOverflow");
      await pools.distribute({ amount: 99n });
    });
  });

  describe("shares", () => {
    it("by units, and says so", async () => {
      const { events } = await pools.distribute({ amount: 1_000n });
      await pools.claimMember();
      const who = KEYS.stranger.publicKey;
      const before = await pools.streams.balance(pools.streams.strangerTokens);
      await pools.claimMember({ who, destination: pools.streams.strangerTokens });
      assert.equal(await pools.streams.balance(pools.streams.payeeTokens), 750n);
      const gained = (await pools.streams.balance(pools.streams.strangerTokens)) - before;
      assert.equal(gained, 250n);
      assert.deepEqual(events, [
        {
          name: "Distributed",
          data: { pool: pools.pool.toBase58(), amount: 1_000n, total_distributed: 1_000n },
        },
      ]);
    });

    it("a stranger's money like any other (D21)", async () => {
      const { strangerTokens } = pools.streams;
      await pools.distribute({ funder: KEYS.stranger.publicKey, source: strangerTokens });
      assert.equal((await pools.state()).distributed, 1_000n);
    });

    it("what was sent straight to the vault, too (A31)", async () => {
      const { streams, vault, world } = pools;
      await mintTo({ world, mint: streams.mint, to: vault, amount: 5_000n });
      const { events } = await pools.distribute({ amount: 1_000n });
      const pool = pools.pool.toBase58();
      const said = { pool, amount: 6_000n, total_distributed: 6_000n };
      assert.deepEqual(events, [{ name: "Distributed", data: said }]);
      await pools.claimMember();
      assert.equal(await streams.balance(streams.payeeTokens), 4_500n);
    });

    it("what was sent straight to the vault, alone, with an amount of nothing, whoever asks (A31)", async () => {
      const { streams, vault, world } = pools;
      const { strangerTokens: source } = streams;
      const bare = { funder: KEYS.stranger.publicKey, source, amount: 0n };
      await assertRefused(pools.distribute(bare), "ZeroAmount");
      await mintTo({ world, mint: streams.mint, to: vault, amount: 8n });
      await pools.distribute(bare);
      assert.equal((await pools.state()).distributed, 8n);
      await assertRefused(pools.distribute(bare), "ZeroAmount");
    });

    it("odd amounts to the last unit over time: fractions are carried (D22)", async () => {
      await pools.setUnits({ units: 2n }); // of three
      for (let times = 0; times < 9; times++) await pools.distribute({ amount: 1n });
      await pools.claimMember();
      assert.equal(await pools.streams.balance(pools.streams.payeeTokens), 6n);
      const who = KEYS.stranger.publicKey;
      const before = await pools.streams.balance(pools.streams.strangerTokens);
      await pools.claimMember({ who, destination: pools.streams.strangerTokens });
      assert.equal((await pools.streams.balance(pools.streams.strangerTokens)) - before, 3n);
      assert.equal(await pools.streams.balance(pools.vault), 0n);
    });
  });
});
