import { fixedKeypair } from "@pinfi/localnet";
import { configAddress, decodeMintPolicy, policyAddress } from "@pinfi/sdk/streams";
import {
  createInitializeMetadataPointerInstruction,
  createInitializeTransferFeeConfigInstruction,
  ExtensionType,
  TOKEN_2022_PROGRAM_ID,
} from "@solana/spl-token";
import type { TransactionInstruction } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { createLooseTokenAccount, createMint, type TestMint } from "../harness/tokens";
import { foreignCopy, otherMint } from "./forge";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

describeWorlds("streams / set_mint_policy", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start, { stage: "initialized" });
  });
  const policy = async (mint = streams.mint.address) => {
    const account = await streams.world.account(policyAddress({ mint }));
    if (account === null) throw new Error("there is no policy");
    return decodeMintPolicy(account);
  };
  const mintWith = (type: ExtensionType, initialize: TransactionInstruction): Promise<TestMint> =>
    createMint({
      world: streams.world,
      keypair: KEYS.otherMint,
      authority: KEYS.mintAuthority,
      tokenProgram: TOKEN_2022_PROGRAM_ID,
      extensions: [{ type, initialize }],
    });
  const bit = (type: ExtensionType) => 1n << BigInt(type);

  describe("refuses", () => {
    it("anybody but the authority (A02)", () =>
      assertRefused(streams.setMintPolicy({ authority: KEYS.stranger.publicKey }), "NotAuthority"));

    it("an authority that does not sign (A01)", () =>
      assertRefused(
        streams.setMintPolicy({ accounts: { authority: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("a configuration that another program owns (A03)", async () => {
      const accounts = { config: await foreignCopy(streams, configAddress()) };
      await assertRefused(streams.setMintPolicy({ accounts }), "AccountOwnedByWrongProgram");
    });

    it("the address of another mint's policy (A07)", () =>
      assertRefused(
        streams.setMintPolicy({
          accounts: { policy: policyAddress({ mint: KEYS.otherMint.publicKey }) },
        }),
        "ConstraintSeeds",
      ));

    it("a fee above 500 basis points (B09)", () =>
      assertRefused(streams.setMintPolicy({ feeBps: 501 }), "FeeTooHigh"));

    it("a burned share above the whole (B09)", () =>
      assertRefused(streams.setMintPolicy({ burnBps: 10_001 }), "BurnShareTooHigh"));

    it("a fee with no treasury to go to", () =>
      assertRefused(
        streams.setMintPolicy({ feeBps: 1, burnBps: 9_999, treasury: null }),
        "MissingTreasury",
      ));

    it("a treasury of another mint (A30)", async () => {
      const { tokens } = await otherMint(streams);
      await assertRefused(streams.setMintPolicy({ treasury: tokens }), "ConstraintTokenMint");
    });

    it("a treasury that is no token account", () =>
      assertRefused(
        streams.setMintPolicy({ treasury: KEYS.payer.publicKey }),
        "AccountOwnedByWrongProgram",
      ));

    it("an extension that can move money against its owner's will, even if allowed", () =>
      assertRefused(
        streams.setMintPolicy({ allowedExtensions: bit(ExtensionType.PermanentDelegate) }),
        "UnsupportedMintExtension",
      ));

    it("a mint with an extension that was not allowed, and says which", async () => {
      const mint = KEYS.otherMint.publicKey;
      const initialize = createInitializeTransferFeeConfigInstruction(
        mint,
        null,
        null,
        100,
        1_000n,
        TOKEN_2022_PROGRAM_ID,
      );
      await mintWith(ExtensionType.TransferFeeConfig, initialize);
      const { logs } = await assertRefused(
        streams.setMintPolicy({ mint, treasury: null }),
        "UnsupportedMintExtension",
      );
      assert.include(
        logs,
        `Program log: the policy does not allow extension type ${ExtensionType.TransferFeeConfig}`,
      );
    });
  });

  it("refuses an account of the policy's own as treasury: fees would never leave it", async () => {
    const { world, mint } = streams;
    const owner = policyAddress({ mint: mint.address });
    const escrow = await streams.tokensOf(owner);
    const loose = await createLooseTokenAccount({ world, mint, owner, keypair: KEYS.loose });
    for (const treasury of [escrow, loose]) {
      await assertRefused(streams.setMintPolicy({ treasury }), "EscrowAsTreasury");
    }
    await streams.setMintPolicy();
    await assertRefused(streams.setMintPolicy({ treasury: escrow }), "EscrowAsTreasury");
  });

  describe("sets", () => {
    it("every term, and says so", async () => {
      const { events } = await streams.setMintPolicy({ minDeposit: 77n, feeBps: 250 });
      assert.deepEqual(await policy(), {
        mint: streams.mint.address,
        tokenProgram: streams.mint.tokenProgram,
        treasury: streams.treasury,
        minDeposit: 77n,
        allowedExtensions: 0n,
        feeBps: 250,
        burnBps: 5_000,
        enabled: true,
        bump: (await policy()).bump,
      });
      assert.deepEqual(events, [
        {
          name: "MintPolicySet",
          data: {
            mint: streams.mint.address.toBase58(),
            treasury: streams.treasury.toBase58(),
            min_deposit: 77n,
            allowed_extensions: 0n,
            fee_bps: 250,
            burn_bps: 5_000,
            enabled: true,
          },
        },
      ]);
    });

    it("the highest fee, wholly burned and so without a treasury", async () => {
      await streams.setMintPolicy({ feeBps: 500, burnBps: 10_000, treasury: null });
      const { feeBps, burnBps, treasury } = await policy();
      assert.deepEqual(
        { feeBps, burnBps, treasury },
        { feeBps: 500, burnBps: 10_000, treasury: null },
      );
    });

    it("new terms over old ones, whole (A13)", async () => {
      await streams.setMintPolicy({ feeBps: 250 });
      await streams.setMintPolicy({ feeBps: 0, minDeposit: 5n, enabled: false, treasury: null });
      const { feeBps, minDeposit, enabled, treasury } = await policy();
      assert.deepEqual(
        { feeBps, minDeposit, enabled, treasury },
        { feeBps: 0, minDeposit: 5n, enabled: false, treasury: null },
      );
    });

    it("a Token-2022 mint whose extensions are harmless and allowed", async () => {
      const mint = KEYS.otherMint.publicKey;
      const initialize = createInitializeMetadataPointerInstruction(
        mint,
        null,
        fixedKeypair(99).publicKey,
        TOKEN_2022_PROGRAM_ID,
      );
      await mintWith(ExtensionType.MetadataPointer, initialize);
      await streams.setMintPolicy({
        mint,
        treasury: null,
        allowedExtensions: bit(ExtensionType.MetadataPointer),
      });
      assert.deepEqual((await policy(mint)).tokenProgram, TOKEN_2022_PROGRAM_ID);
    });
  });
});
