import { memberClaimable } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { mintTo } from "../harness/tokens";
import { KEYS } from "./keys";
import { type PoolScenario, startPool } from "./pool-scenario";

const payee = KEYS.payee.publicKey;
const stranger = KEYS.stranger.publicKey;
const owner = KEYS.payer.publicKey;

// The payee holds 3 units of 4, the stranger one.
describeWorlds("streams / a pool that is the payee of a line (W15a)", (start) => {
  let pools: PoolScenario;
  beforeEach(async () => {
    pools = await startPool(start);
    const { streams, pool } = pools;
    await streams.openBook();
    await streams.deposit();
    await streams.addLine({ deposit: 1_000n, payee: pool });
    await streams.settle({ targets: { kind: "dense", start: 0, cumulative: [1_000n] } });
    await streams.claim({ payee: pool });
    assert.equal(await streams.balance(pools.vault), 1_000n);
  });
  const endMembers = async () => {
    for (const who of [payee, stranger]) {
      await pools.setUnits({ who, units: 0n });
      if ((await pools.member(who)).owed >> 64n > 0n) await pools.claimMember({ who });
      await pools.closeMember({ who });
    }
  };

  it("pays its members, at their next claim", async () => {
    const { streams } = pools;
    const [pool, member] = [await pools.state(), await pools.member()];
    assert.equal(memberClaimable({ pool, member }), 0n);
    assert.equal(memberClaimable({ pool, member, vaultAmount: 1_000n }), 750n);
    const { events } = await pools.claimMember();
    assert.equal(await streams.balance(streams.payeeTokens), 750n);
    assert.deepEqual(
      events.map(({ name, data }) => [name, data.amount]),
      [
        ["Distributed", 1_000n],
        ["MemberClaimed", 750n],
      ],
    );
    await assertRefused(pools.claimMember(), "NothingToClaim");
  });

  it("shares by the units held when money reached the vault: later ones have no part in it", async () => {
    const { streams } = pools;
    const before = await streams.balance(streams.strangerTokens);
    const owners = await streams.balance(streams.payerTokens);
    const { events } = await pools.setUnits({ units: 0n });
    assert.deepEqual(
      events.map(({ name, data }) => [name, data.amount ?? data.total_units]),
      [
        ["Distributed", 1_000n],
        ["UnitsSet", 1n],
      ],
    );
    await endMembers();
    await pools.closePool();
    assert.equal(await streams.balance(streams.payeeTokens), 750n);
    assert.equal((await streams.balance(streams.strangerTokens)) - before, 250n);
    assert.equal(await streams.balance(streams.payerTokens), owners);
  });

  it("gives a new member no part in what came in before", async () => {
    await pools.setUnits({ who: owner, units: 4n });
    await assertRefused(pools.claimMember({ who: owner }), "NothingToClaim");
    await pools.claimMember();
    assert.equal(await pools.streams.balance(pools.streams.payeeTokens), 750n);
  });

  it("counts units when money arrives, not when a line earned it: who claims first is safe", async () => {
    const { streams, pool } = pools;
    const late = async (claimFirst: boolean) => {
      await streams.addLine({ deposit: 400n, payee: pool, rate: 400n });
      const line = (await streams.state()).nextLine - 1;
      await streams.advance({ seconds: 1n });
      if (claimFirst) await streams.claim({ line, payee: pool });
      await pools.setUnits({ units: 0n });
      if (!claimFirst) await streams.claim({ line, payee: pool });
      await pools.setUnits({ units: 3n });
      const { owed } = await pools.member();
      return owed >> 64n;
    };
    assert.equal(await late(true), 750n + 300n);
    // The owner took the units away before the line paid: its 400 are the stranger's alone.
    assert.equal(await late(false), 750n + 300n);
  });

  describe("what comes in while nobody has units is the owner's", () => {
    const gift = (amount: bigint) => {
      const { world, streams, vault } = pools;
      return mintTo({ world, mint: streams.mint, to: vault, amount });
    };
    beforeEach(async () => {
      await endMembers();
      await gift(40n);
    });

    it("he gets it when he closes the pool", async () => {
      const { streams } = pools;
      const owners = await streams.balance(streams.payerTokens);
      await pools.closePool();
      assert.equal(await streams.balance(streams.payerTokens), owners + 40n);
    });

    it("whoever is the first to get units has no part in it", async () => {
      const { streams } = pools;
      await pools.setUnits();
      assert.equal((await pools.state()).unshared, 40n);
      await assertRefused(pools.claimMember(), "NothingToClaim");
      const bare = {
        funder: stranger,
        source: streams.strangerTokens,
        amount: 0n,
      };
      await assertRefused(pools.distribute(bare), "ZeroAmount");
      // What comes from now on is the members', and that alone.
      await gift(9n);
      const [pool, member] = [await pools.state(), await pools.member()];
      assert.equal(memberClaimable({ pool, member, vaultAmount: 49n }), 9n);
      const { events } = await pools.distribute(bare);
      assert.equal(events[0]?.data.amount, 9n);
      await pools.setUnits({ units: 0n });
      await pools.claimMember();
      await pools.closeMember();
      const owners = await streams.balance(streams.payerTokens);
      await pools.closePool();
      assert.equal(await streams.balance(streams.payerTokens), owners + 40n);
    });

    it("it grows, and outlives claims and units that come and go", async () => {
      await pools.setUnits();
      await pools.distribute({ funder: stranger, source: pools.streams.strangerTokens });
      await pools.setUnits({ units: 0n });
      await gift(2n);
      await pools.claimMember();
      assert.equal((await pools.state()).unshared, 42n);
      await gift(3n);
      await pools.setUnits({ units: 5n });
      assert.equal((await pools.state()).unshared, 45n);
      await assertRefused(pools.claimMember(), "NothingToClaim");
    });

    it("his distribution shares it among the members of the day, anybody else's does not", async () => {
      const { streams } = pools;
      await pools.setUnits();
      await pools.setUnits({ who: stranger, units: 1n });
      const theirs = { funder: stranger, source: streams.strangerTokens };
      const first = await pools.distribute({ ...theirs, amount: 100n });
      assert.equal(first.events[0]?.data.amount, 100n);
      const second = await pools.distribute({ amount: 0n });
      assert.deepEqual(
        second.events.map(({ data }) => [data.amount, data.total_distributed]),
        [[40n, 1_140n]],
      );
      assert.equal((await pools.state()).unshared, 0n);
      await assertRefused(pools.distribute({ amount: 0n }), "ZeroAmount");
      const before = await streams.balance(streams.payeeTokens);
      await pools.claimMember();
      assert.equal((await streams.balance(streams.payeeTokens)) - before, 105n);
    });
  });

  it("believes no other vault when units change (A24)", async () => {
    const accounts = { vault: pools.streams.payeeTokens };
    await assertRefused(pools.setUnits({ accounts }), "WrongVault");
    await pools.setUnits();
  });
});
