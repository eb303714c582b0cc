import { TOKEN_PROGRAM_ID } from "@pinfi/sdk";
import * as sdk from "@pinfi/sdk/streams";
import {
  createSetTransferFeeInstruction,
  ExtensionType,
  TOKEN_2022_PROGRAM_ID,
} from "@solana/spl-token";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeWorlds } from "../../harness/describe";
import { tokenAddress } from "../../harness/tokens";
import { assertConserved } from "../conservation";
import { KEYS } from "../keys";
import { PAYER_TOKENS, type Scenario, startScenario } from "../scenario";
import {
  bit,
  bornFrozen,
  closable,
  confidential,
  forgePolicy,
  freezeNewborn,
  interestBearing,
  mintOf,
  nonTransferable,
  permanentDelegate,
  scaled,
  transferFee,
  transferHook,
} from "./extensions";

const payer = KEYS.payer.publicKey;

describeWorlds("streams / a mint with an extension that can move money by itself", (start) => {
  const harmful: [what: string, extension: Parameters<typeof mintOf>[number]][] = [
    ["a transfer fee (C01)", transferFee(100)],
    ["a transfer fee of nothing, which can be raised later (C02)", transferFee(0)],
    ["a transfer hook (C03)", transferHook(sdk.STREAMS_PROGRAM_ID)],
    ["a permanent delegate (C04)", permanentDelegate],
    ["accounts that are born frozen (C05)", bornFrozen],
    ["tokens that cannot be transferred (C06)", nonTransferable],
    ["an authority that can close it and make it anew (C07)", closable],
    ["confidential balances (C08)", confidential],
  ];
  for (const [what, extension] of harmful) {
    it(`is refused: ${what}`, async () => {
      const streams = await startScenario(start, {
        stage: "initialized",
        mint: { ...mintOf(extension), freezeAuthority: KEYS.mintAuthority.publicKey },
      });
      if (extension === bornFrozen) await streams.send([freezeNewborn]);
      const set = (mint: typeof streams.mint.address, allowedExtensions: bigint) =>
        streams.setMintPolicy({ mint, treasury: null, allowedExtensions });
      await assertRefused(set(streams.mint.address, 0n), "UnsupportedMintExtension");
      await assertRefused(
        set(streams.mint.address, bit(extension.type)),
        "UnsupportedMintExtension",
      );
      // Not even where a policy for it has got onto the chain, as long as it does not name it.
      await forgePolicy(streams, 0n);
      await assertRefused(streams.openBook(), "UnsupportedMintExtension");
      const pool = { owner: payer, mint: streams.mint.address, id: 0 };
      await assertRefused(
        streams.send([sdk.openPool({ ...pool, tokenProgram: TOKEN_2022_PROGRAM_ID })]),
        "UnsupportedMintExtension",
      );
      // The same on a mint without it goes through, as forgePolicy did with its model.
      await streams.openBook({
        mint: KEYS.otherMint.publicKey,
        tokenProgram: TOKEN_PROGRAM_ID,
      });
    });
  }
});

// A second line of defence: nothing below can be reached, as the mint is refused.
describeWorlds("streams / a mint that takes a fee, were a policy to allow it", (start) => {
  let streams: Scenario;
  const openWith = async (bps: number) => {
    streams = await startScenario(start, { stage: "initialized", mint: mintOf(transferFee(bps)) });
    await forgePolicy(streams, bit(ExtensionType.TransferFeeConfig));
    await streams.openBook();
  };

  it("credits a book with what arrived, not with what was sent (A21, C01)", async () => {
    await openWith(100);
    const { events } = await streams.deposit({ amount: 10_000n });
    assert.equal(events[0]?.data.amount, 9_900n);
    const { free, deposited } = await streams.state();
    assert.deepEqual({ free, deposited }, { free: 9_900n, deposited: 9_900n });
    await assertConserved(streams, 0n);
    await assertRefused(streams.refund({ amount: 9_901n }), "ExceedsFree");
    await streams.refund({ amount: 9_900n });
    assert.equal(await streams.balance(streams.payerTokens), PAYER_TOKENS - 10_000n + 9_801n);
  });

  it("shares in a pool what arrived, not what was sent (A21, C01)", async () => {
    await openWith(100);
    const { mint } = streams;
    const tokenProgram = TOKEN_2022_PROGRAM_ID;
    const pool = sdk.poolAddress({ owner: payer, mint: mint.address, id: 0 });
    const poolOf = { pool, mint: mint.address, tokenProgram };
    const who = KEYS.payee.publicKey;
    const source = streams.payerTokens;
    await streams.send([
      sdk.openPool({ owner: payer, mint: mint.address, id: 0, tokenProgram }),
      sdk.setUnits({ ...poolOf, owner: payer, who, units: 1n }),
      sdk.distribute({ ...poolOf, funder: payer, source, amount: 1_000n }),
    ]);
    const { events } = await streams.send([
      sdk.claimMember({ ...poolOf, who, destination: streams.payeeTokens }),
    ]);
    assert.equal(events[0]?.data.amount, 990n);
    assert.equal(await streams.balance(tokenAddress(mint, pool)), 0n);
    assert.equal(await streams.balance(streams.payeeTokens), 980n); // 990 less the mint's 10
  });

  it("owes no more than it holds, also once the fee is raised under a running line (C02)", async () => {
    await openWith(0);
    await streams.deposit({ amount: 2_000n });
    await streams.addLine({ deposit: 1_000n, rate: 1n });
    const raise = createSetTransferFeeInstruction(
      streams.mint.address,
      KEYS.mintAuthority.publicKey,
      [],
      500,
      2n ** 63n,
      TOKEN_2022_PROGRAM_ID,
    );
    await streams.send([raise]); // in force two epochs on
    await streams.advance({ seconds: 100n });
    await streams.claim();
    assert.equal(await streams.balance(streams.payeeTokens), 100n);
    await streams.advance({ epochs: 2n });
    await assertConserved(streams, 0n);
    await streams.claim();
    assert.equal(await streams.balance(streams.payeeTokens), 100n + 855n);
    await assertConserved(streams, 0n);
    await streams.deposit({ amount: 1_000n });
    assert.equal((await streams.state()).free, 1_950n);
    await assertConserved(streams, 0n);
    await streams.refund({ amount: 1_950n });
    assert.equal(await streams.balance(streams.vault), 0n);
  });
});

describeWorlds("streams / a mint that shows other amounts than it holds", (start) => {
  for (const extension of [interestBearing(1_000), scaled(2.5)]) {
    it(`is counted in base units alone: ${ExtensionType[extension.type]} (C09)`, async () => {
      const streams = await startScenario(start, {
        mint: mintOf(extension),
        allowedExtensions: bit(extension.type),
        feeBps: 100,
      });
      await streams.addLine({ deposit: 1_000n, rate: 5n });
      await streams.advance({ seconds: 100n });
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 495n);
      await assertConserved(streams, 0n);
      await streams.advance({ seconds: 365n * 86_400n });
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 990n);
      await assertConserved(streams, 0n);
    });
  }
});
