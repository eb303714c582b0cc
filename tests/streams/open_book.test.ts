import { createHash } from "node:crypto";
import { fixedKeypair } from "@pinfi/localnet";
import { bookAddress, STREAMS_PROGRAM_ID } from "@pinfi/sdk/streams";
import { AccountLayout, TOKEN_2022_PROGRAM_ID } from "@solana/spl-token";
import { PublicKey, SYSVAR_CLOCK_PUBKEY, SystemProgram } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeCurrent, describeWorlds } from "../harness/describe";
import { createLooseTokenAccount } from "../harness/tokens";
import { otherMint } from "./forge";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

const SLOT_HASHES = new PublicKey("SysvarS1otHashes111111111111111111111111111");

describeWorlds("streams / open_book", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start, { stage: "policy" });
  });

  /** A vault that is there before the book, with bytes of the attacker's choice. */
  const plantVault = async (fields: { delegate?: PublicKey; closeAuthority?: PublicKey }) => {
    const account = await streams.world.account(streams.vault);
    if (account === null) throw new Error("create the vault first");
    const layout = AccountLayout.decode(account.data);
    AccountLayout.encode(
      {
        ...layout,
        delegateOption: fields.delegate === undefined ? 0 : 1,
        delegate: fields.delegate ?? PublicKey.default,
        closeAuthorityOption: fields.closeAuthority === undefined ? 0 : 1,
        closeAuthority: fields.closeAuthority ?? PublicKey.default,
      },
      account.data,
    );
    streams.world.setAccount(streams.vault, account);
  };

  describe("refuses", () => {
    it("a payer who does not sign (A01)", () =>
      assertRefused(
        streams.openBook({ accounts: { payer: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("a mint whose policy is not enabled", async () => {
      await streams.setMintPolicy({ enabled: false });
      await assertRefused(streams.openBook(), "MintNotEnabled");
    });

    it("a mint without a policy", () =>
      assertRefused(
        streams.openBook({ accounts: { policy: fixedKeypair(99).publicKey } }),
        "AccountNotInitialized",
      ));

    it("the policy of another mint (A09)", async () => {
      const { policy } = await otherMint(streams);
      await assertRefused(streams.openBook({ accounts: { policy } }), "WrongMint");
    });

    it("the address of another book (A07)", () => {
      const { mint } = streams;
      const book = bookAddress({ payer: KEYS.payer.publicKey, mint: mint.address, id: 1 });
      return assertRefused(streams.openBook({ accounts: { book } }), "ConstraintSeeds");
    });

    it("a grace period below 15 minutes or above 30 days", async () => {
      await assertRefused(streams.openBook({ graceSeconds: 899 }), "GraceOutOfRange");
      await assertRefused(streams.openBook({ graceSeconds: 2_592_001 }), "GraceOutOfRange");
    });

    it("a fee above what the payer agreed to (B09)", async () => {
      await streams.setMintPolicy({ feeBps: 251, burnBps: 10_000, treasury: null });
      await assertRefused(streams.openBook({ maxFeeBps: 250 }), "FeeAboveLimit");
      await streams.openBook({ maxFeeBps: 251 });
      assert.equal((await streams.state()).feeBps, 251);
    });

    it("another sysvar in place of SlotHashes (A18)", () =>
      assertRefused(
        streams.openBook({ accounts: { slot_hashes: SYSVAR_CLOCK_PUBKEY } }),
        "NoSlotHashes",
      ));

    it("a vault with a delegate or a close authority (A29)", async () => {
      await streams.tokensOf(streams.vaultOwner);
      await plantVault({ delegate: KEYS.stranger.publicKey });
      await assertRefused(streams.openBook(), "VaultNotClean");
      await plantVault({ closeAuthority: KEYS.stranger.publicKey });
      await assertRefused(streams.openBook(), "VaultNotClean");
      await plantVault({});
      await streams.openBook();
    });

    it("a vault that is not the book's associated account (A24)", async () => {
      const vault = await createLooseTokenAccount({
        world: streams.world,
        mint: streams.mint,
        owner: streams.vaultOwner,
        keypair: KEYS.loose,
      });
      await assertRefused(
        streams.openBook({ accounts: { vault } }),
        "AccountNotAssociatedTokenAccount",
      );
    });

    it("a token program that is not the mint's (A19, A30)", async () => {
      await assertRefused(
        streams.openBook({ accounts: { token_program: SystemProgram.programId } }),
        "InvalidProgramId",
      );
      await streams.tokensOf(streams.vaultOwner);
      await assertRefused(
        streams.openBook({ accounts: { token_program: TOKEN_2022_PROGRAM_ID } }),
        "ConstraintAssociatedTokenTokenProgram",
      );
    });
  });

  describe("opens", () => {
    it("an empty book on the policy's terms, and says so", async () => {
      const slot = (await streams.world.clock()).slot;
      const { events } = await streams.openBook({
        id: 0,
        voucherSigner: KEYS.voucherSigner.publicKey,
        controller: KEYS.controller.publicKey,
      });
      const { voucherDomain, bump: _, authorityBump: __, ...book } = await streams.state();
      assert.deepEqual(book as unknown, {
        payer: KEYS.payer.publicKey,
        mint: streams.mint.address,
        vault: streams.vault,
        voucherSigner: KEYS.voucherSigner.publicKey,
        controller: KEYS.controller.publicKey,
        voucherExpiresAt: 2n ** 63n - 1n,
        voucherCap: 2n ** 64n - 1n,
        voucherSpent: 0n,
        deposited: 0n,
        refunded: 0n,
        claimed: 0n,
        feesAccrued: 0n,
        feesCollected: 0n,
        free: 0n,
        committed: 0n,
        minDeposit: 10n,
        openedSlot: slot,
        graceSeconds: 900,
        nextLine: 0,
        lineCount: 0,
        id: 0,
        feeBps: 0,
        decimals: 6,
        formerSigner: null,
        formerExpiresAt: 0n,
        formerCap: 0n,
        formerSpent: 0n,
        lastTakenAt: 0n,
        lines: [],
        capacity: 0,
      });
      assert.deepEqual(events, [
        {
          name: "BookOpened",
          data: {
            book: streams.book.toBase58(),
            payer: KEYS.payer.publicKey.toBase58(),
            mint: streams.mint.address.toBase58(),
            id: 0,
            voucher_domain: Buffer.from(voucherDomain).toString("hex"),
          },
        },
      ]);
    });

    it("with a domain that binds program, book, chain and moment", async () => {
      const slot = (await streams.world.clock()).slot;
      const hashes = await streams.world.account(SLOT_HASHES);
      await streams.openBook();
      const slotBytes = Buffer.alloc(8);
      slotBytes.writeBigUInt64LE(slot);
      const expected = createHash("sha256")
        .update("pinfi:streams:voucher:1")
        .update(STREAMS_PROGRAM_ID.toBytes())
        .update(streams.book.toBytes())
        .update(hashes?.data.subarray(16, 48) ?? assert.fail("no SlotHashes"))
        .update(slotBytes)
        .digest("hex");
      assert.equal(Buffer.from((await streams.state()).voucherDomain).toString("hex"), expected);
    });

    it("with the payer as voucher signer and nobody as controller unless named", async () => {
      await streams.openBook();
      const { voucherSigner, controller } = await streams.state();
      assert.deepEqual(voucherSigner, KEYS.payer.publicKey);
      assert.isNull(controller);
    });

    it("both ends of the grace range", async () => {
      await streams.openBook({ id: 1, graceSeconds: 900 });
      await streams.openBook({ id: 2, graceSeconds: 2_592_000 });
    });

    it("although somebody created the vault first (A26)", async () => {
      await streams.tokensOf(streams.vaultOwner, 7n);
      await streams.openBook();
      const { vault, deposited } = await streams.state();
      assert.deepEqual(vault, streams.vault);
      assert.equal(deposited, 0n); // what lay there is a donation
    });
  });
});

describeCurrent("streams / open_book, where the address is taken", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start, { stage: "policy" });
  });

  it("refuses a book that is open (A13)", async () => {
    await streams.openBook();
    await assertRefused(streams.openBook(), "AccountAlreadyInUse");
  });

  it("opens although somebody sent lamports to its address before (A25)", async () => {
    await streams.world.fund(streams.book, 1_000_000n);
    await streams.openBook();
    assert.deepEqual((await streams.state()).payer, KEYS.payer.publicKey);
  });
});
