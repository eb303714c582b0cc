import { memberAddress } from "@pinfi/sdk/streams";
import { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { KEYS } from "./keys";
import { type PoolScenario, refusesForgedPools, startPool } from "./pool-scenario";

describeWorlds("streams / set_units", (start) => {
  let pools: PoolScenario;
  beforeEach(async () => {
    pools = await startPool(start, "open");
  });

  describe("refuses", () => {
    refusesForgedPools(
      () => pools,
      (odd) => pools.setUnits(odd),
    );

    it("anybody but the owner (A02)", () =>
      assertRefused(pools.setUnits({ owner: KEYS.stranger.publicKey }), "NotPoolOwner"));

    it("an owner who does not sign (A01)", () =>
      assertRefused(
        pools.setUnits({ accounts: { owner: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("the account of another member (A07)", () => {
      const member = memberAddress({ pool: pools.pool, who: KEYS.stranger.publicKey });
      return assertRefused(pools.setUnits({ accounts: { member } }), "ConstraintSeeds");
    });

    it("the default key and the pool itself as member", async () => {
      await assertRefused(pools.setUnits({ who: PublicKey.default }), "InvalidPayee");
      await assertRefused(pools.setUnits({ who: pools.pool }), "InvalidPayee");
    });

    it("units beyond 64 bits in all (B01)", async () => {
      await pools.setUnits({ units: 2n ** 64n - 1n });
      const who = KEYS.stranger.publicKey;
      await assertRefused(pools.setUnits({ who, units: 1n }), "MathOverflow");
      await pools.setUnits({ units: 2n ** 64n - 2n });
      await pools.setUnits({ who, units: 1n });
    });
  });

  describe("gives", () => {
    it("a new member its units, and says so", async () => {
      const { events } = await pools.setUnits({ units: 3n });
      const { totalUnits, members } = await pools.state();
      assert.deepEqual({ totalUnits, members }, { totalUnits: 3n, members: 1 });
      assert.equal((await pools.member()).units, 3n);
      assert.deepEqual(events, [
        {
          name: "UnitsSet",
          data: {
            pool: pools.pool.toBase58(),
            who: KEYS.payee.publicKey.toBase58(),
            units: 3n,
            total_units: 3n,
          },
        },
      ]);
    });

    it("a part in what comes, not in what was", async () => {
      await pools.setUnits({ units: 1n });
      await pools.distribute({ amount: 100n });
      const who = KEYS.stranger.publicKey;
      await pools.setUnits({ who, units: 1n });
      const destination = pools.streams.strangerTokens;
      await assertRefused(pools.claimMember({ who, destination }), "NothingToClaim");
      await pools.distribute({ amount: 100n });
      await pools.claimMember();
      assert.equal(await pools.streams.balance(pools.streams.payeeTokens), 150n);
    });

    it("other units without touching what was earned by the old ones (D17, A13)", async () => {
      await pools.setUnits({ units: 1n });
      await pools.distribute({ amount: 100n });
      await pools.setUnits({ units: 0n });
      const { totalUnits, members } = await pools.state();
      assert.deepEqual({ totalUnits, members }, { totalUnits: 0n, members: 1 });
      await pools.claimMember();
      assert.equal(await pools.streams.balance(pools.streams.payeeTokens), 100n);
    });
  });
});
