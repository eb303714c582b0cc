import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { assertSaid } from "../kit/verb";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

describeWorlds("registry / set_payout", (start) => {
  let registry: Scenario;
  beforeEach(async () => {
    registry = await startScenario(start);
  });

  it("replaces the whole split, and says so (M62)", async () => {
    const operator = registry.operator.toBase58();
    assertSaid(await registry.setPayout(), "PayoutSet", { operator, recipients: 2 });
    assert.deepEqual((await registry.operatorOf()).payout, [
      { recipient: KEYS.lender.publicKey, bps: 2_500 },
      { recipient: KEYS.operator.publicKey, bps: 7_500 },
    ]);
    const payout = [{ recipient: KEYS.lender.publicKey, bps: 10_000 }];
    await registry.setPayout({ payout });
    assert.deepEqual((await registry.operatorOf()).payout, payout);
  });

  it("refuses anybody but the operator's authority, its recipients and the program's authority too (A02)", async () => {
    await registry.setPayout();
    for (const { publicKey } of [KEYS.stranger, KEYS.lender, KEYS.authority, KEYS.otherOperator]) {
      await assertRefused(registry.setPayout({ authority: publicKey }), "NotOperator");
    }
  });

  it("refuses a split that is not whole", async () => {
    const payout = [{ recipient: KEYS.lender.publicKey, bps: 9_999 }];
    await assertRefused(registry.setPayout({ payout }), "PayoutNotWhole");
    await registry.setPayout({ payout: [{ recipient: KEYS.lender.publicKey, bps: 10_000 }] });
  });
});
