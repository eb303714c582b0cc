import { fixedKeypair } from "@pinfi/localnet";
import { memberClaimable } from "@pinfi/sdk/streams";
import type { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { describeSigned } from "../harness/describe";
import { randomFrom, seedOfRun } from "../harness/random";
import { TransactionRefused } from "../harness/refused";
import { mintTo } from "../harness/tokens";
import { KEYS } from "../streams/keys";
import { type PoolScenario, startPool } from "../streams/pool-scenario";

const STEPS = 300;
const MEMBERS = [60, 61, 62, 63].map((seed) => fixedKeypair(seed).publicKey);
/** Binary places of the reference model, far finer than the program's 64. */
const PLACES = 256n;

/** What one member is due by plain fractions: no index, no carried remainder. */
interface Due {
  units: bigint;
  /** Base units times 2^256. */
  received: bigint;
  paid: bigint;
}

describeSigned("invariants / a random walk over a pool", (start) => {
  it(`${STEPS} steps pay every member its share and nobody more`, async () => {
    const random = randomFrom(seedOfRun());
    console.log(`      seed ${random.seed} (PINFI_SEED repeats it)`);
    const pools = await startPool(start, "open");
    const { streams, world } = pools;
    const model = new Map<PublicKey, Due>();
    /** Sent to the vault past the program, and not shared yet. */
    let waiting = 0n;
    /** Of that, what was there while nobody had units: the owner's, until he shares it. */
    let owners = 0n;
    /** Any call that looks at the pool shares first what has come in, by the units held until then. */
    const share = (amount = 0n) => {
      const total = [...model.values()].reduce((sum, { units }) => sum + units, 0n);
      if (total === 0n) {
        owners += waiting;
        waiting = 0n;
        return;
      }
      const all = amount + waiting;
      for (const due of model.values()) due.received += ((all << PLACES) * due.units) / total;
      waiting = 0n;
    };
    for (const who of MEMBERS) await streams.tokensOf(who);

    const steps: Record<string, () => Promise<unknown>> = {
      async setUnits() {
        const who = random.pick(MEMBERS);
        const units = random.pick([0n, 1n, 2n, 3n, 7n, 10n ** 12n]);
        await pools.setUnits({ who, units });
        share();
        const due = model.get(who) ?? { units, received: 0n, paid: 0n };
        model.set(who, { ...due, units });
      },
      async distribute() {
        const amount = random.amount(1_000n);
        const { payerTokens, strangerTokens } = streams;
        const byOwner = random.below(2) === 0;
        const funder = byOwner ? KEYS.payer.publicKey : KEYS.stranger.publicKey;
        const source = byOwner ? payerTokens : strangerTokens;
        await pools.distribute({ amount, funder, source });
        share(byOwner ? amount + owners : amount);
        if (byOwner) owners = 0n;
      },
      async claim() {
        const who = random.pick(MEMBERS);
        const { events } = await pools.claimMember({ who });
        share();
        const due = model.get(who);
        if (due === undefined) throw new Error("paid somebody who never was a member");
        due.paid += BigInt(String(events.at(-1)?.data.amount));
      },
      async closeMember() {
        const who = random.pick(MEMBERS);
        await pools.closeMember({ who });
        model.delete(who);
      },
      async donate() {
        const amount = BigInt(1 + random.below(20));
        await mintTo({ world, mint: streams.mint, to: pools.vault, amount });
        waiting += amount;
      },
    };
    const done = new Map<string, number>();
    for (let step = 0; step < STEPS; step++) {
      const name = random.pick(Object.keys(steps));
      try {
        await steps[name]?.();
        done.set(name, (done.get(name) ?? 0) + 1);
      } catch (error) {
        if (!(error instanceof TransactionRefused)) throw error;
        assert.deepEqual(error.changes, [], `${name} was refused and left traces`);
      }
      await assertFair(pools, model, { waiting, owners }).catch((error: Error) => {
        error.message = `step ${step}, ${name}: ${error.message}`;
        throw error;
      });
    }
    for (const name of Object.keys(steps)) {
      assert.isAbove(done.get(name) ?? 0, 0, `${name} never succeeded`);
    }
  });
});

async function assertFair(
  pools: PoolScenario,
  model: ReadonlyMap<PublicKey, Due>,
  { waiting, owners }: { waiting: bigint; owners: bigint },
): Promise<void> {
  const pool = await pools.state();
  const held = await pools.streams.balance(pools.vault);
  assert.equal(held, pool.distributed - pool.claimed + waiting + owners, "the vault's balance");
  assert.equal(pool.unshared, owners, "what is the owner's");

  let owed = 0n;
  for (const [who, { units, received, paid }] of model) {
    const member = await pools.member(who);
    assert.equal(member.units, units);
    const claimable = memberClaimable({ pool, member });
    owed += claimable;
    // The program keeps 64 places and hands what a division leaves to the next one, whose members
    // may be others: with units of at most 10^12 that is below 2^-24 of a base unit each time.
    const off = ((paid + claimable) << PLACES) - received;
    assert.isTrue(off <= 1n << (PLACES - 8n), `${who.toBase58()} gets more than its share`);
    assert.isTrue(off > -(1n << PLACES) - (1n << (PLACES - 8n)), `${who.toBase58()} gets less`);
  }
  const units = [...model.values()].reduce((sum, due) => sum + due.units, 0n);
  assert.equal(pool.totalUnits, units);
  assert.equal(pool.members, model.size);
  assert.isTrue(owed <= pool.distributed - pool.claimed, "all members can be paid");
}
