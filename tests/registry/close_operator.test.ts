import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { assertSaid } from "../kit/verb";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

describeWorlds("registry / close_operator", (start) => {
  let registry: Scenario;
  beforeEach(async () => {
    registry = await startScenario(start);
  });

  it("returns the rent to the authority, and says so", async () => {
    const { world, operator } = registry;
    const rent = (await world.account(operator))?.lamports ?? 0;
    const lamports = async () => (await world.account(KEYS.operator.publicKey))?.lamports ?? 0;
    const before = await lamports();
    const done = await registry.closeOperator();
    assert.equal((await lamports()) - before, rent);
    assert.isNull(await world.account(operator));
    assertSaid(done, "OperatorClosed", {
      operator: operator.toBase58(),
      id: 0,
      total_operators: 0,
    });
  });

  it("refuses anybody but the operator's authority (A02)", async () => {
    await assertRefused(
      registry.closeOperator({ authority: KEYS.authority.publicKey }),
      "NotOperator",
    );
    await registry.closeOperator();
  });

  it("gives its number to nobody again (A13)", async () => {
    await registry.closeOperator();
    await assertRefused(registry.registerOperator(), "WrongOperatorId");
    await registry.registerOperator({ id: 1 });
    const { nextOperator, operators } = await registry.config();
    assert.deepEqual([nextOperator, operators], [2, 1]);
  });
});
