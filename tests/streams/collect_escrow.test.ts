import { policyAddress } from "@pinfi/sdk/streams";
import {
  AuthorityType,
  createSetAuthorityInstruction,
  TOKEN_2022_PROGRAM_ID,
} from "@solana/spl-token";
import { PublicKey, SystemProgram } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { createLooseTokenAccount, mintTo, setFrozen } from "../harness/tokens";
import { otherMint } from "./forge";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

describeWorlds("streams / collect_escrow (W15c)", (start) => {
  let streams: Scenario;
  let escrow: PublicKey;
  // 5 % of 1,000 claimed, half of it burned: 25 wait in the escrow.
  beforeEach(async () => {
    streams = await startScenario(start, { feeBps: 500 });
    escrow = await streams.tokensOf(policyAddress({ mint: streams.mint.address }));
    await streams.addLine({ deposit: 1_000n, rate: 1_000n });
    await streams.advance({ seconds: 1n });
    await streams.claim();
    await setFrozen(streams.world, streams.treasury);
    await streams.collectFees({ escrow });
    await setFrozen(streams.world, streams.treasury, false);
    assert.equal(await streams.balance(escrow), 25n);
  });

  describe("refuses", () => {
    it("a token account that the policy does not name (A28)", () =>
      assertRefused(streams.collectEscrow({ treasury: streams.strangerTokens }), "WrongTreasury"));

    it("to burn it, or to send it anywhere, while no treasury is named", async () => {
      for (const burnBps of [5_000, 10_000]) {
        await streams.setMintPolicy({ feeBps: 0, burnBps, treasury: null });
        for (const treasury of [streams.treasury, streams.strangerTokens, PublicKey.default]) {
          await assertRefused(streams.collectEscrow({ treasury }), "MissingTreasury");
        }
      }
      await streams.setMintPolicy();
      await streams.collectEscrow();
      assert.equal(await streams.balance(streams.treasury), 25n);
    });

    it("a treasury that is still frozen (C12)", async () => {
      await setFrozen(streams.world, streams.treasury);
      await assertRefused(streams.collectEscrow(), "FeesUndeliverable");
    });

    it("the policy and the mint of another (A09, A30)", async () => {
      const { policy, mint, tokens } = await otherMint(streams);
      await assertRefused(streams.collectEscrow({ accounts: { policy } }), "WrongMint");
      const foreign = { mint: mint.address };
      await assertRefused(streams.collectEscrow({ accounts: foreign }), "WrongMint");
      const both = { policy, mint: mint.address, treasury: tokens };
      await assertRefused(streams.collectEscrow({ accounts: both }), "WrongEscrow");
    });

    it("an account of anybody but the policy, a book's vault say (A24)", async () => {
      for (const odd of [streams.vault, streams.payeeTokens]) {
        await assertRefused(streams.collectEscrow({ escrow: odd }), "WrongEscrow");
      }
    });

    it("an account of the policy's, of another mint or another token program (A19, A30)", async () => {
      const { world, mint } = streams;
      const { mint: other } = await otherMint(streams);
      const owner = policyAddress({ mint: mint.address });
      const foreign = await createLooseTokenAccount({
        world,
        mint: other,
        owner,
        keypair: KEYS.loose,
      });
      await mintTo({ world, mint: other, to: foreign, amount: 7n });
      await assertRefused(streams.collectEscrow({ escrow: foreign }), "ConstraintTokenMint");
      const account = await world.account(escrow);
      if (account === null) throw new Error("no escrow");
      world.setAccount(escrow, { ...account, owner: TOKEN_2022_PROGRAM_ID });
      await assertRefused(streams.collectEscrow(), "ConstraintTokenTokenProgram");
      world.setAccount(escrow, account);
      await streams.collectEscrow();
      assert.equal(await streams.balance(streams.treasury), 25n);
    });

    it("a token program that is none (A19)", () =>
      assertRefused(
        streams.collectEscrow({ tokenProgram: SystemProgram.programId, escrow }),
        "InvalidProgramId",
      ));

    it("accounts passed read-only (A34)", async () => {
      for (const name of ["escrow", "treasury"]) {
        const accounts = { [name]: { isWritable: false } };
        await assertRefused(streams.collectEscrow({ accounts }), "ConstraintMut");
      }
    });

    it("a treasury that was given to the policy, out of itself (W15c)", async () => {
      const { treasury, send } = streams;
      const policy = policyAddress({ mint: streams.mint.address });
      const { AccountOwner } = AuthorityType;
      const treasurer = KEYS.treasurer.publicKey;
      await streams.collectEscrow();
      await send([createSetAuthorityInstruction(treasury, treasurer, AccountOwner, policy)]);
      await assertRefused(streams.collectEscrow({ escrow: treasury }), "FeesUndeliverable");
      assert.equal(await streams.balance(treasury), 25n);
    });

    it("a second time: nothing waits", async () => {
      await streams.collectEscrow();
      await assertRefused(streams.collectEscrow(), "NothingToCollect");
    });
  });

  it("pays all of it to the treasury, whoever asks, and says so", async () => {
    const { events } = await streams.collectEscrow();
    assert.equal(await streams.balance(streams.treasury), 25n);
    assert.equal(await streams.balance(escrow), 0n);
    const mint = streams.mint.address.toBase58();
    assert.deepEqual(events, [{ name: "EscrowCollected", data: { mint, to_treasury: 25n } }]);
  });

  it("pays to the treasury that is named now", async () => {
    await streams.setMintPolicy({ treasury: streams.strangerTokens });
    const before = await streams.balance(streams.strangerTokens);
    await streams.collectEscrow({ treasury: streams.strangerTokens });
    assert.equal(await streams.balance(streams.strangerTokens), before + 25n);
  });

  it("takes what somebody has sent to another account of the policy's", async () => {
    const { world, mint } = streams;
    const owner = policyAddress({ mint: mint.address });
    const loose = await createLooseTokenAccount({ world, mint, owner, keypair: KEYS.loose });
    await mintTo({ world, mint, to: loose, amount: 7n });
    await streams.collectEscrow({ escrow: loose });
    assert.equal(await streams.balance(streams.treasury), 7n);
  });
});
