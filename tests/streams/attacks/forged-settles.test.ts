import { ed25519 } from "@noble/curves/ed25519";
import * as sdk from "@pinfi/sdk/streams";
import { type PublicKey, SYSVAR_INSTRUCTIONS_PUBKEY } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../../harness/assert";
import { describeSigned } from "../../harness/describe";
import { altered, flip, near } from "../../kit/bits";
import { KEYS } from "../keys";
import { type Scenario, startScenario } from "../scenario";
import { ed25519Of, present, WORD_ENDS } from "./vouchers";

// Substitution replaces one account and leaves the rest as it was, so that a forgery is often caught
// by another check than the one it aims at. Here every forgery is consistent: all that hangs on the
// forged account is forged with it, and one check alone can refuse it. `settle` and `claim` compare
// keys in words of eight bytes: near misses differ in the last byte of one word, and of the key.

describeSigned("streams / consistent forgeries of a settle (W22a)", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine();
  });
  const honest = async () => {
    await streams.settle();
    assert.equal((await streams.line()).vouched, 300n);
  };

  const sysvars: [what: string, address: PublicKey][] = [
    ["at an address of the attacker's", KEYS.loose.publicKey],
    ...WORD_ENDS.map((at): [string, PublicKey] => [
      `at the sysvar's address but for byte ${at}`,
      near(SYSVAR_INSTRUCTIONS_PUBKEY, at),
    ]),
  ];
  for (const [what, address] of sysvars) {
    it(`A18 refuses an account ${what} that tells of a signature nobody made`, async () => {
      const { book, world } = streams;
      const { voucherDomain: domain } = await streams.state();
      const targets: sdk.Targets = { kind: "dense", start: 0, cumulative: [900n] };
      const settle = sdk.settle({ book, domain, targets, proof: { instruction: 0, entry: 0 } });
      const messageLength = settle.data.length - 10;
      const signature = ed25519Of([
        {
          key: KEYS.payer.publicKey,
          signature: Buffer.alloc(64, 7),
          messageLength,
          messageInstruction: 1,
        },
      ]);
      const data = sysvarOf([signature, settle], 1);
      const owner = KEYS.otherLoose.publicKey;
      const lamports = 1_000_000_000;
      world.setAccount(address, { data, owner, lamports, executable: false, rentEpoch: 0 });
      const forged = settle.keys.map((meta) =>
        meta.pubkey.equals(book) ? meta : { ...meta, pubkey: address },
      );
      await assertRefused(streams.send([{ ...settle, keys: forged }]), "ConstraintAddress");
      await honest();
    });
  }

  for (const at of WORD_ENDS) {
    it(`D09 refuses a signed voucher whose domain differs in byte ${at}`, async () => {
      const { book } = streams;
      const domain = Buffer.from((await streams.state()).voucherDomain);
      flip(domain, at);
      const targets: sdk.Targets = { kind: "dense", start: 0, cumulative: [900n] };
      const voucher = sdk.signVoucher({ domain, book, targets, signer: KEYS.payer });
      const sent = streams.settleInstructions({ book, domain, voucher });
      await assertRefused(streams.send(sent), "VoucherDomainMismatch");
      await honest();
    });

    it(`A03 refuses a book of a program whose id differs in byte ${at}`, async () => {
      const account = await present(streams, streams.book);
      const settle = await streams.voucher();
      const owner = near(sdk.STREAMS_PROGRAM_ID, at);
      streams.world.setAccount(streams.book, { ...account, owner });
      const sent = streams.settleInstructions(settle);
      await assertRefused(streams.send(sent), "AccountOwnedByWrongProgram");
      streams.world.setAccount(streams.book, account);
      await honest();
    });

    it(`D01 refuses a signature by a key that differs from the signer's in byte ${at}`, async () => {
      // Turned over in the book, as nobody can find a key so near to one's own.
      const account = await present(streams, streams.book);
      const settle = await streams.voucher();
      const data = Buffer.from(account.data);
      flip(data, 8 + 96 + at);
      streams.world.setAccount(streams.book, { ...account, data });
      await assertRefused(streams.send(streams.settleInstructions(settle)), "WrongVoucherSigner");
      streams.world.setAccount(streams.book, account);
      await honest();
    });
  }

  it("A04 refuses an account that differs from a book in the last byte of its type", async () => {
    const account = await present(streams, streams.book);
    const settle = await streams.voucher();
    const data = Buffer.from(account.data);
    flip(data, 7);
    streams.world.setAccount(streams.book, { ...account, data });
    const sent = streams.settleInstructions(settle);
    await assertRefused(streams.send(sent), "AccountDiscriminatorMismatch");
    streams.world.setAccount(streams.book, account);
    await honest();
  });

  it("A35 refuses a call whose name differs in its last byte", async () => {
    const [signature, settle] = streams.settleInstructions(await streams.voucher());
    if (signature === undefined) throw new Error("no signature");
    const unknown = altered(settle, (data) => flip(data, 7));
    await assertRefused(streams.send([signature, unknown]), "InstructionFallbackNotFound");
    await honest();
  });

  it("A35 refuses a book one byte shorter than its header", async () => {
    const account = await present(streams, streams.book);
    const settle = await streams.voucher({
      targets: { kind: "sparse", entries: [{ line: 0, cumulative: 300n }] },
    });
    const sent = streams.settleInstructions(settle);
    const data = account.data.subarray(0, sdk.BOOK_HEADER_LENGTH - 1);
    streams.world.setAccount(streams.book, { ...account, data });
    await assertRefused(streams.send(sent), "AccountDidNotDeserialize");
    streams.world.setAccount(streams.book, account);
    await streams.send(sent);
    assert.equal((await streams.line()).vouched, 300n);
  });

  it("D05 refuses a voucher without targets, though its signer signed it", async () => {
    const { book } = streams;
    const domain = (await streams.state()).voucherDomain;
    for (const targets of [
      { kind: "dense", start: 0, cumulative: [] },
      { kind: "sparse", entries: [] },
    ] satisfies sdk.Targets[]) {
      const one: sdk.Targets =
        targets.kind === "dense"
          ? { ...targets, cumulative: [300n] }
          : { ...targets, entries: [{ line: 0, cumulative: 300n }] };
      const settle = sdk.settle({
        book,
        domain,
        targets: one,
        proof: { instruction: 0, entry: 0 },
      });
      const empty = altered(settle, (data) => {
        const targetsAt = targets.kind === "dense" ? 8 + 32 + 3 : 8 + 32 + 1;
        const head = Buffer.from(data.subarray(0, targetsAt + 4));
        head.writeUInt32LE(0, targetsAt);
        return Buffer.concat([head, data.subarray(data.length - 2)]);
      });
      const message = empty.data.subarray(8, empty.data.length - 2);
      const signature = ed25519.sign(message, KEYS.payer.secretKey.subarray(0, 32));
      const signed = ed25519Of([
        {
          key: KEYS.payer.publicKey,
          signature,
          messageLength: message.length,
          messageInstruction: 1,
        },
      ]);
      await assertRefused(streams.send([signed, empty]), "MalformedVoucher");
    }
    await honest();
  });
});

/** The Instructions sysvar of a transaction of these instructions, none of which names an account. */
function sysvarOf(
  instructions: readonly { programId: PublicKey; data: Buffer }[],
  current: number,
): Buffer {
  const u16 = (...values: number[]) => Buffer.from(Uint16Array.from(values).buffer);
  const parts = instructions.map(({ programId, data }) =>
    Buffer.concat([u16(0), programId.toBuffer(), u16(data.length), data]),
  );
  const first = 2 + 2 * parts.length;
  const offsets = parts.map((_, nth) =>
    parts.slice(0, nth).reduce((sum, { length }) => sum + length, first),
  );
  return Buffer.concat([u16(parts.length, ...offsets), ...parts, u16(current)]);
}
