import { fixedKeypair } from "@pinfi/localnet";
import { SystemProgram } from "@solana/web3.js";
import { assert } from "chai";
import { startFreshWorld } from "./describe";
import { setUpOnce } from "./set-up";
import { createMint, fundTokenAccount, tokenBalance } from "./tokens";
import type { World } from "./world";

const alice = fixedKeypair(22);
const authority = fixedKeypair(21);
const mintKey = fixedKeypair(24);
/** So that no other file's set-up is the same. */
const WHAT = { file: __filename };

describe("a set-up that is done once for all worlds", () => {
  let done = 0;
  beforeEach(() => {
    done = 0;
  });
  /** A wallet, a mint and an account of it. */
  const setUp = async (world: World) => {
    done += 1;
    await world.fund(alice.publicKey, 5_000_000n);
    const mint = await createMint({ world, keypair: mintKey, authority });
    const tokens = await fundTokenAccount({ world, mint, owner: alice.publicKey, amount: 100n });
    return { mint, tokens };
  };
  const begin = async (what: unknown) => {
    const world = await startFreshWorld("litesvm");
    return { world, ...(await setUpOnce({ world, what, setUp: () => setUp(world) })) };
  };

  it("leaves the same accounts in each, byte for byte, and is done in the first alone", async () => {
    const [first, second] = [await begin(WHAT), await begin(WHAT)];
    assert.equal(done, 1);
    const addresses = first.world.named();
    assert.isAbove(addresses.length, 6);
    for (const address of addresses) {
      assert.deepEqual(await second.world.account(address), await first.world.account(address));
    }
  });

  it("leaves nothing of what a world did after it to the next", async () => {
    const from = await begin(WHAT);
    const transfer = SystemProgram.transfer({
      fromPubkey: alice.publicKey,
      toPubkey: authority.publicKey,
      lamports: 2_000_000n,
    });
    await from.world.send([transfer], { signers: [alice] });
    const { world, tokens } = await begin(WHAT);
    assert.equal(await world.lamports(alice.publicKey), 5_000_000n);
    assert.equal(await world.lamports(authority.publicKey), 0n);
    assert.equal(await tokenBalance(world, tokens), 100n);
    // The same transfer is no replay there.
    await world.send([transfer], { signers: [alice] });
  });

  it("is done again for other terms, and in each world of bankrun", async () => {
    await begin({ ...WHAT, amount: 1n });
    await begin({ ...WHAT, amount: 2n });
    assert.equal(done, 2);
    for (const times of [3, 4]) {
      const world = await startFreshWorld("bankrun");
      await setUpOnce({ world, what: WHAT, setUp: () => setUp(world) });
      assert.equal(done, times);
    }
  });

  it("may not move the clock, which is no account", async () => {
    const world = await startFreshWorld("litesvm");
    const what = { ...WHAT, clock: "moved" };
    const attempt = setUpOnce({ world, what, setUp: () => world.advance({ seconds: 1n }) });
    const error = await attempt.then(
      () => assert.fail("accepted"),
      (thrown: Error) => thrown,
    );
    assert.match(error.message, /moves the clock/);
  });
});
