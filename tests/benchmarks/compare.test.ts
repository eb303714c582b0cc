import { assert } from "chai";
import { compare } from "./compare";

const row = { units: 1_000, costUnits: 5_000, bytes: 300, accounts: 5 };

describe("benchmarks / compare", () => {
  it("is silent about equal tables", () => {
    assert.deepEqual(compare({ committed: { a: row }, measured: { a: row } }), {
      lines: [],
      failed: false,
    });
  });

  it("reports a small difference and lets it pass", () => {
    const measured = { a: { ...row, units: 1_010 } };
    assert.deepEqual(compare({ committed: { a: row }, measured }), {
      lines: ["a.units: committed 1000, measured 1010"],
      failed: false,
    });
  });

  it("fails on more than one percent, up or down", () => {
    for (const units of [1_011, 989]) {
      const measured = { a: { ...row, units } };
      assert.isTrue(compare({ committed: { a: row }, measured }).failed);
    }
  });

  it("fails on a row or a figure that has come or gone", () => {
    assert.isTrue(compare({ committed: { a: row }, measured: {} }).failed);
    assert.isTrue(compare({ committed: {}, measured: { a: row } }).failed);
    const measured = { a: { ...row, targets: 3 } };
    assert.isTrue(compare<object>({ committed: { a: row }, measured }).failed);
  });
});
