import * as sdk from "@pinfi/sdk/streams";
import { ComputeBudgetProgram, TransactionInstruction } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeSigned } from "../../harness/describe";
import { altered } from "../../kit/bits";
import { deployCaller, passedOn } from "../../kit/caller";
import { otherBook } from "../forge";
import { KEYS } from "../keys";
import { type Scenario, startScenario } from "../scenario";
import { ED25519, ed25519Of, genuine, idle } from "./vouchers";

describeSigned("streams / attacks on what a signature is bound to", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine();
  });
  const honest = async () => {
    await streams.send(await genuine(streams));
    assert.equal((await streams.line()).vouched, 300n);
  };

  it("D04 refuses a second settle on one signature", async () => {
    const [signature, settle] = await genuine(streams);
    await assertRefused(streams.send([signature, settle, settle]), "SignatureIxReused");
    await honest();
  });

  it("D04 refuses a settle on a signature made for another settle of the same bytes", async () => {
    const [signature, settle] = await genuine(streams);
    const elsewhere = altered(signature, (data) => {
      data.writeUInt16LE(2, ED25519.messageInstruction);
    });
    await assertRefused(streams.send([elsewhere, settle, settle]), "SignatureIxReused");
    await honest();
  });

  it("D04 serves several books from one ed25519 instruction, each settle by its own entry", async () => {
    const { book: second } = await otherBook(streams);
    await streams.addLine({ book: second, line: 0 });
    const account = await streams.world.account(second);
    const domain = sdk.decodeBook(account ?? assert.fail("not open")).voucherDomain;
    const targets: sdk.Targets = { kind: "dense", start: 0, cumulative: [400n] };
    const voucher = sdk.signVoucher({ domain, book: second, targets, signer: KEYS.payer });
    const settles = [await streams.voucher(), { book: second, domain, voucher }];
    const [signatures, one, two] = sdk.settleInstructions({ settles, firstIndex: 0 });
    if (!signatures || !one || !two) throw new Error("three instructions expected");

    // Each with the other's entry is refused, though both are signed by the same key.
    const crossed = [one, two].map((settle, index) =>
      altered(settle, (data) => {
        data.writeUInt8(1 - index, data.length - 1);
      }),
    );
    await assertRefused(streams.send([signatures, ...crossed]), "SignatureIxReused");
    await streams.send([signatures, one, two]);
    assert.equal((await streams.line()).vouched, 300n);
    const after = await streams.world.account(second);
    assert.equal(sdk.decodeLine(after ?? assert.fail("not open"), 0).vouched, 400n);
  });

  it("D06 refuses the same bytes under another program", async () => {
    const [signature, settle] = await genuine(streams);
    // As a compute budget instruction the count byte 2 means a limit, and what follows is one.
    const entry = {
      key: KEYS.payer.publicKey,
      signature: signature.data.subarray(ED25519.signature, ED25519.length),
      messageLength: settle.data.length - 10,
      messageInstruction: 1,
    };
    const { data } = ed25519Of([entry, entry]);
    const { programId } = ComputeBudgetProgram;
    const disguised = new TransactionInstruction({ programId, keys: [], data });
    await assertRefused(streams.send([disguised, settle]), "NotEd25519Program");
    await honest();
  });

  it("D07 refuses an ed25519 instruction that comes after the settle", async () => {
    const [signature, settle] = await genuine(streams);
    const late = altered(signature, (data) => {
      data.writeUInt16LE(0, ED25519.messageInstruction);
    });
    const early = altered(settle, (data) => {
      data.writeUInt8(1, data.length - 2);
    });
    await assertRefused(streams.send([early, late]), "MissingSignatureIx");
    await honest();
  });

  it("D07 refuses as place of the signature the settle's own index and one beyond the transaction", async () => {
    const [signature, settle] = await genuine(streams);
    for (const index of [1, 2, 255]) {
      const pointed = altered(settle, (data) => {
        data.writeUInt8(index, data.length - 2);
      });
      await assertRefused(streams.send([signature, pointed]), "MissingSignatureIx");
    }
    await honest();
  });

  it("D08 refuses a settle that another program calls, though its data is what was signed", async () => {
    const [signature, settle] = await genuine(streams);
    deployCaller(streams.world);
    await assertRefused(streams.send([signature, passedOn(settle)]), "NotTopLevel");
    // The other program's calls do arrive: one that needs no signature of the payer's is accepted.
    await streams.closeLine({ authority: KEYS.payee.publicKey });
    await streams.send([passedOn(sdk.removeLine({ book: streams.book, line: 0 }))]);
    assert.isTrue((await streams.line()).removed);
  });

  it("D07 takes an ed25519 instruction anywhere before the settle", async () => {
    const settle = await streams.voucher();
    const [signature, instruction] = sdk.settleInstructions({ settles: [settle], firstIndex: 1 });
    if (!signature || !instruction) throw new Error("two instructions expected");
    await streams.send([idle(), signature, instruction]);
    assert.equal((await streams.line()).vouched, 300n);
  });
});
