import { memberClaimable } from "@pinfi/sdk";
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

  it("shares by the units held when the money came in: the owner cannot take them away first", async () => {
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

  it("leaves to the owner what comes in while nobody has units", async () => {
    const { streams, vault, world } = pools;
    await endMembers();
    const owners = await streams.balance(streams.payerTokens);
    await mintTo({ world, mint: streams.mint, to: vault, amount: 40n });
    await pools.closePool();
    assert.equal(await streams.balance(streams.payerTokens), owners + 40n);
  });

  it("believes no other vault when units change (A24)", async () => {
    const accounts = { vault: pools.streams.payeeTokens };
    await assertRefused(pools.setUnits({ accounts }), "WrongVault");
    await pools.setUnits();
  });
});
