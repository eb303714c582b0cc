import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { refusesForgedBooks } from "./forge";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

const HEADER = 376;
const LINE = 96;

describeWorlds("streams / reserve_lines", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start);
  });

  describe("refuses", () => {
    refusesForgedBooks(
      () => streams,
      (odd) => streams.reserveLines(odd),
    );

    it("anybody but the payer (A02)", () =>
      assertRefused(streams.reserveLines({ payer: KEYS.stranger.publicKey }), "NotPayer"));

    it("a payer who does not sign (A01)", () =>
      assertRefused(
        streams.reserveLines({ accounts: { payer: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("no line, and more than the runtime lets an account grow at once (A17)", async () => {
      await assertRefused(streams.reserveLines({ count: 0 }), "ReserveOutOfRange");
      await assertRefused(streams.reserveLines({ count: 107 }), "ReserveOutOfRange");
    });

    it("room beyond 65,535 lines", async () => {
      const account = await streams.world.account(streams.book);
      if (account === null) throw new Error("the book is not open");
      const grown = Buffer.alloc(HEADER + 65_500 * LINE);
      grown.set(account.data);
      const lamports = Number(await streams.world.minimumBalance(grown.length));
      streams.world.setAccount(streams.book, { ...account, data: grown, lamports });
      await assertRefused(streams.reserveLines({ count: 36 }), "BookFull");
      await streams.reserveLines({ count: 35 });
      assert.equal((await streams.state()).capacity, 65_535);
    });
  });

  describe("makes room", () => {
    it("for as many lines as asked, at the payer's cost and not a lamport more", async () => {
      const payer = KEYS.payer.publicKey;
      const before = await streams.world.lamports(payer);
      const { events } = await streams.reserveLines({ count: 106 });
      const rent = await streams.world.minimumBalance(HEADER + 106 * LINE);
      assert.equal((await streams.state()).capacity, 106);
      assert.equal(await streams.world.lamports(streams.book), rent);
      const paid = before - (await streams.world.lamports(payer));
      assert.equal(paid, rent - (await streams.world.minimumBalance(HEADER)));
      assert.deepEqual(events, [
        { name: "LinesReserved", data: { book: streams.book.toBase58(), capacity: 106 } },
      ]);
    });

    it("that lines then take without growing the account again", async () => {
      await streams.reserveLines({ count: 2 });
      const reserved = await streams.world.lamports(streams.book);
      await streams.addLine();
      assert.equal((await streams.state()).capacity, 2);
      await streams.addLine();
      assert.equal(await streams.world.lamports(streams.book), reserved);
      await streams.addLine();
      assert.isAbove(Number(await streams.world.lamports(streams.book)), Number(reserved));
      const { capacity, nextLine } = await streams.state();
      assert.deepEqual({ capacity, nextLine }, { capacity: 3, nextLine: 3 });
    });
  });
});
