import { associatedTokenAddress } from "@pinfi/sdk";
import * as sdk from "@pinfi/sdk/streams";
import { TOKEN_PROGRAM_ID } from "@solana/spl-token";
import { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeSigned } from "../../harness/describe";
import { createLooseTokenAccount, mintTo } from "../../harness/tokens";
import { altered, flip, near } from "../../kit/bits";
import { deployIdle } from "../../kit/caller";
import { KEYS } from "../keys";
import { DEPOSIT, type Scenario, startScenario } from "../scenario";
import { present, WORD_ENDS } from "./vouchers";

// Consistent forgeries, as in forged-settles.test.ts: all that hangs on the forged account is forged
// with it, and one check alone can refuse it.

const TOKEN = { mint: 0, owner: 32 } as const;

describeSigned("streams / consistent forgeries of a claim (W22a)", (start) => {
  let streams: Scenario;
  // 60 s at 5 per second: 300 earned of 1,000 deposited.
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine({ deposit: 1_000n, rate: 5n });
    await streams.advance({ seconds: 60n });
  });
  const honest = async () => {
    await streams.claim();
    assert.equal((await streams.line()).claimed, 300n);
    assert.equal(await streams.balance(streams.payeeTokens), 300n);
    assert.equal(await streams.balance(streams.vault), DEPOSIT - 300n);
  };
  /** The account at `address`, changed in place or moved; returns how to undo it. */
  const change = async (
    address: PublicKey,
    to: { at?: PublicKey; owner?: PublicKey; flipped?: number; length?: number },
  ) => {
    const account = await present(streams, address);
    const data = Buffer.from(account.data.subarray(0, to.length ?? account.data.length));
    if (to.flipped !== undefined) flip(data, to.flipped);
    const { at = address, owner = account.owner } = to;
    streams.world.setAccount(at, { ...account, owner, data });
    return () => streams.world.setAccount(address, account);
  };

  for (const at of WORD_ENDS) {
    const fake = near(TOKEN_PROGRAM_ID, at);
    it(`A19 refuses a program in place of the token program, whose id differs in byte ${at}`, async () => {
      deployIdle(streams.world, fake);
      // The account stands where the associated-token program would put it for that program.
      const { mint, vault, payeeTokens } = streams;
      const of = { owner: KEYS.payee.publicKey, mint: mint.address, tokenProgram: fake };
      await change(payeeTokens, { at: associatedTokenAddress(of), owner: fake });
      const claim = streams.claim({ vault, tokenProgram: fake });
      await assertRefused(claim, "AccountOwnedByWrongProgram");
      await honest();
    });

    it(`A24 refuses a vault beside the book's, whose address differs in byte ${at}`, async () => {
      const vault = near(streams.vault, at);
      await change(streams.vault, { at: vault });
      await assertRefused(streams.claim({ accounts: { vault } }), "WrongVault");
      await honest();
    });

    it(`A28 refuses an account whose owner differs from the payee in byte ${at}`, async () => {
      const undo = await change(streams.payeeTokens, { flipped: TOKEN.owner + at });
      await assertRefused(streams.claim(), "NotPayeeAccount");
      undo();
      await honest();
    });

    it(`A03 refuses a book of a program whose id differs in byte ${at}`, async () => {
      const undo = await change(streams.book, { owner: near(sdk.STREAMS_PROGRAM_ID, at) });
      await assertRefused(streams.claim(), "AccountOwnedByWrongProgram");
      undo();
      await honest();
    });
  }

  it("A19 refuses a vault and an account of a program that is no token program", async () => {
    const fake = KEYS.loose.publicKey;
    deployIdle(streams.world, fake);
    const vault = KEYS.otherLoose.publicKey;
    await change(streams.vault, { at: vault, owner: fake });
    const undo = await change(streams.payeeTokens, { owner: fake });
    const claim = streams.claim({ accounts: { token_program: fake, vault } });
    await assertRefused(claim, "AccountOwnedByWrongProgram");
    undo();
    await honest();
  });

  it("A24 refuses another account of the vault's owner, with tokens in it", async () => {
    const { world, mint, vaultOwner } = streams;
    const owner = vaultOwner;
    const vault = await createLooseTokenAccount({ world, mint, owner, keypair: KEYS.loose });
    await mintTo({ world, mint, to: vault, amount: 5_000n });
    await assertRefused(streams.claim({ accounts: { vault } }), "WrongVault");
    await honest();
  });

  // Of these the hot path looks at the first word only; the token program or the runtime sees the rest.
  const looked: [what: string, at: number, error: string][] = [
    ["mint", 7, "WrongMint"],
    ["mint", 31, "MintMismatch"],
    ["authority", 7, "NotVaultAuthority"],
    ["authority", 31, "PrivilegeEscalation"],
  ];
  for (const [what, at, error] of looked) {
    it(`A24, A30 refuses the wrong ${what}, whose address differs in byte ${at}`, async () => {
      const { mint, vaultOwner } = streams;
      const genuine = what === "mint" ? mint.address : vaultOwner;
      const address = near(genuine, at);
      if (what === "mint") await change(genuine, { at: address });
      const flipped = TOKEN.mint + at;
      const undo = what === "mint" ? await change(streams.payeeTokens, { flipped }) : () => {};
      await assertRefused(streams.claim({ accounts: { [what]: address } }), error);
      undo();
      await honest();
    });
  }

  const destinations: [what: string, to: Parameters<typeof change>[1], error: string][] = [
    ["of a mint that differs in byte 7", { flipped: TOKEN.mint + 7 }, "ConstraintTokenMint"],
    ["of a mint that differs in byte 31", { flipped: TOKEN.mint + 31 }, "MintMismatch"],
    [
      "of a program that differs in byte 7",
      { owner: near(TOKEN_PROGRAM_ID, 7) },
      "AccountOwnedByWrongProgram",
    ],
    [
      "of a program that differs in byte 31",
      { owner: near(TOKEN_PROGRAM_ID) },
      "ExternalAccountDataModified",
    ],
  ];
  for (const [what, to, error] of destinations) {
    it(`A30 refuses an account of the payee's ${what}`, async () => {
      const undo = await change(streams.payeeTokens, to);
      await assertRefused(streams.claim(), error);
      undo();
      await honest();
    });
  }

  it("A35 refuses an account of the payee's one byte too short, before the token program sees it", async () => {
    const undo = await change(streams.payeeTokens, { length: 164 });
    const { logs } = await assertRefused(streams.claim(), "InvalidAccountData");
    assert.isFalse(logs.some((line) => line.includes(TOKEN_PROGRAM_ID.toBase58())));
    undo();
    await honest();
  });

  it("A40 refuses the line behind the last, which the book has room for and nobody owns", async () => {
    await streams.reserveLines({ count: 1 });
    const account = await present(streams, streams.payeeTokens);
    account.data.set(PublicKey.default.toBytes(), TOKEN.owner);
    // A line that was never added names the default key, and this is where that key is paid.
    const payee = PublicKey.default;
    const { mint } = streams;
    const destination = associatedTokenAddress({ owner: payee, mint: mint.address });
    streams.world.setAccount(destination, account);
    await assertRefused(streams.claim({ line: 1, payee }), "LineOutOfRange");
    await honest();
  });

  it("A35 refuses a call whose name differs in its last byte", async () => {
    const { book, mint } = streams;
    const payee = KEYS.payee.publicKey;
    const claim = sdk.claim({ book, mint: mint.address, line: 0, payee });
    const unknown = altered(claim, (data) => flip(data, 7));
    await assertRefused(streams.send([unknown]), "InstructionFallbackNotFound");
    await honest();
  });

  it("A35 refuses data that ends before the bump, also of a payee who signs and needs none (W22)", async () => {
    const { book, mint } = streams;
    const payee = KEYS.payee.publicKey;
    const claim = sdk.claim({ book, mint: mint.address, line: 0, payee });
    Object.assign(claim.keys.at(-1) ?? {}, { pubkey: payee, isSigner: true });
    const cut = altered(claim, (data) => data.subarray(0, data.length - 1));
    await assertRefused(streams.send([cut]), "InstructionDidNotDeserialize");
    await streams.send([claim]);
    assert.equal((await streams.line()).claimed, 300n);
  });

  it("A34 refuses a destination and a vault that are read-only", async () => {
    for (const name of ["destination", "vault"]) {
      const claim = streams.claim({ accounts: { [name]: { isWritable: false } } });
      await assertRefused(claim, "ConstraintMut");
    }
    await honest();
  });
});
