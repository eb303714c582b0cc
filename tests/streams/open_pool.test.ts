import { poolAddress } from "@pinfi/sdk/streams";
import { AccountLayout } from "@solana/spl-token";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeCurrent, describeWorlds } from "../harness/describe";
import { otherMint } from "./forge";
import { KEYS } from "./keys";
import { type PoolScenario, startPool } from "./pool-scenario";

describeWorlds("streams / open_pool", (start) => {
  let pools: PoolScenario;
  beforeEach(async () => {
    pools = await startPool(start, "policy");
  });

  describe("refuses", () => {
    it("an owner who does not sign (A01)", () =>
      assertRefused(
        pools.openPool({ accounts: { owner: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("a mint whose policy is not enabled", async () => {
      await pools.streams.setMintPolicy({ enabled: false });
      await assertRefused(pools.openPool(), "MintNotEnabled");
      await pools.streams.tokensOf(pools.pool); // empty, so that there is nothing to get out
      await assertRefused(pools.openPool(), "MintNotEnabled");
      await pools.streams.setMintPolicy();
      await pools.openPool();
    });

    it("the policy of another mint (A09)", async () => {
      const { policy } = await otherMint(pools.streams);
      await assertRefused(pools.openPool({ accounts: { policy } }), "WrongMint");
    });

    it("the address of another pool (A07)", () => {
      const mint = pools.streams.mint.address;
      const pool = poolAddress({ owner: KEYS.payer.publicKey, mint, id: 1 });
      return assertRefused(pools.openPool({ accounts: { pool } }), "ConstraintSeeds");
    });

    it("a vault with a delegate (A29)", async () => {
      await pools.streams.tokensOf(pools.pool);
      const account = await pools.world.account(pools.vault);
      if (account === null) throw new Error("the vault was not created");
      const layout = AccountLayout.decode(account.data);
      const delegate = KEYS.stranger.publicKey;
      AccountLayout.encode({ ...layout, delegateOption: 1, delegate }, account.data);
      pools.world.setAccount(pools.vault, account);
      await assertRefused(pools.openPool(), "VaultNotClean");
    });
  });

  it("opens an empty pool, even where somebody created the vault first (A26), and says so", async () => {
    await pools.streams.tokensOf(pools.pool, 7n);
    const { events } = await pools.openPool();
    const { bump: _, ...state } = await pools.state();
    assert.deepEqual(state as unknown, {
      owner: KEYS.payer.publicKey,
      mint: pools.streams.mint.address,
      vault: pools.vault,
      index: 0n,
      totalUnits: 0n,
      carried: 0n,
      distributed: 0n,
      claimed: 0n,
      unshared: 0n,
      members: 0,
      id: 0,
    });
    assert.deepEqual(events, [
      {
        name: "PoolOpened",
        data: {
          pool: pools.pool.toBase58(),
          owner: KEYS.payer.publicKey.toBase58(),
          mint: pools.streams.mint.address.toBase58(),
          id: 0,
        },
      },
    ]);
  });
});

describeWorlds("streams / a pool that was closed before a line that pays it (W15a)", (start) => {
  it("is opened again although the mint is not enabled any more, and its owner gets the money", async () => {
    const pools = await startPool(start, "open");
    const { streams, pool, vault } = pools;
    await streams.openBook();
    await streams.deposit();
    await streams.addLine({ deposit: 300n, rate: 300n, payee: pool });
    await streams.advance({ seconds: 1n });
    await pools.closePool();
    await streams.setMintPolicy({ enabled: false });
    await assertRefused(streams.claim({ payee: pool }), "AccountNotInitialized");
    await streams.tokensOf(pool);
    await streams.claim({ payee: pool });
    assert.equal(await streams.balance(vault), 300n);
    const before = await streams.balance(streams.payerTokens);
    await pools.openPool();
    await pools.closePool();
    assert.equal(await streams.balance(streams.payerTokens), before + 300n);
    await assertRefused(pools.openPool(), "MintNotEnabled");
  });
});

describeCurrent("streams / open_pool, where the address is taken", (start) => {
  it("refuses a pool that is open (A13)", async () => {
    const pools = await startPool(start, "open");
    await assertRefused(pools.openPool(), "AccountAlreadyInUse");
  });
});
