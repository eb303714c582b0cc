import { operatorAddress } from "@pinfi/sdk/registry";
import { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { assertSaid } from "../kit/verb";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

const mine = KEYS.operator.publicKey;
const next = KEYS.otherOperator.publicKey;

describeWorlds("registry / an operator's keys change", (start) => {
  let registry: Scenario;
  beforeEach(async () => {
    registry = await startScenario(start);
  });

  it("to a nominee who accepts; the account, its number and its payout stay", async () => {
    const operator = registry.operator.toBase58();
    const before = await registry.operatorOf();
    assertSaid(await registry.nominateOperator(), "OperatorNominated", {
      operator,
      nominee: next.toBase58(),
    });
    assert.deepEqual((await registry.operatorOf()).authority, mine);
    await assertRefused(registry.setPayout({ authority: next }), "NotOperator");
    assertSaid(await registry.acceptOperator(), "OperatorAccepted", {
      operator,
      authority: next.toBase58(),
    });
    assert.deepEqual(await registry.operatorOf(), { ...before, authority: next, nominated: null });
    await assertRefused(registry.setPayout(), "NotOperator");
    await registry.setPayout({ authority: next });
  });

  it("to nobody else, and not twice (A02)", async () => {
    await assertRefused(registry.acceptOperator(), "NotNominated");
    await assertRefused(
      registry.nominateOperator({ authority: KEYS.authority.publicKey }),
      "NotOperator",
    );
    await registry.nominateOperator();
    for (const nominee of [mine, KEYS.authority.publicKey]) {
      await assertRefused(registry.acceptOperator({ nominee }), "NotNominated");
    }
    await registry.acceptOperator();
    await assertRefused(registry.acceptOperator(), "NotNominated");
  });

  it("not to who was nominated for another operator", async () => {
    await registry.registerOperator({ authority: KEYS.stranger.publicKey, id: 1 });
    await registry.nominateOperator();
    const operator = operatorAddress({ id: 1 });
    await assertRefused(registry.acceptOperator({ operator }), "NotNominated");
    await registry.acceptOperator();
  });

  it("not after the nomination was taken back, or given to another", async () => {
    await registry.nominateOperator();
    await registry.nominateOperator({ nominee: KEYS.lender.publicKey });
    await assertRefused(registry.acceptOperator(), "NotNominated");
    await registry.nominateOperator({ nominee: PublicKey.default });
    assert.isNull((await registry.operatorOf()).nominated);
    await assertRefused(
      registry.acceptOperator({ nominee: KEYS.lender.publicKey }),
      "NotNominated",
    );
  });
});
