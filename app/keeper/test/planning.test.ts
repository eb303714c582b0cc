import { assert } from "chai";
import { createPlan } from "../src/engine/work/plan";
import { linesOf } from "../src/programs/streams/tasks/lines";
import { book, line, purse } from "./support/books";
import { build, FEE, fakeTask, NOW, type Work, work } from "./support/fake-task";

describe("keeper / planning", () => {
  const keysOf = (items: Work[], room = 1_000_000n, perTransaction = 1) => {
    const plan = createPlan({
      task: fakeTask({ perTransaction }).task,
      items,
      now: NOW,
      build,
      spend: purse(room),
    });
    const keys: string[][] = [];
    for (let draft = plan.next(); draft !== undefined; draft = plan.next()) {
      keys.push(draft.items.map(({ key }) => key));
    }
    return { keys, due: plan.due(), refused: plan.refused() };
  };

  it("puts the nearest deadline first, then what has waited longest (W06b)", () => {
    const items = [
      work("young", { receivedAtMs: 3 }),
      work("old", { receivedAtMs: 1 }),
      work("unknown"),
      work("later", { due: "first", deadline: 2_000n, receivedAtMs: 0 }),
      work("soon", { due: "first", deadline: 1_100n, receivedAtMs: 9 }),
      work("rides", { due: "ride", receivedAtMs: 0 }),
      work("waits", { due: "wait", receivedAtMs: 0 }),
    ];
    assert.deepEqual(keysOf(items), {
      keys: [["soon"], ["later"], ["old"], ["young"], ["unknown"]],
      due: 5,
      refused: 0,
    });
    // With little room it is the deadlines that are met.
    assert.deepEqual(keysOf(items, 2n * FEE), {
      keys: [["soon"], ["later"]],
      due: 5,
      refused: 3,
    });
    assert.deepEqual(keysOf(items, 2n * FEE - 1n).keys, [["soon"]]);
  });

  it("fills the last transaction with what rides along, and sends nothing for it alone", () => {
    const riders = ["a", "b"].map((key) => work(key, { due: "ride" }));
    assert.deepEqual(keysOf(riders, FEE, 2), { keys: [], due: 0, refused: 0 });
    const all = [...riders, work("x"), work("y"), work("z")];
    assert.deepEqual(keysOf(all, 10n * FEE, 2).keys, [
      ["x", "y"],
      ["z", "a"],
    ]);
  });

  for (const room of [0n, 777n * FEE, 1_000_000_000n]) {
    it(`builds each of 10,000 items about once where ${room} lamports are left (W06c)`, () => {
      const { task, built } = fakeTask({ perTransaction: 4 });
      const items = Array.from({ length: 10_000 }, (_, index) =>
        work(`${index}`, { receivedAtMs: index }),
      );
      const plan = createPlan({ task, items, now: NOW, build, spend: purse(room) });
      let planned = 0;
      for (let draft = plan.next(); draft !== undefined; draft = plan.next()) {
        assert.equal(draft.items[0]?.key, String(planned), "in the order of age");
        planned += draft.items.length;
      }
      const affordable = Number((room / FEE) * 4n);
      assert.equal(planned, Math.min(affordable, 10_000));
      assert.deepEqual([plan.due(), plan.refused()], [10_000, 10_000 - planned]);
      const total = built.reduce((sum, count) => sum + count, 0);
      assert.isAtMost(total, 12_000, "items given to the packer in sum");
      assert.isAtMost(Math.max(...built), 128, "items given to the packer at once");
    });
  }
});

describe("keeper / looking through large books", () => {
  it("finds the lines that are wanted, and all else has its turn meanwhile (W06d)", async () => {
    const lines = Array.from({ length: 65_535 }, (_, index) => line({ index }));
    const books = [book({ lines: [line()] }), book({ lines })];
    let [turns, over] = [0, false];
    const count = (): void => {
      turns += 1;
      if (!over) setImmediate(count);
    };
    setImmediate(count);
    const found = await linesOf(books, ({ line: { index } }) => index % 65_534 === 0);
    over = true;
    assert.deepEqual(
      found.map((each) => [books.indexOf(each.book), each.line.index]),
      [
        [0, 0],
        [1, 0],
        [1, 65_534],
      ],
    );
    assert.isAtLeast(turns, 200);
  });
});
