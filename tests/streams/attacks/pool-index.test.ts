import * as sdk from "@pinfi/sdk/streams";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeWorlds } from "../../harness/describe";
import { mintTo, supplyOf } from "../../harness/tokens";
import { KEYS } from "../keys";
import { type PoolScenario, startPool } from "../pool-scenario";

const MAX = 2n ** 64n - 1n;
const owner = KEYS.payer.publicKey;
const payee = KEYS.payee.publicKey;
const stranger = KEYS.stranger.publicKey;

/** What a claim of each of the two members pays; 0 where nothing is due. */
async function claimBoth({ claimMember, streams }: PoolScenario): Promise<[bigint, bigint]> {
  const paid = async (who: typeof payee, destination: typeof payee): Promise<bigint> => {
    const before = await streams.balance(destination);
    await claimMember({ who, destination });
    return (await streams.balance(destination)) - before;
  };
  return [await paid(payee, streams.payeeTokens), await paid(stranger, streams.strangerTokens)];
}

describeWorlds("streams / a pool's index", (start) => {
  it("gives a member who is brought up to date each time as much as one who never is (B13, B23)", async () => {
    const pools = await startPool(start, "open");
    const { setUnits, distribute, vault, streams } = pools;
    // A third member, so that no division comes out even.
    const third = KEYS.otherPayee.publicKey;
    await setUnits({ who: payee, units: 1_000_003n });
    await setUnits({ who: stranger, units: 1_000_003n });
    await setUnits({ who: third, units: 999_983n });
    for (let times = 1; times <= 25; times++) {
      await distribute({ amount: times % 5 === 0 ? 997n : 1n }); // 5,005 in all
      await setUnits({ who: payee, units: 1_000_003n });
    }
    const [often, never] = [await pools.member(payee), await pools.member(stranger)];
    const { index } = await pools.state();
    assert.equal(
      often.owed,
      never.owed + (index - never.index) * never.units,
      "to 2^-64 of a unit",
    );
    assert.deepEqual(await claimBoth(pools), [1_668n, 1_668n]);
    await pools.claimMember({ who: third, destination: await streams.tokensOf(third) });
    assert.equal(await streams.balance(vault), 1n, "what the three fractions come to");
  });

  it("has room for all tokens of a mint on a single unit, and one token more is refused (B14)", async () => {
    const pools = await startPool(start, "open");
    const { world, streams, distribute, setUnits } = pools;
    const { mint, payerTokens, strangerTokens } = streams;
    await setUnits({ who: payee, units: 1n });
    const rest = MAX - (await supplyOf(world, mint));
    await mintTo({ world, mint, to: payerTokens, amount: rest });
    const all = await streams.balance(payerTokens);
    await distribute({ amount: all });
    await streams.advance({ seconds: 20n * 365n * 86_400n });
    const left = await streams.balance(strangerTokens);
    await distribute({ funder: stranger, source: strangerTokens, amount: left });
    assert.equal((await pools.state()).index, MAX << 64n);
    await pools.claimMember();
    assert.equal(await streams.balance(streams.payeeTokens), MAX);
    await assertRefused(
      distribute({ funder: payee, source: streams.payeeTokens, amount: 1n }),
      "MathOverflow",
    );
    // The pool has had all it can; another begins from nothing.
    await pools.openPool({ id: 1 });
    const pool = sdk.poolAddress({ owner, mint: mint.address, id: 1 });
    await setUnits({ pool, who: stranger, units: 1n });
    await distribute({ pool, funder: payee, source: streams.payeeTokens, amount: 1n });
  });

  it("has room for 2^64 - 1 units, and one more is refused (B14)", async () => {
    const pools = await startPool(start, "open");
    await pools.setUnits({ who: payee, units: MAX - 1n });
    await pools.setUnits({ who: stranger, units: 1n });
    await assertRefused(pools.setUnits({ who: stranger, units: 2n }), "MathOverflow");
    await pools.distribute({ amount: 1_000n });
    await pools.claimMember();
    assert.equal(await pools.streams.balance(pools.streams.payeeTokens), 999n);
    const destination = pools.streams.strangerTokens;
    await assertRefused(pools.claimMember({ who: stranger, destination }), "NothingToClaim");
  });

  it("pays nothing to a member who joins and claims in one transaction (B16)", async () => {
    const pools = await startPool(start, "open");
    const { streams, pool } = pools;
    await pools.setUnits({ who: payee, units: 1n });
    await pools.distribute({ amount: 1_000n });
    const of = { pool, mint: streams.mint.address };
    const join = sdk.setUnits({ ...of, owner, who: stranger, units: 2n ** 20n });
    const destination = streams.strangerTokens;
    const claim = sdk.claimMember({ ...of, who: stranger, destination });
    await assertRefused(streams.send([join, claim]), "NothingToClaim");
    // Nor more to a member whose units are raised just before.
    const raise = sdk.setUnits({ ...of, owner, who: payee, units: 2n ** 20n });
    const own = sdk.claimMember({ ...of, who: payee, destination: streams.payeeTokens });
    await streams.send([raise, own]);
    assert.equal(await streams.balance(streams.payeeTokens), 1_000n);
    // From here on both have what is theirs.
    await streams.send([join]);
    await pools.distribute({ amount: 1_000n });
    assert.deepEqual(await claimBoth(pools), [500n, 500n]);
  });

  it("moved by a gift to the vault, it costs the next member nothing of what comes then (B05)", async () => {
    const pools = await startPool(start, "open");
    const { world, streams, vault } = pools;
    await pools.setUnits({ who: stranger, units: 1n }); // the attacker is first
    await pools.distribute({ amount: 1n });
    await mintTo({ world, mint: streams.mint, to: vault, amount: 10n ** 12n });
    await pools.setUnits({ who: payee, units: 999n });
    assert.equal((await pools.state()).index, (10n ** 12n + 1n) << 64n);
    await pools.distribute({ amount: 1_000n });
    // The victim loses nothing; the attacker has back the gift, and the unit shared while alone.
    assert.deepEqual(await claimBoth(pools), [999n, 10n ** 12n + 2n]);
    assert.equal(await streams.balance(vault), 0n);
  });
});
