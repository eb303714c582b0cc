import { memberAddress } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { KEYS } from "./keys";
import {
  otherPool,
  type PoolScenario,
  refusesForgedPools,
  refusesForgedPoolVaults,
  startPool,
} from "./pool-scenario";

describeWorlds("streams / claim_member", (start) => {
  let pools: PoolScenario;
  beforeEach(async () => {
    pools = await startPool(start);
    await pools.distribute({ amount: 1_000n });
  });

  describe("refuses", () => {
    refusesForgedPools(
      () => pools,
      (odd) => pools.claimMember(odd),
    );
    refusesForgedPoolVaults(
      () => pools,
      (odd) => pools.claimMember(odd),
    );

    it("a token account of anybody but the member (A28)", () =>
      assertRefused(
        pools.claimMember({ accounts: { destination: pools.streams.strangerTokens } }),
        "NotPayeeAccount",
      ));

    it("a member of another pool (A09)", async () => {
      const { pool } = await otherPool(pools);
      await pools.setUnits({ pool });
      const member = memberAddress({ pool, who: KEYS.payee.publicKey });
      await assertRefused(pools.claimMember({ accounts: { member } }), "WrongPool");
    });

    it("a second claim: nothing is due", async () => {
      await pools.claimMember();
      await assertRefused(pools.claimMember(), "NothingToClaim");
    });
  });

  it("pays everything received, whoever asks, and says so", async () => {
    await pools.distribute({ amount: 1_000n });
    const { events } = await pools.claimMember();
    assert.equal(await pools.streams.balance(pools.streams.payeeTokens), 1_500n);
    assert.equal((await pools.member()).claimed, 1_500n);
    const { claimed, distributed } = await pools.state();
    assert.deepEqual({ claimed, distributed }, { claimed: 1_500n, distributed: 2_000n });
    assert.equal(await pools.streams.balance(pools.vault), 500n);
    assert.deepEqual(events, [
      {
        name: "MemberClaimed",
        data: {
          pool: pools.pool.toBase58(),
          who: KEYS.payee.publicKey.toBase58(),
          amount: 1_500n,
          total_claimed: 1_500n,
        },
      },
    ]);
  });
});
