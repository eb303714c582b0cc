import * as sdk from "@pinfi/sdk/streams";
import { PublicKey, Transaction } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeSigned } from "../../harness/describe";
import { altered, flip } from "../../kit/bits";
import { KEYS } from "../keys";
import { GRACE, type Scenario, startScenario } from "../scenario";
import { ED25519, ed25519Of, genuine } from "./vouchers";

/** Order of the ed25519 group, little-endian. */
const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

describeSigned("streams / attacks on signatures", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine();
  });
  const honest = async () => {
    await streams.send(await genuine(streams));
    assert.equal((await streams.line()).vouched, 300n);
  };

  const forgeries: [what: string, instruction: 0 | 1, at: number][] = [
    ["the scalar S", 0, ED25519.signature + 40],
    ["the point R", 0, ED25519.signature + 3],
    ["the public key", 0, ED25519.key + 5],
    ["an amount in the message", 1, 8 + 32 + 7],
    ["the line in the message", 1, 8 + 32 + 1],
  ];
  for (const [what, instruction, at] of forgeries) {
    it(`D01 refuses a voucher with one bit of ${what} flipped`, async () => {
      const pair = await genuine(streams);
      pair[instruction] = altered(pair[instruction], (data) => flip(data, at));
      await assertRefused(streams.send(pair), "InvalidSignature");
      await honest();
    });
  }

  it("D01 refuses a voucher without a signature", async () => {
    const [signature, settle] = await genuine(streams);
    const empty = altered(signature, (data) => {
      data.fill(0, ED25519.signature, ED25519.length);
    });
    await assertRefused(streams.send([empty, settle]), "InvalidSignature");
    await honest();
  });

  it("D01 refuses a settle with no ed25519 instruction at all", async () => {
    const [, settle] = await genuine(streams);
    await assertRefused(streams.send([settle]), "MissingSignatureIx");
    await honest();
  });

  it("D01 refuses a genuine signature of somebody who is not the voucher signer", async () => {
    await assertRefused(streams.settle({ signer: KEYS.stranger }), "WrongVoucherSigner");
    await honest();
  });

  it("D15 refuses the second form of a signature (S plus the group order)", async () => {
    const [signature, settle] = await genuine(streams);
    const malleated = altered(signature, (data) => {
      const at = ED25519.signature + 32;
      const scalar = BigInt(
        `0x${Buffer.from(data.subarray(at, at + 32))
          .reverse()
          .toString("hex")}`,
      );
      const hex = (scalar + GROUP_ORDER).toString(16).padStart(64, "0");
      data.set(Buffer.from(hex, "hex").reverse(), at);
    });
    await assertRefused(streams.send([malleated, settle]), "InvalidSignature");
    await honest();
  });

  const weakKeys: [what: string, hex: string][] = [
    ["the identity", `01${"00".repeat(31)}`],
    ["a point of order two", `ec${"ff".repeat(30)}7f`],
    ["a point of order four", "00".repeat(32)],
  ];
  for (const [what, hex] of weakKeys) {
    it(`D15 refuses ${what} as a key, under which anything would verify`, async () => {
      const signer = new PublicKey(Buffer.from(hex, "hex"));
      await streams.setVoucherSigner({ signer });
      const { voucherDomain: domain } = await streams.state();
      const { book } = streams;
      const targets: sdk.Targets = { kind: "dense", start: 0, cumulative: [300n] };
      const settle = sdk.settle({ book, domain, targets, proof: { instruction: 0, entry: 0 } });
      // R is the identity and S is zero: S*B = R + h*A for every A of order dividing h.
      const signature = Buffer.alloc(64);
      signature.writeUInt8(1);
      const messageLength = settle.data.length - 10;
      const forged = ed25519Of([{ key: signer, signature, messageLength, messageInstruction: 1 }]);
      await assertRefused(streams.send([forged, settle]), "InvalidSignature");
      await streams.advance({ seconds: GRACE });
      await streams.setVoucherSigner({ signer: KEYS.payer.publicKey });
      await honest();
    });
  }

  it("A01 refuses a payer who is flagged as signer and has not signed", async () => {
    const refund = sdk.refund({
      book: streams.book,
      mint: streams.mint.address,
      payer: KEYS.payer.publicKey,
      destination: streams.payerTokens,
      amount: 1_000n,
    });
    const transaction = new Transaction().add(refund);
    transaction.recentBlockhash = await streams.world.latestBlockhash();
    transaction.feePayer = streams.world.payer.publicKey;
    transaction.partialSign(streams.world.payer);
    transaction.addSignature(KEYS.payer.publicKey, Buffer.alloc(64, 9));
    const bytes = transaction.serialize({ verifySignatures: false });
    const feePayer = streams.world.payer.publicKey;
    await assertRefused(
      streams.world.sendRaw({ bytes, instructions: [refund], feePayer }),
      "SignatureFailure",
    );
    await streams.refund();
  });
});
