import { InvalidArgument } from "@pinfi/sdk";
import * as sdk from "@pinfi/sdk/streams";
import { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeCurrent, describeWorlds } from "../../harness/describe";
import { tokenAddress } from "../../harness/tokens";
import { KEYS } from "../keys";
import { startPool } from "../pool-scenario";
import { type Scenario, startScenario } from "../scenario";

const payer = KEYS.payer.publicKey;
const payee = KEYS.payee.publicKey;
const stranger = KEYS.stranger.publicKey;

/** The address of these seeds under the next bump below the canonical one that has an address. */
function lower(...seeds: (string | PublicKey | number)[]): PublicKey {
  const bytes = seeds.map((seed) => {
    if (typeof seed === "number") return Buffer.from([seed & 0xff, seed >> 8]);
    return typeof seed === "string" ? Buffer.from(seed) : seed.toBuffer();
  });
  const [, canonical] = PublicKey.findProgramAddressSync(bytes, sdk.STREAMS_PROGRAM_ID);
  for (let bump = canonical - 1; bump >= 0; bump--) {
    const all = [...bytes, Buffer.from([bump])];
    try {
      return PublicKey.createProgramAddressSync(all, sdk.STREAMS_PROGRAM_ID);
    } catch {
      // On the curve: the next one, then.
    }
  }
  throw new Error("no second address");
}

describeWorlds("streams / another bump than the canonical one (A07)", (start) => {
  /** The account's bytes at another address, as if the program had made it there. */
  const copyTo = async ({ world }: Scenario, from: PublicKey, to: PublicKey) =>
    world.setAccount(to, (await world.account(from)) ?? assert.fail("nothing to copy"));
  const refused = (attempt: Promise<unknown>) => assertRefused(attempt, "ConstraintSeeds");

  it("gives no address at which anything of a book is set up", async () => {
    const streams = await startScenario(start, { stage: "deployed" });
    const { mint } = streams;
    await refused(streams.initialize({ accounts: { config: lower("config") } }));
    await streams.initialize();
    const policy = lower("mint", mint.address);
    await refused(streams.setMintPolicy({ accounts: { policy } }));
    await streams.setMintPolicy();
    const book = lower("book", payer, mint.address, 0);
    await refused(streams.openBook({ accounts: { book } }));
    const authority = lower("authority", streams.book);
    const vault = tokenAddress(mint, authority);
    await refused(streams.openBook({ accounts: { authority, vault } }));
    await streams.openBook();
  });

  it("gives no address at which a pool or member is set up", async () => {
    const pools = await startPool(start, "policy");
    const pool = lower("pool", payer, pools.streams.mint.address, 0);
    await refused(pools.openPool({ accounts: { pool } }));
    await pools.openPool();
    const member = lower("member", pools.pool, payee);
    await refused(pools.setUnits({ accounts: { member } }));
    await pools.setUnits();
  });

  it("gives no address from which a configuration or policy is read", async () => {
    const streams = await startScenario(start, { stage: "policy" });
    const { mint } = streams;
    const config = lower("config");
    await copyTo(streams, sdk.configAddress(), config);
    await refused(streams.nominateAuthority({ accounts: { config } }));
    await refused(streams.setMintPolicy({ accounts: { config } }));
    const policy = lower("mint", mint.address);
    await copyTo(streams, sdk.policyAddress({ mint: mint.address }), policy);
    await refused(streams.openBook({ accounts: { policy } }));
    await streams.nominateAuthority();
    await streams.setMintPolicy();
    await streams.openBook();
  });

  it("gives no authority over a vault", async () => {
    const streams = await startScenario(start);
    const authority = lower("authority", streams.book);
    await assertRefused(streams.refund({ accounts: { authority } }), "NotVaultAuthority");
    await streams.refund();
  });
});

describeWorlds("streams / addresses (A08)", (start) => {
  it("differ wherever owner, mint, number or kind does, however the parts are exchanged", () => {
    const [a, b] = [KEYS.payer.publicKey, KEYS.mint.publicKey];
    const pairs = [
      [a, b],
      [b, a],
      [a, a],
      [b, b],
    ] as const;
    const all = pairs.flatMap(([owner, mint]) =>
      [0, 1, 256, 65_535].flatMap((id) => {
        const book = sdk.bookAddress({ payer: owner, mint, id });
        const pool = sdk.poolAddress({ owner, mint, id });
        const who = mint;
        const members = [book, pool].map((of) => sdk.memberAddress({ pool: of, who }));
        return [book, pool, sdk.authorityAddress({ book }), ...members];
      }),
    );
    const unique = new Set([...all, sdk.configAddress()].map((address) => address.toBase58()));
    assert.equal(unique.size, all.length + 1);
    // Every part has a fixed length, so none can lend bytes to its neighbour.
    for (const id of [-1, 65_536, 0.5]) {
      assert.throws(() => sdk.bookAddress({ payer: a, mint: b, id }), InvalidArgument);
    }
  });

  it("keep two payers of one mint and number apart", async () => {
    const streams = await startScenario(start);
    const { mint } = streams;
    await streams.openBook({ payer: stranger });
    const book = sdk.bookAddress({ payer: stranger, mint: mint.address, id: 0 });
    await streams.deposit({ book, funder: stranger, source: streams.strangerTokens, amount: 70n });
    const account = await streams.world.account(book);
    assert.equal(sdk.decodeBook(account ?? assert.fail("not open")).free, 70n);
    assert.equal((await streams.state()).free, 100_000n);
    await assertRefused(streams.refund({ payer: stranger, book: streams.book }), "NotPayer");
    await streams.refund({
      payer: stranger,
      book,
      destination: streams.strangerTokens,
      amount: 70n,
    });
  });
});

describeCurrent(
  "streams / lamports at every address before its account is there (A25)",
  (start) => {
    it("hinder nobody from setting up configuration, policy, book, pool and member", async () => {
      const streams = await startScenario(start, { stage: "deployed" });
      const { world, mint, book, vault } = streams;
      const pool = sdk.poolAddress({ owner: payer, mint: mint.address, id: 0 });
      const addresses = [
        sdk.configAddress(),
        sdk.policyAddress({ mint: mint.address }),
        book,
        vault,
        pool,
        sdk.memberAddress({ pool, who: payee }),
      ];
      for (const address of addresses) await world.fund(address, 1_000_000n);
      await streams.initialize();
      await streams.setMintPolicy();
      await streams.openBook();
      await streams.send([
        sdk.openPool({ owner: payer, mint: mint.address, id: 0 }),
        sdk.setUnits({ owner: payer, pool, mint: mint.address, who: payee, units: 1n }),
      ]);
      for (const address of addresses) {
        const account = (await world.account(address)) ?? assert.fail("not set up");
        const rent = Number(await world.minimumBalance(account.data.length));
        assert.equal(account.lamports, rent, "what was there counts");
      }
    });
  },
);
