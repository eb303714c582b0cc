import { fixedKeypair } from "@pinfi/localnet";
import {
  createInitializeTransferFeeConfigInstruction,
  createTransferCheckedInstruction,
  ExtensionType,
  TOKEN_2022_PROGRAM_ID,
} from "@solana/spl-token";
import { assert } from "chai";
import { assertRefused } from "./assert";
import { startFreshWorld } from "./describe";
import { createMint, fundTokenAccount, supplyOf, tokenBalance } from "./tokens";

const authority = fixedKeypair(21);
const alice = fixedKeypair(22);
const bob = fixedKeypair(23);
const mintKey = fixedKeypair(24);

for (const backend of ["litesvm", "bankrun"] as const) {
  describe(`harness tokens [${backend}]`, () => {
    it("moves SPL tokens, and reports the token program's own errors by name", async () => {
      const world = await startFreshWorld(backend);
      const mint = await createMint({ world, keypair: mintKey, authority });
      const from = await fundTokenAccount({ world, mint, owner: alice.publicKey, amount: 100n });
      const to = await fundTokenAccount({ world, mint, owner: bob.publicKey });
      const transfer = (amount: bigint) =>
        world.send(
          [createTransferCheckedInstruction(from, mint.address, to, alice.publicKey, amount, 6)],
          { signers: [alice] },
        );
      await assertRefused(transfer(101n), "InsufficientFunds");
      await transfer(60n);
      assert.equal(await tokenBalance(world, from), 40n);
      assert.equal(await tokenBalance(world, to), 60n);
      assert.equal(await supplyOf(world, mint), 100n);
    });

    it("lays out a Token-2022 mint with a transfer fee that is really withheld", async () => {
      const world = await startFreshWorld(backend);
      const mint = await createMint({
        world,
        keypair: mintKey,
        authority,
        tokenProgram: TOKEN_2022_PROGRAM_ID,
        extensions: [
          {
            type: ExtensionType.TransferFeeConfig,
            // 1 %, at most 1,000 base units a transfer
            initialize: createInitializeTransferFeeConfigInstruction(
              mintKey.publicKey,
              null,
              null,
              100,
              1_000n,
              TOKEN_2022_PROGRAM_ID,
            ),
          },
        ],
      });
      const from = await fundTokenAccount({ world, mint, owner: alice.publicKey, amount: 500n });
      const to = await fundTokenAccount({ world, mint, owner: bob.publicKey });
      await world.send(
        [
          createTransferCheckedInstruction(
            from,
            mint.address,
            to,
            alice.publicKey,
            500n,
            6,
            [],
            TOKEN_2022_PROGRAM_ID,
          ),
        ],
        { signers: [alice] },
      );
      assert.equal(await tokenBalance(world, to), 495n);
    });
  });
}
