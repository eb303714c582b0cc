import {
  createCloseAccountInstruction,
  createDisableRequiredMemoTransfersInstruction,
  createEnableCpiGuardInstruction,
  createEnableRequiredMemoTransfersInstruction,
  createFreezeAccountInstruction,
  createPauseInstruction,
  createReallocateInstruction,
  createResumeInstruction,
  createThawAccountInstruction,
  ExtensionType,
  TOKEN_2022_PROGRAM_ID,
  TOKEN_PROGRAM_ID,
} from "@solana/spl-token";
import type { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeWorlds } from "../../harness/describe";
import { tokenAccountInstructions } from "../../harness/tokens";
import { assertConserved } from "../conservation";
import { KEYS } from "../keys";
import { DEPOSIT, GRACE, PAYER_TOKENS, type Scenario, startScenario } from "../scenario";
import { bit, mintOf, pausable } from "./extensions";

const issuer = KEYS.mintAuthority.publicKey;

/** Line 0 is the payee's, line 1 the stranger's; both earn 5 a second. */
async function twoLines(streams: Scenario): Promise<void> {
  await streams.addLine({ line: 0, deposit: 10_000n, rate: 5n });
  await streams.addLine({ line: 1, deposit: 10_000n, rate: 5n, payee: KEYS.stranger.publicKey });
  await streams.advance({ seconds: 100n });
}

/** Claims both lines at once; which were passed over, bit by bit, and what the stranger got. */
async function claimBoth(streams: Scenario) {
  const before = await streams.balance(streams.strangerTokens);
  const { events } = await streams.claimMany({
    claims: [
      { line: 0, payee: KEYS.payee.publicKey },
      { line: 1, payee: KEYS.stranger.publicKey },
    ],
  });
  const stranger = (await streams.balance(streams.strangerTokens)) - before;
  return { skipped: events[0]?.data.skipped, stranger };
}

/** The payee alone waits: the other line is paid, nothing earned is lost, and all of it comes once. */
async function onlyPayeeWaits(
  streams: Scenario,
  error: string,
  release: () => Promise<unknown>,
): Promise<void> {
  await assertRefused(streams.claim(), error);
  assert.deepEqual(await claimBoth(streams), { skipped: 0b01, stranger: 500n });
  assert.equal((await streams.line(0)).claimed, 0n);
  await assertConserved(streams, 0n);
  await streams.advance({ seconds: 100n });
  await release();
  assert.deepEqual(await claimBoth(streams), { skipped: 0b00, stranger: 500n });
  assert.equal(await streams.balance(streams.payeeTokens), 1_000n);
  await assertRefused(streams.claim(), "NothingToClaim");
  await assertConserved(streams, 0n);
}

describeWorlds("streams / a token account that its owner has closed to transfers", (start) => {
  const extended = async (
    streams: Scenario,
    account: PublicKey,
    owner: PublicKey,
    type: ExtensionType,
  ) =>
    streams.send([
      createReallocateInstruction(
        account,
        streams.world.payer.publicKey,
        [type],
        owner,
        [],
        TOKEN_2022_PROGRAM_ID,
      ),
    ]);

  it("delays its owner alone while it asks for a memo (C10)", async () => {
    const streams = await startScenario(start, { mint: mintOf() });
    const payee = KEYS.payee.publicKey;
    await extended(streams, streams.payeeTokens, payee, ExtensionType.MemoTransfer);
    const enable = createEnableRequiredMemoTransfersInstruction(
      streams.payeeTokens,
      payee,
      [],
      TOKEN_2022_PROGRAM_ID,
    );
    await streams.send([enable]);
    await twoLines(streams);
    const disable = createDisableRequiredMemoTransfersInstruction(
      streams.payeeTokens,
      payee,
      [],
      TOKEN_2022_PROGRAM_ID,
    );
    await onlyPayeeWaits(streams, "NoMemo", () => streams.send([disable]));
  });

  it("pays no deposit while it is guarded from calls by programs (C10)", async () => {
    const streams = await startScenario(start, { mint: mintOf() });
    const payer = KEYS.payer.publicKey;
    await extended(streams, streams.payerTokens, payer, ExtensionType.CpiGuard);
    const enable = createEnableCpiGuardInstruction(
      streams.payerTokens,
      payer,
      [],
      TOKEN_2022_PROGRAM_ID,
    );
    await streams.send([enable]);
    await assertRefused(streams.deposit(), "CpiGuardTransferBlocked");
    // Others still pay into the book, and out of it to the guarded account.
    await streams.deposit({ funder: KEYS.stranger.publicKey, source: streams.strangerTokens });
    await streams.refund();
    const disable = { ...enable, data: Buffer.from([34, 1]) };
    await streams.send([disable]);
    await streams.deposit();
    await assertConserved(streams, 0n);
  });

  it("delays its owner alone while it is closed, and anybody may make it anew (C15)", async () => {
    const streams = await startScenario(start);
    const { world, mint } = streams;
    const owner = KEYS.payee.publicKey;
    await streams.send([createCloseAccountInstruction(streams.payeeTokens, owner, owner)]);
    await twoLines(streams);
    await onlyPayeeWaits(streams, "AccountNotInitialized", () =>
      world.send(tokenAccountInstructions({ world, mint, owner }), {
        feePayer: KEYS.stranger,
        signers: [world.payer],
      }),
    );
  });
});

describeWorlds("streams / a mint whose issuer steps in", (start) => {
  it("freezes a payee's account: that payee alone waits (C12)", async () => {
    const streams = await startScenario(start, { mint: { freezeAuthority: issuer } });
    const { payeeTokens, mint } = streams;
    await twoLines(streams);
    await streams.send([createFreezeAccountInstruction(payeeTokens, mint.address, issuer)]);
    await onlyPayeeWaits(streams, "AccountFrozen", () =>
      streams.send([createThawAccountInstruction(payeeTokens, mint.address, issuer)]),
    );
  });

  it("freezes the vault: nothing goes in or out, nothing earned is lost (C12)", async () => {
    const streams = await startScenario(start, { mint: { freezeAuthority: issuer }, feeBps: 100 });
    const { vault, mint } = streams;
    await twoLines(streams);
    await streams.claim();
    await streams.send([createFreezeAccountInstruction(vault, mint.address, issuer)]);
    await streams.advance({ seconds: 100n });
    const exits = [
      () => streams.claim(),
      () => streams.claimMany(),
      () => streams.refund(),
      () => streams.deposit(),
      () => streams.collectFees(),
    ];
    for (const exit of exits) await assertRefused(exit(), "AccountFrozen");
    // What moves no tokens goes on: vouchers, and the end of a line.
    await streams.settle({ targets: { kind: "dense", start: 0, cumulative: [70n] } });
    await streams.closeLine({ line: 1 });
    await streams.advance({ seconds: GRACE });
    await streams.removeLine({ line: 1 });
    await assertConserved(streams, 0n);

    await streams.send([createThawAccountInstruction(vault, mint.address, issuer)]);
    await streams.claim();
    await assertRefused(streams.claim(), "NothingToClaim");
    const earned = 5n * (200n + GRACE) + 70n;
    assert.equal((await streams.line(0)).claimed, earned);
    assert.equal(await streams.balance(streams.payeeTokens), earned - (earned + 99n) / 100n);
    await streams.claimMany({ claims: [{ line: 1, payee: KEYS.stranger.publicKey }] });
    for (const exit of exits.slice(2)) await exit();
    await assertConserved(streams, 0n);
  });

  it("pauses the mint: an error for it, and other mints go on (C11)", async () => {
    const streams = await startScenario(start, {
      mint: mintOf(pausable),
      allowedExtensions: bit(ExtensionType.PausableConfig),
    });
    await twoLines(streams);
    const { address } = streams.mint;
    await streams.send([createPauseInstruction(address, issuer, [], TOKEN_2022_PROGRAM_ID)]);
    for (const exit of [streams.claim, streams.claimMany, streams.refund, streams.deposit]) {
      await assertRefused(exit(), "MintPaused");
    }
    await streams.settle({ targets: { kind: "dense", start: 0, cumulative: [70n] } });
    await streams.advance({ seconds: 100n });
    await streams.send([createResumeInstruction(address, issuer, [], TOKEN_2022_PROGRAM_ID)]);
    assert.deepEqual(await claimBoth(streams), { skipped: 0, stranger: 1_000n });
    assert.equal(await streams.balance(streams.payeeTokens), 1_070n);
    await assertRefused(streams.claim(), "NothingToClaim");
  });
});

describeWorlds("streams / the token program that is not the mint's", (start) => {
  for (const [theirs, other] of [
    [TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID],
    [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID],
  ] as const) {
    const name = theirs.equals(TOKEN_PROGRAM_ID) ? "SPL Token" : "Token-2022";
    it(`is refused on a mint of ${name}, from opening to closing (C14)`, async () => {
      const mint = { tokenProgram: theirs };
      let streams = await startScenario(start, { stage: "policy", mint });
      const odd = { accounts: { token_program: other } };
      await assertRefused(streams.openBook(odd), "MissingAccount");
      // The vault where that token program would have it, too.
      await assertRefused(streams.openBook({ tokenProgram: other }), "IncorrectProgramId");

      streams = await startScenario(start, { mint });
      await twoLines(streams);
      await assertRefused(streams.deposit(odd), "ConstraintTokenTokenProgram");
      await assertRefused(streams.refund(odd), "ConstraintTokenTokenProgram");
      await assertRefused(streams.claim(odd), "ConstraintTokenTokenProgram");
      const { events } = await streams.claimMany(odd); // passes everybody over
      assert.deepEqual([events[0]?.data.skipped, events[0]?.data.amount], [1, 0n]);
      await assertRefused(streams.closeBook(odd), "ConstraintTokenTokenProgram");
      assert.equal(await streams.balance(streams.payeeTokens), 0n);

      await streams.deposit();
      await streams.refund();
      await streams.claim();
      assert.equal(
        await streams.balance(streams.payerTokens),
        PAYER_TOKENS - 2n * DEPOSIT + 1_000n,
      );
      await assertConserved(streams, 0n);
    });
  }
});
