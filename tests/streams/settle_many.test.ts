import { ed25519 } from "@noble/curves/ed25519";
import * as sdk from "@pinfi/sdk/streams";
import { type AccountMeta, PublicKey, type TransactionInstruction } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { altered, flip } from "../kit/bits";
import { foreignCopy, otherBook } from "./forge";
import { KEYS } from "./keys";
import { GRACE, type Scenario, startScenario } from "./scenario";

/** Where the first voucher's signature lies: discriminator, count. */
const SIGNATURE_AT = 8 + 4;
const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

// The program verifies these signatures itself, so forgeries fail on either machine.
describeWorlds("streams / settle_many", (start) => {
  let streams: Scenario;
  let second: PublicKey;
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine();
    second = (await otherBook(streams)).book;
    await streams.addLine({ book: second, line: 0 });
  });

  const bookAt = async (address: PublicKey) => {
    const account = await streams.world.account(address);
    if (account === null) throw new Error("the book is not open");
    return sdk.decodeBook(account);
  };
  const vouched = async () =>
    Promise.all([streams.book, second].map(async (book) => (await bookAt(book)).lines[0]?.vouched));
  const voucher = async (
    book: PublicKey,
    cumulative: bigint,
    odd: { signer?: typeof KEYS.payer; domain?: Uint8Array; line?: number } = {},
  ) => {
    const { signer = KEYS.payer, line = 0 } = odd;
    const domain = odd.domain ?? (await bookAt(book)).voucherDomain;
    const targets: sdk.Targets = { kind: "dense", start: line, cumulative: [cumulative] };
    return sdk.signVoucher({ domain, book, targets, signer });
  };
  /** For the first book `given`, for the second 400: what is wrong with one must not touch the other. */
  const withHonest = async (given: sdk.Voucher, change?: (data: Buffer) => unknown) => {
    const honest = await voucher(second, 400n);
    const settle: TransactionInstruction = sdk.settleMany({ vouchers: [given, honest] });
    return streams.send([change === undefined ? settle : altered(settle, change)]);
  };
  const skipsFirst = async (given: sdk.Voucher, change?: (data: Buffer) => unknown) => {
    const before = (await bookAt(streams.book)).lines;
    const { events } = await withHonest(given, change);
    assert.deepEqual(events, [{ name: "SettledMany", data: { skipped: 1n } }]);
    assert.deepEqual((await bookAt(streams.book)).lines, before);
    assert.equal((await vouched())[1], 400n);
    // The honest twin, once no former signer's terms are left.
    await streams.advance({ seconds: GRACE });
    await streams.setVoucherSigner({ signer: KEYS.payer.publicKey });
    const { events: after } = await withHonest(await voucher(streams.book, 900n));
    assert.deepEqual(after, [{ name: "SettledMany", data: { skipped: 0n } }]);
  };

  describe("refuses", () => {
    it("no voucher, or not one for each book (A12)", async () => {
      const one = sdk.settleMany({ vouchers: [await voucher(streams.book, 300n)] });
      const none = altered(one, () => Buffer.concat([one.data.subarray(0, 8), Buffer.alloc(4)]));
      await assertRefused(streams.send([none]), "VoucherMismatch");
      await assertRefused(streams.send([{ ...none, keys: [] }]), "VoucherMismatch");
      const [key] = one.keys;
      if (key === undefined) throw new Error("no account");
      const two = { ...one, keys: [key, { ...key, pubkey: second }] };
      await assertRefused(streams.send([two]), "VoucherMismatch");
      await streams.send([one]);
    });
  });

  describe("settles", () => {
    it("every voucher on its book, and says which were passed over", async () => {
      const { events } = await withHonest(await voucher(streams.book, 300n));
      assert.deepEqual(await vouched(), [300n, 400n]);
      assert.deepEqual(events, [{ name: "SettledMany", data: { skipped: 0n } }]);
    });

    it("once a voucher that is sent twice (D10, A11)", async () => {
      const given = await voucher(streams.book, 300n);
      await streams.send([sdk.settleMany({ vouchers: [given, given] })]);
      await streams.send([sdk.settleMany({ vouchers: [given] })]);
      assert.deepEqual(await vouched(), [300n, 0n]);
    });

    it("nothing for an older voucher (D11)", async () => {
      await withHonest(await voucher(streams.book, 100n));
      await withHonest(await voucher(streams.book, 80n));
      assert.deepEqual(await vouched(), [100n, 400n]);
    });

    it("nothing on a line that is closed, to the second (D14)", async () => {
      await streams.closeLine();
      await streams.advance({ seconds: GRACE - 1n });
      await withHonest(await voucher(streams.book, 100n));
      await streams.advance({ seconds: 1n });
      await withHonest(await voucher(streams.book, 200n));
      assert.deepEqual(await vouched(), [100n, 400n]);
    });
  });

  describe("passes over, and settles the rest (D24)", () => {
    const inFirstPlace: [what: string, meta: () => Promise<Partial<AccountMeta>>][] = [
      [
        "a copy of the book that another program owns (A03)",
        async () => ({ pubkey: await foreignCopy(streams, streams.book) }),
      ],
      ["an account of another type (A04)", async () => ({ pubkey: sdk.configAddress() })],
      ["an account that is not there", async () => ({ pubkey: KEYS.loose.publicKey })],
      ["a book passed read-only (A34)", async () => ({ isWritable: false })],
    ];
    for (const [what, meta] of inFirstPlace) {
      it(what, async () => {
        const vouchers = [await voucher(streams.book, 300n), await voucher(second, 400n)];
        const settle = sdk.settleMany({ vouchers });
        const [first, ...others] = settle.keys;
        if (first === undefined) throw new Error("no account");
        const odd = { ...first, ...(await meta()) };
        const before = await streams.world.account(odd.pubkey);
        const { events } = await streams.send([{ ...settle, keys: [odd, ...others] }]);
        assert.deepEqual(events, [{ name: "SettledMany", data: { skipped: 1n } }]);
        assert.deepEqual(await vouched(), [0n, 400n]);
        assert.deepEqual(await streams.world.account(odd.pubkey), before);
        await streams.send([settle]);
        assert.deepEqual(await vouched(), [300n, 400n]);
      });
    }

    it("a book that was closed after its voucher was packed", async () => {
      const vouchers = [await voucher(streams.book, 300n), await voucher(second, 400n)];
      const settle = sdk.settleMany({ vouchers });
      await streams.closeLine({ authority: KEYS.payee.publicKey });
      await streams.removeLine();
      await streams.advance({ slots: 1n });
      await streams.closeBook();
      const { events } = await streams.send([settle]);
      assert.deepEqual(events, [{ name: "SettledMany", data: { skipped: 1n } }]);
      assert.equal((await bookAt(second)).lines[0]?.vouched, 400n);
    });

    const flips: [what: string, at: number][] = [
      ["the point R", SIGNATURE_AT + 3],
      ["the scalar S", SIGNATURE_AT + 40],
      ["an amount", SIGNATURE_AT + 64 + 7],
    ];
    for (const [what, at] of flips) {
      it(`a voucher with one bit of ${what} flipped (D01)`, async () =>
        skipsFirst(await voucher(streams.book, 300n), (data) => flip(data, at)));
    }

    it("a voucher without a signature (D01)", async () =>
      skipsFirst(await voucher(streams.book, 300n), (data) => {
        data.fill(0, SIGNATURE_AT, SIGNATURE_AT + 64);
      }));

    it("a signed voucher of no line (A35)", async () => {
      const { voucherDomain } = await bookAt(streams.book);
      const noTargets = Buffer.alloc(1 + 2 + 4); // dense, from line 0, none
      const message = Buffer.concat([voucherDomain, noTargets]);
      const signature = ed25519.sign(message, KEYS.payer.secretKey.subarray(0, 32));
      const rest = SIGNATURE_AT + 64 + noTargets.length + 8;
      await skipsFirst(await voucher(streams.book, 300n), (data) =>
        Buffer.concat([data.subarray(0, SIGNATURE_AT), signature, noTargets, data.subarray(rest)]),
      );
    });

    it("a signature of somebody else (D01)", async () =>
      skipsFirst(await voucher(streams.book, 300n, { signer: KEYS.stranger })));

    it("the second form of a signature (D15)", async () =>
      skipsFirst(await voucher(streams.book, 300n), (data) => {
        const scalar = data.subarray(SIGNATURE_AT + 32, SIGNATURE_AT + 64);
        const value = BigInt(`0x${Buffer.from(scalar).reverse().toString("hex")}`) + GROUP_ORDER;
        data.set(
          Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse(),
          SIGNATURE_AT + 32,
        );
      }));

    const weakKeys: [what: string, hex: string][] = [
      ["the identity", `01${"00".repeat(31)}`],
      ["a point of order two", `ec${"ff".repeat(30)}7f`],
      ["a point of order four", "00".repeat(32)],
    ];
    for (const [what, hex] of weakKeys) {
      it(`${what} as a key, under which anything would verify (D15)`, async () => {
        const given = await voucher(streams.book, 300n);
        await streams.setVoucherSigner({ signer: new PublicKey(Buffer.from(hex, "hex")) });
        await skipsFirst(given, (data) => {
          data.fill(0, SIGNATURE_AT, SIGNATURE_AT + 64);
          data.writeUInt8(1, SIGNATURE_AT);
        });
      });
    }

    // The group's base point G: under a key of small order, R = G and S = 1 satisfy S*G = R + h*A
    // for one message in eight at most, and for every one under the identity. R is a good point, so
    // only a check of the key itself refuses it.
    for (const [what, hex] of weakKeys) {
      it(`${what} as a key, with R = G and S = 1 for any message (D15, W22a)`, async () => {
        await streams.setVoucherSigner({ signer: new PublicKey(Buffer.from(hex, "hex")) });
        for (let cumulative = 300n; cumulative < 316n; cumulative++) {
          const { events } = await withHonest(await voucher(streams.book, cumulative), (data) => {
            data.fill(0x66, SIGNATURE_AT, SIGNATURE_AT + 32);
            data.writeUInt8(0x58, SIGNATURE_AT);
            data.fill(0, SIGNATURE_AT + 32, SIGNATURE_AT + 64);
            data.writeUInt8(1, SIGNATURE_AT + 32);
          });
          assert.deepEqual(events, [{ name: "SettledMany", data: { skipped: 1n } }]);
        }
        assert.deepEqual(await vouched(), [0n, 400n]);
        // The payer is the former signer now, and its voucher in the same place is taken.
        await withHonest(await voucher(streams.book, 300n));
        assert.deepEqual(await vouched(), [300n, 400n]);
      });
    }

    it("a voucher of another book (D09)", async () => {
      const domain = (await bookAt(second)).voucherDomain;
      await skipsFirst(await voucher(streams.book, 300n, { domain }));
    });

    it("a line that was never added (A40)", async () =>
      skipsFirst(await voucher(streams.book, 300n, { line: 1 })));

    it("a signer that was replaced, once the grace period is over (D16)", async () => {
      const given = await voucher(streams.book, 300n);
      await streams.setVoucherSigner();
      await streams.advance({ seconds: GRACE - 1n });
      await withHonest(await voucher(streams.book, 200n));
      assert.deepEqual(await vouched(), [200n, 400n]);
      await streams.advance({ seconds: 1n });
      await skipsFirst(given);
    });

    it("a signer whose term is over, to the second (D16)", async () => {
      const expiresAt = (await streams.now()) + 60n;
      const signer = KEYS.voucherSigner;
      await streams.setVoucherSigner({ expiresAt });
      await streams.advance({ seconds: 59n });
      await withHonest(await voucher(streams.book, 100n, { signer }));
      assert.deepEqual(await vouched(), [100n, 400n]);
      await streams.advance({ seconds: 1n });
      await skipsFirst(await voucher(streams.book, 300n, { signer }));
    });

    it("a voucher above the signer's cap (D16)", async () => {
      await streams.setVoucherSigner({ cap: 299n });
      await skipsFirst(await voucher(streams.book, 300n, { signer: KEYS.voucherSigner }));
    });

    it("one above the cap that names a line three times: nothing of it stays (D16)", async () => {
      await streams.setVoucherSigner({ cap: 299n });
      const entries = [100n, 200n, 300n].map((cumulative) => ({ line: 0, cumulative }));
      const targets: sdk.Targets = { kind: "sparse", entries };
      const { voucher: signed } = await streams.voucher({ signer: KEYS.voucherSigner, targets });
      const before = await streams.world.account(streams.book);
      const done = await streams.send([sdk.settleMany({ vouchers: [signed] })]);
      assert.equal(BigInt(String(done.events[0]?.data.skipped)), 1n);
      assert.deepEqual(await streams.world.account(streams.book), before);
      await streams.setVoucherSigner({ cap: 300n });
      await streams.send([sdk.settleMany({ vouchers: [signed] })]);
      assert.equal((await bookAt(streams.book)).lines[0]?.vouched, 300n);
    });
  });

  describe("counts against the signer's cap", () => {
    const entries = (...totals: bigint[]): sdk.Targets => ({
      kind: "sparse",
      entries: totals.map((cumulative) => ({ line: 0, cumulative })),
    });
    const lists: [what: string, targets: sdk.Targets, spent: bigint][] = [
      ["a line named twice once", entries(300n, 300n), 300n],
      ["a line named twice by the higher total", entries(100n, 300n), 300n],
      ["a lower total that comes second not at all", entries(300n, 100n), 300n],
    ];
    for (const [what, targets, spent] of lists) {
      it(`${what}, as settle does (D16)`, async () => {
        await streams.setVoucherSigner({ cap: 300n });
        const signed = await streams.voucher({ signer: KEYS.voucherSigner, targets });
        const before = await streams.world.account(streams.book);
        if (before === null) throw new Error("the book is not open");
        await streams.send([sdk.settleMany({ vouchers: [signed.voucher] })]);
        const { voucherSpent, lines } = await bookAt(streams.book);
        assert.equal(voucherSpent, spent);
        assert.equal(lines[0]?.vouched, 300n);
        // The same by settle, from the same start.
        streams.world.setAccount(streams.book, before);
        await streams.send(streams.settleInstructions(signed));
        const again = await bookAt(streams.book);
        assert.deepEqual([again.voucherSpent, again.lines], [voucherSpent, lines]);
      });
    }
  });
});
