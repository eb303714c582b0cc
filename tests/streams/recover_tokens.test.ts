import { bookAddress } from "@pinfi/sdk/streams";
import { AuthorityType, createSetAuthorityInstruction } from "@solana/spl-token";
import type { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import {
  createLooseTokenAccount,
  fundTokenAccount,
  mintTo,
  setFrozen,
  type TestMint,
  tokenAddress,
} from "../harness/tokens";
import { foreignCopy, otherMint } from "./forge";
import { KEYS } from "./keys";
import { otherPool, type PoolScenario, startPool } from "./pool-scenario";

const owner = KEYS.payer.publicKey;
const stranger = KEYS.stranger.publicKey;

describeWorlds("streams / recover_tokens (W15a)", (start) => {
  let pools: PoolScenario;
  let other: { mint: TestMint; tokens: PublicKey };
  let stray: PublicKey;
  // A line of another mint pays the pool 300 of its payer's 1,000.
  beforeEach(async () => {
    pools = await startPool(start);
    const { streams, pool, world } = pools;
    other = await otherMint(streams);
    const mint = other.mint.address;
    const of = { book: bookAddress({ payer: owner, mint, id: 0 }), mint };
    await streams.openBook({ mint });
    await streams.deposit({ ...of, source: other.tokens, amount: 300n });
    await streams.addLine({ book: of.book, line: 0, deposit: 300n, rate: 300n, payee: pool });
    await streams.advance({ seconds: 1n });
    stray = await fundTokenAccount({ world, mint: other.mint, owner: pool });
    await streams.claim({ ...of, payee: pool });
    assert.equal(await streams.balance(stray), 300n);
    assert.equal(await streams.balance(other.tokens), 700n);
  });
  const recover = (given: Parameters<PoolScenario["recoverTokens"]>[0] = {}) =>
    pools.recoverTokens({ mint: other.mint.address, destination: other.tokens, ...given });
  const honest = async () => {
    await recover();
    assert.equal(await pools.streams.balance(other.tokens), 1_000n);
  };
  /** An account of the pool's own mint beside its vault, with 8 base units. */
  const looseOfOwnMint = async () => {
    const { world, streams, pool } = pools;
    const { mint } = streams;
    const loose = await createLooseTokenAccount({ world, mint, owner: pool, keypair: KEYS.loose });
    await mintTo({ world, mint, to: loose, amount: 8n });
    return { mint: mint.address, stray: loose };
  };

  describe("refuses", () => {
    it("anybody but the owner (A15)", async () => {
      const { world } = pools;
      const theirs = await fundTokenAccount({ world, mint: other.mint, owner: stranger });
      const call = { owner: stranger, destination: theirs };
      await assertRefused(recover(call), "NotPoolOwner");
      await honest();
    });

    it("an owner who does not sign (A01)", async () => {
      await assertRefused(
        recover({ accounts: { owner: { isSigner: false } } }),
        "AccountNotSigner",
      );
      await honest();
    });

    it("a pool that another program owns (A03)", async () => {
      const pool = await foreignCopy(pools.streams, pools.pool);
      await assertRefused(recover({ accounts: { pool } }), "AccountOwnedByWrongProgram");
      await honest();
    });

    it("the vault: what is there is the members'", async () => {
      const { streams, vault } = pools;
      await pools.distribute();
      const own = { mint: streams.mint.address, stray: vault };
      const destination = streams.payerTokens;
      await assertRefused(recover({ ...own, destination }), "WrongVault");
      const itself = recover({ ...own, destination: vault });
      await assertRefused(itself, "ConstraintDuplicateMutableAccount");
      await honest();
    });

    it("an account of anybody but the pool, as another pool of the same owner (A24)", async () => {
      const { world, streams } = pools;
      const { pool } = await otherPool(pools);
      const theirs = await fundTokenAccount({ world, mint: other.mint, owner: pool, amount: 5n });
      const vault = tokenAddress(other.mint, streams.vaultOwner);
      await fundTokenAccount({ world, mint: other.mint, owner: streams.vaultOwner });
      for (const odd of [theirs, vault]) {
        await assertRefused(recover({ stray: odd }), "WrongVault");
      }
      await recover({ pool, stray: theirs });
      await recover();
      assert.equal(await streams.balance(other.tokens), 1_005n);
    });

    it("another mint than the account's (A30)", async () => {
      const mint = pools.streams.mint.address;
      const call = { accounts: { mint } };
      await assertRefused(recover(call), "ConstraintTokenMint");
      const { stray: own } = await looseOfOwnMint();
      await assertRefused(recover({ stray: own }), "ConstraintTokenMint");
      await assertRefused(recover({ destination: pools.vault }), "ConstraintTokenMint");
      await honest();
    });

    it("a destination that is not the owner's (A28)", async () => {
      const { world } = pools;
      for (const who of [stranger, KEYS.payee.publicKey]) {
        const destination = await fundTokenAccount({ world, mint: other.mint, owner: who });
        await assertRefused(recover({ destination }), "WrongRecovery");
      }
      await assertRefused(recover({ destination: stray }), "ConstraintDuplicateMutableAccount");
      await honest();
    });

    it("the owner's account for tokens of the pool's own mint: they are its members'", async () => {
      const { streams, vault } = pools;
      const own = await looseOfOwnMint();
      const destination = streams.payerTokens;
      await assertRefused(recover({ ...own, destination }), "WrongRecovery");
      await recover({ ...own, destination: vault });
      assert.equal(await streams.balance(vault), 8n);
      await pools.claimMember();
      assert.equal(await streams.balance(streams.payeeTokens), 6n);
    });

    it("accounts passed read-only (A34)", async () => {
      for (const name of ["owner", "stray", "destination"]) {
        const accounts = { [name]: { isWritable: false } };
        await assertRefused(recover({ accounts }), "ConstraintMut");
      }
      await honest();
    });
  });

  it("pays tokens of another mint to the owner, with the account's rent, and says so", async () => {
    const { world, pool } = pools;
    const before = await world.lamports(owner);
    const rent = await world.lamports(stray);
    const { events } = await recover();
    assert.equal(await pools.streams.balance(other.tokens), 1_000n);
    assert.equal(await world.account(stray), null);
    assert.equal(await world.lamports(owner), before + rent);
    assert.deepEqual(events, [
      {
        name: "TokensRecovered",
        data: {
          pool: pool.toBase58(),
          mint: other.mint.address.toBase58(),
          destination: other.tokens.toBase58(),
          amount: 300n,
        },
      },
    ]);
  });

  it("to any account of the owner's, and from one that somebody gave to the pool", async () => {
    const { world, streams, pool } = pools;
    const { mint } = other;
    const loose = { world, mint, owner: stranger, keypair: KEYS.loose };
    const given = await createLooseTokenAccount(loose);
    await mintTo({ world, mint, to: given, amount: 4n });
    const { AccountOwner } = AuthorityType;
    await streams.send([createSetAuthorityInstruction(given, stranger, AccountOwner, pool)]);
    const destination = await createLooseTokenAccount({
      ...loose,
      owner,
      keypair: KEYS.otherLoose,
    });
    await recover({ stray: given, destination });
    await recover({ destination });
    assert.equal(await streams.balance(destination), 304n);
  });

  it("an empty account, for its rent", async () => {
    await recover();
    const { world, pool, streams } = pools;
    await fundTokenAccount({ world, mint: other.mint, owner: pool });
    // Nothing is moved, so that it does not matter whether the destination could take it.
    await setFrozen(world, other.tokens);
    await recover();
    assert.equal(await world.account(stray), null);
    assert.equal(await streams.balance(other.tokens), 1_000n);
  });

  it("changes nothing about the pool", async () => {
    const before = await pools.world.account(pools.pool);
    await honest();
    assert.deepEqual(await pools.world.account(pools.pool), before);
  });
});
