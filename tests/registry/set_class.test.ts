import { classAddress } from "@pinfi/sdk/registry";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { altered } from "../kit/bits";
import { assertSaid } from "../kit/verb";
import { CALLS } from "./honest-calls";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

/** Where the name begins in the data of a call: behind the discriminator and the number. */
const NAME_AT = 8 + 2;

describeWorlds("registry / set_class", (start) => {
  let registry: Scenario;
  beforeEach(async () => {
    registry = await startScenario(start, { stage: "initialized" });
  });

  it("makes a class, as given, and says so (M03, M04)", async () => {
    const done = await registry.setClass();
    const { bump, ...made } = await registry.class();
    assert.isAtMost(bump, 255);
    assert.deepEqual(made, {
      name: "H100 SXM",
      id: 3,
      kind: "compute",
      gpuEqMilli: 1_000,
      memoryMib: 81_920,
      minBenchmark: 500,
      interconnect: true,
      bondCents: 250_000n,
      enabled: true,
    });
    assertSaid(done, "ClassSet", {
      id: 3,
      name: Buffer.from("H100 SXM".padEnd(32, "\0")).toString("hex"),
      kind: { Compute: {} },
      gpu_eq_milli: 1_000,
      memory_mib: 81_920,
      min_benchmark: 500,
      interconnect: true,
      bond_cents: 250_000n,
      enabled: true,
    });
  });

  it("makes classes of all that is no GPU (M14)", async () => {
    for (const [at, kind] of (["storage", "sensor", "bandwidth"] as const).entries()) {
      await registry.setClass({ id: 4 + at, kind, gpuEqMilli: 0 });
      assert.equal((await registry.class(4 + at)).kind, kind);
    }
  });

  it("refuses anybody but the authority (A02)", () =>
    assertRefused(registry.setClass({ authority: KEYS.stranger.publicKey }), "NotAuthority"));

  it("takes numbers up to 255, and no more", async () => {
    await assertRefused(registry.setClass({ id: 256 }), "ClassOutOfRange");
    await registry.setClass({ id: 255 });
  });

  it("refuses another class's account (A07)", async () => {
    await registry.setClass();
    const accounts = { class: classAddress({ id: 3 }) };
    await assertRefused(registry.setClass({ id: 4, accounts }), "ConstraintSeeds");
    await registry.setClass({ id: 4 });
  });

  it("refuses a class without a name", async () => {
    const [honest] = (await CALLS.set_class?.instructions(registry)) ?? [];
    const nameless = altered(honest, (data) => data.writeUInt8(0, NAME_AT));
    await assertRefused(registry.send([nameless]), "NameMissing");
    await registry.send([altered(honest, () => undefined)]);
  });

  it("takes 1 to 1,000,000 thousandths of a GPU-equivalent for compute, and none for all else", async () => {
    await assertRefused(registry.setClass({ gpuEqMilli: 0 }), "GpuEqOutOfRange");
    await assertRefused(registry.setClass({ gpuEqMilli: 1_000_001 }), "GpuEqOutOfRange");
    await registry.setClass({ gpuEqMilli: 1 });
    await registry.setClass({ id: 4, gpuEqMilli: 1_000_000 });
    await assertRefused(
      registry.setClass({ id: 5, kind: "storage", gpuEqMilli: 1 }),
      "GpuEqOutOfRange",
    );
    await registry.setClass({ id: 5, kind: "storage", gpuEqMilli: 0 });
  });

  it("takes a bond of up to a million dollars", async () => {
    await assertRefused(registry.setClass({ bondCents: 100_000_001n }), "BondTooHigh");
    await registry.setClass({ bondCents: 100_000_000n });
    assert.equal((await registry.class()).bondCents, 100_000_000n);
  });

  it("changes what nobody's total rests on, and nothing else", async () => {
    await registry.setClass();
    await assertRefused(registry.setClass({ gpuEqMilli: 1_001 }), "ClassFixed");
    await assertRefused(registry.setClass({ kind: "storage" }), "ClassFixed");
    await registry.setClass({ name: "H100", bondCents: 0n, enabled: false, memoryMib: 1 });
    const { name, bondCents, enabled, memoryMib } = await registry.class();
    assert.deepEqual([name, bondCents, enabled, memoryMib], ["H100", 0n, false, 1]);
  });
});
