import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { refusesForgedBooks } from "./forge";
import { KEYS } from "./keys";
import { DEPOSIT, GRACE, type Scenario, startScenario } from "./scenario";

describeWorlds("streams / remove_line", (start) => {
  let streams: Scenario;
  // 60 s at 5 per second: 300 earned of 1,000 deposited when the payer closes.
  beforeEach(async () => {
    streams = await startScenario(start);
    await streams.addLine({ deposit: 1_000n, rate: 5n });
    await streams.advance({ seconds: 60n });
  });
  const closed = async () => {
    await streams.closeLine();
    await streams.advance({ seconds: GRACE });
  };

  describe("refuses", () => {
    describe("forged accounts", () => {
      beforeEach(closed);
      refusesForgedBooks(
        () => streams,
        (odd) => streams.removeLine(odd),
      );
    });

    it("a line that is open", () => assertRefused(streams.removeLine(), "LineNotClosing"));

    it("a line whose grace period has one second to go", async () => {
      await streams.closeLine();
      await streams.advance({ seconds: GRACE - 1n });
      await assertRefused(streams.removeLine(), "GraceNotOver");
      await streams.advance({ seconds: 1n });
      await streams.removeLine();
    });

    it("a line that was never added (A40)", () =>
      assertRefused(streams.removeLine({ line: 1 }), "LineOutOfRange"));

    it("to drop what the payee has not taken yet", async () => {
      await closed();
      await streams.removeLine();
      await assertRefused(streams.removeLine(), "UnclaimedFunds");
      await streams.claim();
      await streams.removeLine();
    });

    it("a line that was removed", async () => {
      await closed();
      await streams.claim();
      await streams.removeLine();
      await assertRefused(streams.removeLine(), "LineRemoved");
    });
  });

  describe("returns", () => {
    it("the unearned rest to the free tokens; what is earned stays the payee's", async () => {
      await closed();
      const { events } = await streams.removeLine();
      const { free, committed, lineCount } = await streams.state();
      assert.deepEqual(
        { free, committed, lineCount },
        { free: DEPOSIT - 300n, committed: 300n, lineCount: 1 },
      );
      assert.isTrue((await streams.line()).released);
      assert.deepEqual(events, [
        {
          name: "LineReleased",
          data: { book: streams.book.toBase58(), line: 0, amount: 700n, removed: false },
        },
      ]);
      await streams.advance({ seconds: 31_536_000n });
      await streams.claim();
      assert.equal(await streams.balance(streams.payeeTokens), 300n);
    });

    it("and frees the line when all is paid; its index stays taken", async () => {
      await closed();
      await streams.claim();
      const { events } = await streams.removeLine();
      const { lineCount, nextLine, committed } = await streams.state();
      assert.deepEqual(
        { lineCount, nextLine, committed },
        { lineCount: 0, nextLine: 1, committed: 0n },
      );
      assert.isTrue((await streams.line()).removed);
      assert.equal(events[0]?.data.removed, true);
      await assertRefused(streams.addLine({ line: 0 }), "WrongLineIndex");
      await streams.addLine({ line: 1 });
    });

    const phases: [string, bigint, bigint][] = [
      ["in the second it begins", 0n, 0n],
      ["early", 20n, 100n],
      ["one second before it runs dry", 199n, 995n],
      ["when it has run dry", 400n, 1_000n],
    ];
    for (const [phase, seconds, paid] of phases) {
      it(`a line closed ${phase}: paid + returned = deposit (D20)`, async () => {
        await streams.addLine({ deposit: 1_000n, rate: 5n, payee: KEYS.stranger.publicKey });
        if (seconds > 0n) await streams.advance({ seconds });
        await streams.closeLine({ line: 1 });
        await streams.advance({ seconds: GRACE });
        const before = (await streams.state()).free;
        await streams.removeLine({ line: 1 });
        const returned = (await streams.state()).free - before;
        assert.equal(returned, 1_000n - paid);
        const line = await streams.line(1);
        assert.equal(line.removed ? 0n : line.deposit, paid);
      });
    }
  });
});
