import { memberAddress } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { KEYS } from "./keys";
import { otherPool, type PoolScenario, refusesForgedPools, startPool } from "./pool-scenario";

describeWorlds("streams / close_member", (start) => {
  let pools: PoolScenario;
  // The payee had 3 units of 4, was paid, and has none any more.
  beforeEach(async () => {
    pools = await startPool(start);
    await pools.distribute({ amount: 1_000n });
    await pools.setUnits({ units: 0n });
    await pools.claimMember();
  });

  describe("refuses", () => {
    refusesForgedPools(
      () => pools,
      (odd) => pools.closeMember(odd),
    );

    it("to send the rent to anybody but the owner (A15)", () =>
      assertRefused(pools.closeMember({ owner: KEYS.stranger.publicKey }), "NotPoolOwner"));

    it("a member that has units", () =>
      assertRefused(pools.closeMember({ who: KEYS.stranger.publicKey }), "MemberNotOver"));

    it("a member that has something to claim", async () => {
      const who = KEYS.stranger.publicKey;
      await pools.setUnits({ who, units: 0n });
      await assertRefused(pools.closeMember({ who }), "MemberNotOver");
      await pools.claimMember({ who, destination: pools.streams.strangerTokens });
      await pools.closeMember({ who });
    });

    it("a member of another pool (A09)", async () => {
      const { pool } = await otherPool(pools);
      await pools.setUnits({ pool, units: 0n });
      const member = memberAddress({ pool, who: KEYS.payee.publicKey });
      await assertRefused(pools.closeMember({ accounts: { member } }), "WrongPool");
    });
  });

  it("closes the account, whoever asks: the rent is the owner's", async () => {
    const owner = KEYS.payer.publicKey;
    const member = memberAddress({ pool: pools.pool, who: KEYS.payee.publicKey });
    const rent = await pools.world.lamports(member);
    const before = await pools.world.lamports(owner);
    const { events } = await pools.closeMember();
    assert.equal(await pools.world.lamports(owner), before + rent);
    assert.equal(await pools.world.lamports(member), 0n);
    assert.equal((await pools.state()).members, 1);
    assert.deepEqual(events, [
      {
        name: "MemberClosed",
        data: { pool: pools.pool.toBase58(), who: KEYS.payee.publicKey.toBase58() },
      },
    ]);
  });

  it("leaves nothing that a member of the same key would inherit (A14)", async () => {
    await pools.closeMember();
    await pools.setUnits({ units: 1n });
    const { owed, claimed, index } = await pools.member();
    assert.deepEqual({ owed, claimed }, { owed: 0n, claimed: 0n });
    assert.equal(index, (await pools.state()).index);
    await assertRefused(pools.claimMember(), "NothingToClaim");
  });
});
