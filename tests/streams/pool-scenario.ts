import * as sdk from "@pinfi/sdk/streams";
import type { PublicKey } from "@solana/web3.js";
import { assertRefused } from "../harness/assert";
import type { StartWorld } from "../harness/describe";
import { setUpOnce } from "../harness/set-up";
import { tokenAddress } from "../harness/tokens";
import { type Odd, verbsWith } from "../kit/verb";
import { foreignCopy, otherMint } from "./forge";
import { KEYS } from "./keys";
import { type Scenario, type ScenarioOptions, startScenario } from "./scenario";

/** A pool of the payer's, on top of the streams scenario; its verbs succeed by default. */
export type PoolScenario = Awaited<ReturnType<typeof startPool>>;

/** Base units each distribution shares unless told otherwise. */
export const SHARED = 1_000n;

/** The address of the payer's first pool, and what can be done with it. */
export function poolVerbs({ mint, send, payerTokens }: Scenario) {
  const owner = KEYS.payer.publicKey;
  const who = KEYS.payee.publicKey;
  const pool = sdk.poolAddress({ owner, mint: mint.address, id: 0 });
  const { tokenProgram } = mint;
  const poolOf = { pool, mint: mint.address, tokenProgram };
  const verb = verbsWith(send);
  return {
    pool,
    openPool: verb(sdk.openPool, () => ({ owner, mint: mint.address, id: 0, tokenProgram })),
    /** The payee gets 3 units. */
    setUnits: verb(sdk.setUnits, () => ({ ...poolOf, owner, who, units: 3n })),
    distribute: verb(sdk.distribute, () => ({
      ...poolOf,
      funder: owner,
      source: payerTokens,
      amount: SHARED,
    })),
    claimMember: verb(sdk.claimMember, () => ({ ...poolOf, who })),
    closeMember: verb(sdk.closeMember, () => ({ owner, pool, who })),
    recoverTokens: verb(sdk.recoverTokens, () => ({ ...poolOf, owner, destination: payerTokens })),
    closePool: verb(sdk.closePool, () => ({ ...poolOf, owner, destination: payerTokens })),
  };
}

/**
 * Starts a world with a pool. `"members"` (default): the payee has 3 units of 4, the stranger
 * one. `"open"`: nobody has any. `"policy"`: there is no pool yet.
 */
export async function startPool(
  start: StartWorld,
  stage: "policy" | "open" | "members" = "members",
  options: Omit<ScenarioOptions, "stage"> = {},
) {
  const streams = await startScenario(start, { ...options, stage: "policy" });
  const { mint, world } = streams;
  const verbs = poolVerbs(streams);
  const { pool } = verbs;
  const vault = tokenAddress(mint, pool);

  const read = async (address: PublicKey) => {
    const account = await world.account(address);
    if (account === null) throw new Error(`nothing at ${address.toBase58()}`);
    return account;
  };
  const scenario = {
    streams,
    world,
    vault,
    ...verbs,
    state: async () => sdk.decodePool(await read(pool)),
    member: async (who = KEYS.payee.publicKey) =>
      sdk.decodeMember(await read(sdk.memberAddress({ pool, who }))),
  };
  await setUpOnce({
    world,
    what: { program: "streams", ...options, pool: stage },
    async setUp() {
      if (stage !== "policy") await scenario.openPool();
      if (stage === "members") {
        await scenario.setUnits();
        await scenario.setUnits({ who: KEYS.stranger.publicKey, units: 1n });
      }
    },
  });
  return scenario;
}

/** A second pool of the same owner and mint. */
export async function otherPool({
  streams,
  openPool,
}: PoolScenario): Promise<{ pool: PublicKey; vault: PublicKey }> {
  const { mint } = streams;
  await openPool({ id: 1 });
  const pool = sdk.poolAddress({ owner: KEYS.payer.publicKey, mint: mint.address, id: 1 });
  return { pool, vault: tokenAddress(mint, pool) };
}

/** Refusals of every instruction that writes a pool, each tried on a call that would succeed. */
export function refusesForgedPools(
  pools: () => PoolScenario,
  call: (odd: Odd) => Promise<unknown>,
): void {
  it("a pool that another program owns (A03)", async () => {
    const pool = await foreignCopy(pools().streams, pools().pool);
    await assertRefused(call({ accounts: { pool } }), "AccountOwnedByWrongProgram");
  });

  it("an account of another type in place of the pool (A04)", () =>
    assertRefused(
      call({ accounts: { pool: sdk.configAddress() } }),
      "AccountDiscriminatorMismatch",
    ));

  it("a pool passed read-only (A34)", () =>
    assertRefused(call({ accounts: { pool: { isWritable: false } } }), "ConstraintMut"));
}

/** Refusals of every instruction that moves tokens of a pool's vault. */
export function refusesForgedPoolVaults(
  pools: () => PoolScenario,
  call: (odd: Odd) => Promise<unknown>,
): void {
  it("the vault of another pool (A24)", async () => {
    const { vault } = await otherPool(pools());
    await assertRefused(call({ accounts: { vault } }), "WrongVault");
  });

  it("another mint (A30)", async () => {
    const { mint } = await otherMint(pools().streams);
    await assertRefused(call({ accounts: { mint: mint.address } }), "WrongMint");
  });
}
