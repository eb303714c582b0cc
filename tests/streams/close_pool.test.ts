import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { mintTo, setFrozen } from "../harness/tokens";
import { KEYS } from "./keys";
import {
  type PoolScenario,
  refusesForgedPools,
  refusesForgedPoolVaults,
  startPool,
} from "./pool-scenario";
import { PAYER_TOKENS } from "./scenario";

describeWorlds("streams / close_pool", (start) => {
  let pools: PoolScenario;
  beforeEach(async () => {
    pools = await startPool(start, "open");
  });

  describe("refuses", () => {
    refusesForgedPools(
      () => pools,
      (odd) => pools.closePool(odd),
    );
    refusesForgedPoolVaults(
      () => pools,
      (odd) => pools.closePool(odd),
    );

    it("anybody but the owner (A15)", () =>
      assertRefused(
        pools.closePool({
          owner: KEYS.stranger.publicKey,
          destination: pools.streams.strangerTokens,
        }),
        "NotPoolOwner",
      ));

    it("an owner who does not sign (A01)", () =>
      assertRefused(
        pools.closePool({ accounts: { owner: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("a token account of somebody else (A28)", () =>
      assertRefused(
        pools.closePool({ destination: pools.streams.strangerTokens }),
        "NotPayerAccount",
      ));

    it("a pool with a member, who may be owed", async () => {
      await pools.setUnits();
      await pools.distribute();
      await pools.setUnits({ units: 0n });
      await assertRefused(pools.closePool(), "PoolNotEmpty");
      await pools.claimMember();
      await pools.closeMember();
      await pools.closePool();
    });
  });

  it("ends the pool with rents and donated dust at the owner (A16), and says so", async () => {
    const { world, pool, vault, streams } = pools;
    await mintTo({ world, mint: streams.mint, to: vault, amount: 7n });
    const owner = KEYS.payer.publicKey;
    const rent = (await world.lamports(pool)) + (await world.lamports(vault));
    const before = await world.lamports(owner);
    const { events } = await pools.closePool();
    assert.equal(await world.lamports(owner), before + rent);
    assert.equal(await streams.balance(streams.payerTokens), PAYER_TOKENS + 7n);
    assert.equal(await world.lamports(pool), 0n);
    assert.deepEqual(events, [
      {
        name: "PoolClosed",
        data: {
          pool: pool.toBase58(),
          owner: owner.toBase58(),
          amount: 7n,
          total_distributed: 0n,
        },
      },
    ]);
  });

  it("with an empty vault, also where the owner's account is frozen (C12)", async () => {
    const { world, streams, pool } = pools;
    await setFrozen(world, streams.payerTokens);
    await pools.closePool();
    assert.equal(await world.lamports(pool), 0n);
    assert.equal(await streams.balance(streams.payerTokens), PAYER_TOKENS);
  });
});
