import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { assertSaid } from "../kit/verb";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

const HOUR = 3_600n;
const LONGEST = 72n * HOUR;
/** Who comes while, or after, the program was paused. */
const newcomer = { authority: KEYS.otherOperator.publicKey, id: 1 };

describeWorlds("registry / pause and resume", (start) => {
  let registry: Scenario;
  beforeEach(async () => {
    registry = await startScenario(start);
  });

  it("refuses anybody but the authority (A02)", async () => {
    const authority = KEYS.stranger.publicKey;
    await assertRefused(registry.pause({ authority }), "NotAuthority");
    await registry.pause();
    await assertRefused(registry.resume({ authority }), "NotAuthority");
    await registry.resume();
  });

  it("takes no newcomers, says until when, and ends by itself", async () => {
    const from = await registry.now();
    const until = from + HOUR;
    assertSaid(await registry.pause(), "Paused", { from, until });
    assert.deepEqual((await registry.config()).pause, { from, until });
    await registry.advance({ seconds: until - 1n - (await registry.now()) });
    await assertRefused(registry.registerOperator(newcomer), "Paused");
    await registry.advance({ seconds: 1n });
    await registry.registerOperator(newcomer);
  });

  it("holds nobody who is in", async () => {
    await registry.pause();
    await registry.setPayout();
    await registry.nominateOperator();
    await registry.acceptOperator();
    await registry.closeOperator({ authority: KEYS.otherOperator.publicKey });
  });

  it("ends at once when the authority says so", async () => {
    await assertRefused(registry.resume(), "NotPaused");
    await registry.pause();
    const at = await registry.now();
    assertSaid(await registry.resume(), "Resumed", { at });
    await registry.registerOperator(newcomer);
  });

  it("lasts 72 hours at most, also when its end is moved", async () => {
    const from = await registry.now();
    await assertRefused(registry.pause({ until: from }), "PauseOutOfRange");
    await assertRefused(registry.pause({ until: from + LONGEST + 1n }), "PauseOutOfRange");
    await registry.pause({ until: from + HOUR });
    await assertRefused(registry.pause({ until: from + LONGEST + 1n }), "PauseOutOfRange");
    await registry.pause({ until: from + LONGEST });
  });

  it("is followed by a rest of four times its length", async () => {
    const from = await registry.now();
    await registry.pause({ until: from + HOUR });
    await registry.advance({ seconds: 5n * HOUR - 1n });
    await assertRefused(registry.pause(), "PauseTooSoon");
    await registry.advance({ seconds: 1n });
    await registry.pause();
  });

  it("cannot be had again in the second in which it was ended, or for ever by slots", async () => {
    const from = await registry.now();
    await registry.pause({ until: from + HOUR });
    await registry.resume();
    assert.deepEqual((await registry.config()).pause, { from, until: from });
    await assertRefused(registry.pause({ until: from + HOUR }), "PauseTooSoon");
    await registry.advance({ seconds: 3n });
    await assertRefused(registry.pause({ until: from + HOUR }), "PauseTooSoon");
    await registry.registerOperator(newcomer);
    await registry.advance({ seconds: 1n });
    await registry.pause({ until: from + HOUR });
  });
});
