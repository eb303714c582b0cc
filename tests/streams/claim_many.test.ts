import * as sdk from "@pinfi/sdk/streams";
import { TOKEN_2022_PROGRAM_ID } from "@solana/spl-token";
import type { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { createLooseTokenAccount, setFrozen } from "../harness/tokens";
import { refusesForgedAuthorities, refusesForgedBooks, refusesForgedVaults } from "./forge";
import { KEYS } from "./keys";
import { DEPOSIT, type Scenario, startScenario } from "./scenario";

describeWorlds("streams / claim_many", (start) => {
  let streams: Scenario;
  // 60 s at 5, 3 and 0 per second: 300, 180 and nothing earned.
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine({ line: 0, rate: 5n });
    await streams.addLine({ line: 1, rate: 3n, payee: KEYS.stranger.publicKey });
    await streams.addLine({ line: 2 });
    await streams.advance({ seconds: 60n });
  });
  const payee = KEYS.payee.publicKey;
  const stranger = KEYS.stranger.publicKey;
  const claims = (...pairs: [line: number, payee: PublicKey][]) =>
    pairs.map(([line, owner]) => ({ line, payee: owner }));
  /** Claims an odd line or for an odd account, and line 0 behind it. */
  const claimOdd = (line: number, destination: PublicKey, isWritable = true) => {
    const { book, mint } = streams;
    const named = claims([line, stranger], [0, payee]);
    const claim = sdk.claimMany({ book, mint: mint.address, claims: named });
    Object.assign(claim.keys[claim.keys.length - 2] ?? {}, { pubkey: destination, isWritable });
    return streams.send([claim]);
  };
  const skipped = (done: Awaited<ReturnType<Scenario["claimMany"]>>) =>
    done.events[0]?.data.skipped;

  describe("refuses", () => {
    refusesForgedBooks(
      () => streams,
      (odd) => streams.claimMany(odd),
    );
    refusesForgedVaults(
      () => streams,
      (odd) => streams.claimMany(odd),
    );
    refusesForgedAuthorities(
      () => streams,
      (odd) => streams.claimMany(odd),
    );

    it("no line, and more than 32 (A12)", async () => {
      await assertRefused(streams.claimMany({ claims: [] }), "DestinationMismatch");
      const many = new Array(33).fill({ line: 0, payee });
      await assertRefused(streams.claimMany({ claims: many }), "DestinationMismatch");
    });

    it("no destination, one too few, one too many, and 64 (A12)", async () => {
      const { book, mint, payeeTokens } = streams;
      const named = claims([0, payee], [1, stranger]);
      const honest = sdk.claimMany({ book, mint: mint.address, claims: named });
      const accounts = honest.keys.length - named.length;
      for (const count of [0, 1, 3, 64]) {
        const destination = { pubkey: payeeTokens, isSigner: false, isWritable: true };
        const keys = [...honest.keys.slice(0, accounts), ...new Array(count).fill(destination)];
        await assertRefused(streams.send([{ ...honest, keys }]), "DestinationMismatch");
      }
      await streams.send([honest]);
    });
  });

  describe("pays", () => {
    it("every line that is due, and says so", async () => {
      const { payeeTokens, strangerTokens, book } = streams;
      const before = await streams.balance(strangerTokens);
      const { events } = await streams.claimMany({
        claims: claims([0, payee], [1, stranger]),
      });
      assert.equal(await streams.balance(payeeTokens), 300n);
      assert.equal((await streams.balance(strangerTokens)) - before, 180n);
      assert.equal(await streams.balance(streams.vault), DEPOSIT - 480n);
      assert.deepEqual(events, [
        {
          name: "ClaimedMany",
          data: { book: book.toBase58(), amount: 480n, fees: 0n, skipped: 0, total_claimed: 480n },
        },
      ]);
    });

    it("once for a line that is named twice (A11)", async () => {
      const { payeeTokens } = streams;
      const done = await streams.claimMany({ claims: claims([0, payee], [0, payee]) });
      assert.equal(await streams.balance(payeeTokens), 300n);
      assert.equal(skipped(done), 0b10);
    });

    it("the same fee as one by one (B08)", async () => {
      streams = await startScenario(start, { feeBps: 250 });
      await streams.addLine({ line: 0, rate: 5n });
      await streams.advance({ seconds: 60n });
      const { events } = await streams.claimMany();
      assert.equal(events[0]?.data.fees, 8n);
      assert.equal(await streams.balance(streams.payeeTokens), 292n);
    });
  });

  describe("passes over, and pays the rest (D24)", () => {
    const oddities: [what: string, odd: () => Promise<[number, PublicKey, boolean?]>][] = [
      ["the other line's destination (A12)", async () => [1, streams.payeeTokens]],
      ["a line on which nothing is due", async () => [2, streams.payeeTokens]],
      ["a line that was never added", async () => [9, streams.payeeTokens]],
      ["an account of somebody else", async () => [1, streams.payeeTokens]],
      ["the vault as destination", async () => [1, streams.vault]],
      ["an account that is no token account", async () => [1, KEYS.stranger.publicKey]],
      ["an account that does not exist", async () => [1, KEYS.loose.publicKey]],
      [
        "an account that is frozen",
        async () => {
          await setFrozen(streams.world, streams.strangerTokens);
          return [1, streams.strangerTokens];
        },
      ],
      ["the right account, named read-only (W22)", async () => [1, streams.strangerTokens, false]],
      [
        "the right account's very bytes, owned by another program (W22)",
        async () => {
          const { world, strangerTokens } = streams;
          const account = await world.account(strangerTokens);
          assert.isNotNull(account);
          world.setAccount(strangerTokens, { ...account, owner: TOKEN_2022_PROGRAM_ID });
          return [1, strangerTokens];
        },
      ],
      [
        "an account of the payee's that is not the associated one (W13b)",
        async () => {
          const { world, mint } = streams;
          const request = { world, mint, owner: stranger, keypair: KEYS.loose };
          return [1, await createLooseTokenAccount(request)];
        },
      ],
    ];
    for (const [what, odd] of oddities) {
      it(what, async () => {
        const done = await claimOdd(...(await odd()));
        assert.equal(skipped(done), 0b01);
        assert.equal(await streams.balance(streams.payeeTokens), 300n);
        assert.equal((await streams.line(1)).claimed, 0n);
        if (what.includes("W13b")) {
          await streams.claimMany({ claims: claims([1, stranger]) });
          assert.equal((await streams.line(1)).claimed, 180n);
        }
      });
    }

    it("the vault, as `claim` refuses it, where a book of former rules has its owner as payee", async () => {
      const { world, book, mint, vault, vaultOwner } = streams;
      const account = await world.account(book);
      if (account === null) throw new Error("the book is not open");
      const payeeAt = sdk.BOOK_HEADER_LENGTH + sdk.LINE_LENGTH;
      vaultOwner.toBuffer().copy(account.data, payeeAt); // of line 1
      world.setAccount(book, account);
      const one = { book, mint: mint.address, line: 1, payee: vaultOwner };
      const refused = streams.send([sdk.claim(one)]);
      await assertRefused(refused, "ConstraintDuplicateMutableAccount");
      const done = await streams.claimMany({ claims: claims([1, vaultOwner], [0, payee]) });
      assert.equal(skipped(done), 0b01);
      assert.equal((await streams.line(1)).claimed, 0n);
      assert.equal(await streams.balance(vault), DEPOSIT - 300n);
    });

    it("W13b an associated account under another bump", async () => {
      const { book, mint } = streams;
      const named = claims([1, stranger], [0, payee]);
      const claim = sdk.claimMany({ book, mint: mint.address, claims: named });
      const bumpAt = 8 + 4 + 2;
      claim.data[bumpAt] = (claim.data[bumpAt] ?? 0) - 1;
      assert.equal(skipped(await streams.send([claim])), 0b01);
      assert.equal((await streams.line(1)).claimed, 0n);
      claim.data[bumpAt] = (claim.data[bumpAt] ?? 0) + 1;
      assert.equal(skipped(await streams.send([claim])), 0b10); // the other has been paid
      assert.equal((await streams.line(1)).claimed, 180n);
    });
  });
});
