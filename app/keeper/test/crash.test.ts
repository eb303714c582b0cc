import { assert } from "chai";
import { crashKeepers } from "./support/crash/campaign";

/** Base units, lamports and vouchers are compared after every kill; `npm run crash` does hundreds. */
const RUNS = 6;

describe("keeper / crash", () => {
  it("loses no acknowledged voucher, pays nothing twice and keeps its cap over kill -9 (K15)", async function () {
    this.timeout(240_000);
    const result = await crashKeepers({ runs: RUNS, seed: 7, atOnce: 2 });
    assert.deepEqual(
      { lost: result.lost, unequal: result.unequal, overspent: result.overspent },
      { lost: [], unequal: [], overspent: [] },
    );
    const kills = [...result.kills.values()].reduce((sum, count) => sum + count, 0);
    assert.equal(kills, RUNS);
    assert.isAbove(result.acknowledged, 0);
    assert.isAbove(Number(result.feeLamports), 0);
  });
});
