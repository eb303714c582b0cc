import { ed25519 } from "@noble/curves/ed25519";
import { compileTransaction, signTransaction } from "@pinfi/sdk";
import * as sdk from "@pinfi/sdk/streams";
import { SystemProgram } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeSigned } from "../../harness/describe";
import { altered } from "../../kit/bits";
import { KEYS } from "../keys";
import { type Scenario, startScenario } from "../scenario";
import { ED25519, ed25519Of, genuine } from "./vouchers";

describeSigned("streams / attacks on the layout of the signature", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine();
  });
  const honest = async () => {
    await streams.send(await genuine(streams));
    assert.equal((await streams.line()).vouched, 300n);
  };
  const sign = (message: Uint8Array, signer = KEYS.stranger) =>
    ed25519.sign(message, signer.secretKey.subarray(0, 32));

  describe("D02 offsets", () => {
    it("that leave the signer's key in its place and point at the attacker's behind it", async () => {
      const [signature, settle] = await genuine(streams);
      const message = settle.data.subarray(8, -2);
      const spoofed = altered(signature, (data) => {
        data.writeUInt16LE(ED25519.length, ED25519.keyOffset);
        data.writeUInt16LE(ED25519.length + 32, ED25519.signatureOffset);
        return Buffer.concat([data, KEYS.stranger.publicKey.toBytes(), sign(message)]);
      });
      await assertRefused(streams.send([spoofed, settle]), "InvalidEd25519Layout");
      await honest();
    });

    it("that point at the attacker's key within the exact length, by way of a second entry", async () => {
      const [, settle] = await genuine(streams);
      const message = settle.data.subarray(8, -2);
      const entry = (key: typeof KEYS.payer) => ({
        key: key.publicKey,
        signature: sign(message, KEYS.stranger),
        messageLength: message.length,
        messageInstruction: 1,
      });
      // Entry 0 shows the payer's key and lets the runtime verify entry 1's, the stranger's.
      const two = altered(ed25519Of([entry(KEYS.payer), entry(KEYS.stranger)]), (data) => {
        data.copy(data, 2, 16, 16 + 8);
      });
      await assertRefused(streams.send([two, settle]), "InvalidEd25519Layout");
      await honest();
    });

    it("that point at an old message behind the one to be settled", async () => {
      const [signature, old] = await genuine(streams, 10n);
      const message = old.data.subarray(8, -2);
      const greedy = altered(old, (data) => {
        data.writeBigUInt64LE(1_000n, 8 + 32 + 7);
        return Buffer.concat([data, message]);
      });
      const spoofed = altered(signature, (data) => {
        data.writeUInt16LE(greedy.data.length - message.length, ED25519.messageOffset);
      });
      await assertRefused(streams.send([spoofed, greedy]), "InvalidEd25519Layout");
      await honest();
    });

    it("that leave out a part of the message", async () => {
      const { book } = streams;
      const { voucherDomain: domain } = await streams.state();
      const targets: sdk.Targets = { kind: "dense", start: 0, cumulative: [300n] };
      const settle = sdk.settle({ book, domain, targets, proof: { instruction: 0, entry: 0 } });
      const messageLength = settle.data.length - 10 - 8; // all but the amount
      const signature = sign(settle.data.subarray(8, 8 + messageLength), KEYS.payer);
      const key = KEYS.payer.publicKey;
      const short = ed25519Of([{ key, signature, messageLength, messageInstruction: 1 }]);
      await assertRefused(streams.send([short, settle]), "InvalidEd25519Layout");
      await honest();
    });
  });

  describe("D03 instruction indices", () => {
    const indices: [what: string, at: number][] = [
      ["signature", ED25519.signatureInstruction],
      ["public key", ED25519.keyInstruction],
    ];
    for (const [what, at] of indices) {
      it(`of the ${what}, written out instead of "this one"`, async () => {
        const [signature, settle] = await genuine(streams);
        const spoofed = altered(signature, (data) => data.writeUInt16LE(0, at));
        await assertRefused(streams.send([spoofed, settle]), "InvalidEd25519Layout");
        await honest();
      });
    }

    it("of key and signature, pointing into an instruction of the attacker's", async () => {
      const [signature, settle] = await genuine(streams);
      const message = settle.data.subarray(8, -2);
      // A second ed25519 instruction carries the stranger's key and signature in the same place.
      const entry = {
        key: KEYS.stranger.publicKey,
        signature: sign(message),
        messageLength: message.length,
        messageInstruction: 1,
      };
      const spoofed = altered(signature, (data) => {
        data.writeUInt16LE(2, ED25519.signatureInstruction);
        data.writeUInt16LE(2, ED25519.keyInstruction);
      });
      await assertRefused(
        streams.send([spoofed, settle, ed25519Of([entry])]),
        "InvalidEd25519Layout",
      );
      await honest();
    });

    it("of the message, pointing into the ed25519 instruction itself", async () => {
      const [signature, settle] = await genuine(streams);
      const message = Buffer.from("anything the signer once signed");
      const spoofed = altered(signature, (data) => {
        data.writeUInt16LE(0xffff, ED25519.messageInstruction);
        data.writeUInt16LE(ED25519.length, ED25519.messageOffset);
        data.writeUInt16LE(message.length, ED25519.messageLength);
        data.set(sign(message, KEYS.payer), ED25519.signature);
        return Buffer.concat([data, message]);
      });
      await assertRefused(streams.send([spoofed, settle]), "InvalidEd25519Layout");
      await honest();
    });
  });

  describe("D05 header and length", () => {
    it("count zero, which the runtime takes for nothing to verify", async () => {
      const [signature, settle] = await genuine(streams);
      const none = altered(signature, () => Buffer.from([0, 0]));
      await assertRefused(streams.send([none, settle]), "InvalidEd25519Layout");
      await honest();
    });

    it("count two where the settle names a third entry", async () => {
      const [signature, settle] = await genuine(streams);
      const entry = {
        key: KEYS.payer.publicKey,
        signature: signature.data.subarray(ED25519.signature, ED25519.length),
        messageLength: settle.data.length - 10,
        messageInstruction: 1,
      };
      const beyond = altered(settle, (data) => {
        data.writeUInt8(2, data.length - 1);
      });
      await assertRefused(
        streams.send([ed25519Of([entry, entry]), beyond]),
        "InvalidEd25519Layout",
      );
      await honest();
    });

    it("a padding byte that is not zero", async () => {
      const [signature, settle] = await genuine(streams);
      const padded = altered(signature, (data) => {
        data.writeUInt8(1, ED25519.padding);
      });
      await assertRefused(streams.send([padded, settle]), "InvalidEd25519Layout");
      await honest();
    });

    it("bytes behind the last signature", async () => {
      const [signature, settle] = await genuine(streams);
      const trailing = altered(signature, (data) => Buffer.concat([data, Buffer.alloc(1)]));
      await assertRefused(streams.send([trailing, settle]), "InvalidEd25519Layout");
      await honest();
    });

    it("a voucher without targets", async () => {
      const { book } = streams;
      const { voucherDomain: domain } = await streams.state();
      const targets: sdk.Targets = { kind: "dense", start: 0, cumulative: [300n] };
      const one = sdk.settle({ book, domain, targets, proof: { instruction: 0, entry: 0 } });
      const none = altered(one, (data) => {
        data.writeUInt32LE(0, 8 + 32 + 3);
        return Buffer.concat([data.subarray(0, 8 + 32 + 7), data.subarray(-2)]);
      });
      const message = none.data.subarray(8, -2);
      const signed = ed25519Of([
        {
          key: KEYS.payer.publicKey,
          signature: sign(message, KEYS.payer),
          messageLength: message.length,
          messageInstruction: 1,
        },
      ]);
      await assertRefused(streams.send([signed, none]), "MalformedVoucher");
      await honest();
    });
  });

  // The Instructions sysvar says in 16 bits where each instruction is. Past 64 KiB these places
  // wrap, into bytes of the attacker's choice: the runtime refuses, and so would the program.
  describe("D02 a list of instructions too long for the 16-bit places in it", () => {
    const withFillers = async (count: number) => {
      const { publicKey } = KEYS.payer;
      const nothing = { fromPubkey: publicKey, toPubkey: publicKey, lamports: 0n };
      const filler = SystemProgram.transfer(nothing);
      const again = { pubkey: publicKey, isSigner: true, isWritable: true };
      filler.keys.push(...Array.from({ length: 240 }, () => again)); // 33 bytes each in the sysvar
      const settles = [await streams.voucher()];
      const instructions = [
        ...Array.from({ length: count }, () => filler),
        ...sdk.settleInstructions({ settles, firstIndex: count }),
      ];
      const transaction = compileTransaction({
        format: "v1",
        payer: publicKey,
        blockhash: await streams.world.latestBlockhash(),
        instructions,
        budget: { computeUnitLimit: 200_000, loadedAccountsDataSizeLimit: 4 * 1024 * 1024 },
      });
      const bytes = signTransaction({ transaction, signers: [KEYS.payer] });
      return streams.world.sendRaw({ bytes, instructions, feePayer: publicKey });
    };

    it("is refused; one that is just short enough settles", async () => {
      await assertRefused(withFillers(9), "SanitizeFailure"); // 72 KB
      await withFillers(7); // 56 KB
      assert.equal((await streams.line()).vouched, 300n);
    });
  });
});
