import { regionAddress } from "@pinfi/sdk/registry";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { altered } from "../kit/bits";
import { assertSaid } from "../kit/verb";
import { CALLS } from "./honest-calls";
import { KEYS } from "./keys";
import { GERMANY, type Scenario, startScenario } from "./scenario";

/** Where the name begins in the data of a call: behind the discriminator and the number. */
const NAME_AT = 8 + 2;

describeWorlds("registry / set_region", (start) => {
  let registry: Scenario;
  beforeEach(async () => {
    registry = await startScenario(start, { stage: "initialized" });
  });

  it("makes a region, as given, and says so (M08, M09)", async () => {
    const done = await registry.setRegion();
    const { bump, ...made } = await registry.region();
    assert.isAtMost(bump, 255);
    const { jurisdiction, targetBps } = made;
    assert.deepEqual([jurisdiction, targetBps], [GERMANY, 2_000]);
    assert.deepEqual([made.name, made.id, made.enabled], ["eu-central", 7, true]);
    assertSaid(done, "RegionSet", {
      id: 7,
      name: Buffer.from("eu-central".padEnd(32, "\0")).toString("hex"),
      jurisdiction: GERMANY,
      target_bps: 2_000,
      enabled: true,
      total_target_bps: 2_000,
    });
  });

  it("refuses anybody but the authority (A02)", () =>
    assertRefused(registry.setRegion({ authority: KEYS.stranger.publicKey }), "NotAuthority"));

  it("takes numbers up to 255, and no more", async () => {
    await assertRefused(registry.setRegion({ id: 256 }), "RegionOutOfRange");
    await registry.setRegion({ id: 255 });
  });

  it("refuses another region's account (A07)", async () => {
    await registry.setRegion();
    const accounts = { region: regionAddress({ id: 7 }) };
    await assertRefused(registry.setRegion({ id: 8, accounts }), "ConstraintSeeds");
    await registry.setRegion({ id: 8 });
  });

  it("refuses a region without a name", async () => {
    const [honest] = (await CALLS.set_region?.instructions(registry)) ?? [];
    const nameless = altered(honest, (data) => data.writeUInt8(0, NAME_AT));
    await assertRefused(registry.send([nameless]), "NameMissing");
    await registry.send([altered(honest, () => undefined)]);
  });

  it("takes the numbers that ISO 3166-1 gives, 1 to 999", async () => {
    await assertRefused(registry.setRegion({ jurisdiction: 0 }), "JurisdictionOutOfRange");
    await assertRefused(registry.setRegion({ jurisdiction: 1_000 }), "JurisdictionOutOfRange");
    await registry.setRegion({ jurisdiction: 999 });
    await registry.setRegion({ id: 8, jurisdiction: 1 });
  });

  it("counts the targets of all regions, which never exceed the whole", async () => {
    await registry.setRegion();
    await assertRefused(registry.setRegion({ id: 8, targetBps: 8_001 }), "TargetsTooHigh");
    await registry.setRegion({ id: 8, targetBps: 8_000 });
    assert.equal((await registry.config()).totalTargetBps, 10_000);
    await assertRefused(registry.setRegion({ targetBps: 2_001 }), "TargetsTooHigh");
    await registry.setRegion({ targetBps: 1_500 });
    assert.equal((await registry.config()).totalTargetBps, 9_500);
  });

  it("changes all but the jurisdiction, on which leases rely", async () => {
    await registry.setRegion();
    await assertRefused(registry.setRegion({ jurisdiction: 250 }), "RegionFixed");
    await registry.setRegion({ name: "de", targetBps: 10_000, enabled: false });
    const { name, targetBps, enabled } = await registry.region();
    assert.deepEqual([name, targetBps, enabled], ["de", 10_000, false]);
  });
});
