import * as sdk from "@pinfi/sdk/streams";
import type { StartWorld } from "../harness/describe";
import { createLooseTokenAccount, mintTo, tokenAddress } from "../harness/tokens";
import { assertSaid } from "../kit/verb";
import { KEYS } from "./keys";
import { startPool } from "./pool-scenario";

const payer = KEYS.payer.publicKey;
const payee = KEYS.payee.publicKey;
const stranger = KEYS.stranger.publicKey;

/** For each event of pools, a call that is not the first and must say so; see events.test.ts. */
export const poolStories = (start: StartWorld): Record<string, () => Promise<void>> => ({
  async PoolOpened() {
    const { openPool, streams } = await startPool(start);
    const mint = streams.mint.address;
    const done = await openPool({ id: 258 });
    const pool = sdk.poolAddress({ owner: payer, mint, id: 258 }).toBase58();
    const of = { owner: payer.toBase58(), mint: mint.toBase58() };
    assertSaid(done, "PoolOpened", { pool, ...of, id: 258 });
  },

  async UnitsSet() {
    const { setUnits, pool } = await startPool(start); // 3 units and 1
    const more = await setUnits({ who: stranger, units: 5n });
    const who = stranger.toBase58();
    const at = pool.toBase58();
    assertSaid(more, "UnitsSet", { pool: at, who, units: 5n, total_units: 8n });
    const none = await setUnits({ who: stranger, units: 0n });
    assertSaid(none, "UnitsSet", { pool: at, who, units: 0n, total_units: 3n });
  },

  async Distributed() {
    const { distribute, claimMember, pool } = await startPool(start);
    await distribute({ amount: 400n });
    await claimMember();
    const done = await distribute({ amount: 100n });
    const total = { amount: 100n, total_distributed: 500n };
    assertSaid(done, "Distributed", { pool: pool.toBase58(), ...total });
  },

  async MemberClaimed() {
    const { distribute, claimMember, pool, streams } = await startPool(start);
    await distribute({ amount: 400n });
    await claimMember();
    await claimMember({ who: stranger, destination: streams.strangerTokens });
    await distribute({ amount: 200n });
    const done = await claimMember(); // 300 before
    assertSaid(done, "MemberClaimed", {
      pool: pool.toBase58(),
      who: payee.toBase58(),
      amount: 150n,
      total_claimed: 450n,
    });
  },

  async MemberClosed() {
    const { setUnits, closeMember, pool } = await startPool(start);
    await setUnits({ units: 0n });
    await closeMember();
    await setUnits({ who: stranger, units: 0n });
    const done = await closeMember({ who: stranger });
    assertSaid(done, "MemberClosed", { pool: pool.toBase58(), who: stranger.toBase58() });
  },

  async TokensRecovered() {
    const { recoverTokens, streams, pool } = await startPool(start);
    const { world, mint } = streams;
    const loose = { world, mint, owner: pool, keypair: KEYS.loose };
    for (const amount of [5n, 7n]) {
      const stray = await createLooseTokenAccount(loose);
      await mintTo({ world, mint, to: stray, amount });
      const destination = tokenAddress(mint, pool);
      const done = await recoverTokens({ stray, destination });
      const of = { pool: pool.toBase58(), mint: mint.address.toBase58() };
      const to = { destination: destination.toBase58(), amount };
      assertSaid(done, "TokensRecovered", { ...of, ...to });
    }
  },

  async PoolClosed() {
    const { distribute, setUnits, claimMember, closeMember, closePool, pool, streams } =
      await startPool(start);
    const strangers = tokenAddress(streams.mint, stranger);
    await distribute({ amount: 401n }); // 300.75 and 100.25
    await distribute({ amount: 200n }); // 450.75 and 150.25
    await claimMember();
    await claimMember({ who: stranger, destination: strangers });
    for (const who of [payee, stranger]) {
      await setUnits({ who, units: 0n });
      await closeMember({ who });
    }
    const done = await closePool();
    assertSaid(done, "PoolClosed", {
      pool: pool.toBase58(),
      owner: payer.toBase58(),
      amount: 1n,
      total_distributed: 601n,
    });
  },
});
