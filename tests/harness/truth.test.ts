import type { Step } from "@pinfi/localnet";
import { fixedKeypair } from "@pinfi/localnet";
import {
  Ed25519Program,
  PublicKey,
  SystemProgram,
  Transaction,
  type TransactionInstruction,
} from "@solana/web3.js";
import { assert } from "chai";
import { requireVerified, startFreshWorld, startWorld } from "./describe";
import { PAYER } from "./programs";
import { TransactionRefused } from "./refused";
import type { RawTransaction, World } from "./world";

const ANY_KEY = fixedKeypair(1);
const VICTIM = fixedKeypair(2);
const SLOT_HASHES = new PublicKey("SysvarS1otHashes111111111111111111111111111");
const RENT_EXEMPT = 2_000_000n;

/** What each backend answers today. A row that changes must fail here, not deceive elsewhere. */
const ANSWERS = {
  forgedTransactionSignature: { litesvm: "SignatureFailure", bankrun: "accepted" },
  missingVictimSignature: { litesvm: "SignatureFailure", bankrun: "accepted" },
  forgedVoucherSignature: { litesvm: "InvalidSignature", bankrun: "accepted" },
  garbagePrecompileData: { litesvm: "InvalidInstructionDataSize", bankrun: "accepted" },
  replay: { litesvm: "AlreadyProcessed", bankrun: "AlreadyProcessed" },
  expiredBlockhash: { litesvm: "BlockhashNotFound", bankrun: "accepted" },
  createAccountAllowPrefund: { litesvm: "accepted", bankrun: "InvalidInstructionData" },
};

/** What each backend charges, in lamports. */
const PRICES = {
  twoPrecompileSignaturesAndOne: { litesvm: 15_000n, bankrun: 15_000n },
  failure: { litesvm: 5_000n, bankrun: 5_000n },
  rentOfAHundredBytes: { litesvm: 5_080n * 228n, bankrun: 6_960n * 228n },
};

for (const backend of ["litesvm", "bankrun"] as const) {
  const answers = (row: keyof typeof ANSWERS): string => ANSWERS[row][backend];
  const price = (row: keyof typeof PRICES): bigint => PRICES[row][backend];

  describe(`harness truth [${backend}]`, () => {
    let world: World;
    beforeEach(async () => {
      world = await startFreshWorld(backend);
    });

    const answer = async (attempt: Promise<unknown>): Promise<string> => {
      try {
        await attempt;
        return "accepted";
      } catch (error) {
        if (error instanceof TransactionRefused) return error.errorName;
        throw error;
      }
    };
    const pay = (from = world.payer.publicKey): TransactionInstruction =>
      SystemProgram.transfer({
        fromPubkey: from,
        toPubkey: ANY_KEY.publicKey,
        lamports: RENT_EXEMPT,
      });
    /** Signed by the payer; other signatures are the attacker's 64 nines. */
    const raw = async (...instructions: TransactionInstruction[]): Promise<RawTransaction> => {
      const transaction = new Transaction().add(...instructions);
      transaction.recentBlockhash = await world.latestBlockhash();
      transaction.feePayer = world.payer.publicKey;
      transaction.partialSign(world.payer);
      for (const { publicKey, signature } of transaction.signatures) {
        if (signature === null) transaction.addSignature(publicKey, Buffer.alloc(64, 9));
      }
      const bytes = transaction.serialize({ verifySignatures: false });
      return { bytes, instructions, feePayer: world.payer.publicKey };
    };
    const voucher = (): TransactionInstruction =>
      Ed25519Program.createInstructionWithPrivateKey({
        privateKey: ANY_KEY.secretKey,
        message: Buffer.from("a cumulative amount"),
      });

    describe("signatures", () => {
      it("a forged signature of the fee payer", async () => {
        const forged = await raw(pay());
        forged.bytes.set(Buffer.alloc(64, 9), 1);
        assert.equal(await answer(world.sendRaw(forged)), answers("forgedTransactionSignature"));
      });

      it("a payment out of a key that did not sign", async () => {
        await world.fund(VICTIM.publicKey, 10_000_000n);
        const theft = await raw(pay(VICTIM.publicKey));
        assert.equal(await answer(world.sendRaw(theft)), answers("missingVictimSignature"));
        const stolen = await world.lamports(ANY_KEY.publicKey);
        assert.equal(stolen, world.verifiesSignatures ? 0n : RENT_EXEMPT);
      });

      it("an ed25519 instruction with one bit of the signature flipped", async () => {
        const flipped = voucher();
        const signatureOffset = flipped.data.readUInt16LE(2);
        flipped.data[signatureOffset] = (flipped.data[signatureOffset] ?? 0) ^ 1;
        assert.equal(await answer(world.send([flipped])), answers("forgedVoucherSignature"));
        assert.equal(await answer(world.send([voucher()])), "accepted");
      });

      it("an ed25519 instruction that is garbage", async () => {
        const garbage = { ...voucher(), data: Buffer.from([1, 2, 3]) };
        assert.equal(await answer(world.send([garbage])), answers("garbagePrecompileData"));
      });

      it("a suite that needs them refuses to run where nobody verifies", () => {
        if (world.verifiesSignatures) assert.equal(requireVerified(world), world);
        else assert.throws(() => requireVerified(world), /does not verify signatures/);
      });
    });

    describe("lifetime", () => {
      it("the same transaction twice", async () => {
        const once = await raw(pay());
        assert.equal(await answer(world.sendRaw(once)), "accepted");
        assert.equal(await answer(world.sendRaw(once)), answers("replay"));
      });

      it("equal instructions sent twice are two transactions", async () => {
        await world.send([pay()]);
        await world.send([pay()]);
        assert.equal(await world.lamports(ANY_KEY.publicKey), 2n * RENT_EXEMPT);
      });

      it("a blockhash of 200 slots ago", async () => {
        const old = await raw(pay());
        await world.advance({ slots: 200n });
        assert.equal(await answer(world.sendRaw(old)), answers("expiredBlockhash"));
      });
    });

    describe("runtime", () => {
      it("creates an account where lamports already are", async () => {
        // System instruction 13: lamports u64, space u64, owner.
        const data = Buffer.alloc(4 + 8 + 8 + 32);
        data.writeUInt32LE(13);
        data.writeBigUInt64LE(RENT_EXEMPT, 4);
        const keys = [ANY_KEY.publicKey, world.payer.publicKey].map((pubkey) => ({
          pubkey,
          isSigner: true,
          isWritable: true,
        }));
        const create = { programId: SystemProgram.programId, keys, data };
        const sent = world.send([pay(), create], { signers: [ANY_KEY] });
        assert.equal(await answer(sent), answers("createAccountAllowPrefund"));
      });
    });

    describe("time", () => {
      it("begins at the same slot, epoch and second everywhere", async () => {
        assert.deepEqual(await world.clock(), {
          slot: 447_552_000n,
          epoch: 1_048n,
          unixTimestamp: 1_767_225_600n,
        });
      });

      const steps: [Step, slot: bigint, epoch: bigint, seconds: bigint][] = [
        [{ slots: 5n }, 447_552_005n, 1_048n, 1_767_225_602n],
        [{ seconds: 1n }, 447_552_003n, 1_048n, 1_767_225_601n],
        [{ epochs: 1n }, 447_644_256n, 1_049n, 1_767_262_502n],
      ];
      for (const [step, slot, epoch, unixTimestamp] of steps) {
        it(`advances by ${Object.entries(step).flat().reverse().join(" ")} in all three`, async () => {
          await world.advance(step);
          assert.deepEqual(await world.clock(), { slot, epoch, unixTimestamp });
        });
      }

      it("shows programs the hash of the slot before", async () => {
        await world.advance({ slots: 7n });
        const data = (await world.account(SLOT_HASHES))?.data;
        assert.equal(data?.readBigUInt64LE(8), 447_552_006n);
      });
    });

    describe("cost", () => {
      it("signatures of ed25519 instructions are paid like those of the transaction", async () => {
        const before = await world.lamports(world.payer.publicKey);
        await world.send([voucher(), voucher()]);
        const paid = before - (await world.lamports(world.payer.publicKey));
        assert.equal(paid, price("twoPrecompileSignaturesAndOne"));
      });

      it("a transaction that fails is paid, and leaves nothing else behind", async () => {
        const before = await world.lamports(world.payer.publicKey);
        const tooMuch = SystemProgram.transfer({
          fromPubkey: world.payer.publicKey,
          toPubkey: ANY_KEY.publicKey,
          lamports: 10n ** 18n,
        });
        assert.equal(await answer(world.send([pay(), tooMuch])), "ResultWithNegativeLamports");
        assert.equal(before - (await world.lamports(world.payer.publicKey)), price("failure"));
        assert.equal(await world.lamports(ANY_KEY.publicKey), 0n);
      });

      it("rent", async () => {
        assert.equal(await world.minimumBalance(100), price("rentOfAHundredBytes"));
      });
    });
  });
}

describe("harness truth [bankrun], one bank for all suites", () => {
  it("leaves nothing of a world to the next one, and ends the one before", async () => {
    const first = await startWorld("bankrun");
    const payer = await first.lamports(PAYER.publicKey);
    await first.fund(VICTIM.publicKey, RENT_EXEMPT);
    const made = { data: Buffer.alloc(3), owner: VICTIM.publicKey, executable: false };
    first.setAccount(ANY_KEY.publicKey, { ...made, lamports: 5_000_000 });
    await first.advance({ seconds: 3_600n });
    const { slot } = await first.clock();

    const second = await startWorld("bankrun");
    assert.equal(await second.lamports(VICTIM.publicKey), 0n);
    assert.isNull(await second.account(VICTIM.publicKey));
    assert.isNull(await second.account(ANY_KEY.publicKey));
    await second.advance({ seconds: 3_600n }); // counts every lamport
    assert.equal(await second.lamports(PAYER.publicKey), payer);
    const clock = await second.clock();
    assert.equal(clock.unixTimestamp, 1_767_229_200n);
    assert.equal(clock.slot, slot + 1n + 9_000n);
    const late = await first.clock().then(
      () => "still there",
      (error: Error) => error.message,
    );
    assert.match(late, /this world is over/);
  });
});
