import { fixedKeypair, programDataAddressOf } from "@pinfi/localnet";
import { type Config, configAddress, decodeConfig, STREAMS_PROGRAM_ID } from "@pinfi/sdk";
import { TOKEN_2022_PROGRAM_ID } from "@solana/spl-token";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeCurrent, describeWorlds } from "../harness/describe";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

describeWorlds("streams / initialize", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start, { stage: "deployed" });
  });
  describe("refuses", () => {
    it("anybody but the upgrade authority (A27)", () =>
      assertRefused(
        streams.initialize({ upgradeAuthority: KEYS.stranger.publicKey }),
        "NotUpgradeAuthority",
      ));

    it("another program's ProgramData, whose authority the caller may be (A27)", () =>
      assertRefused(
        streams.initialize({
          accounts: { program_data: programDataAddressOf(TOKEN_2022_PROGRAM_ID) },
        }),
        "NotUpgradeAuthority",
      ));

    it("an upgrade authority that does not sign (A01)", () =>
      assertRefused(
        streams.initialize({ accounts: { upgrade_authority: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("an address that is not the configuration's (A07)", () =>
      assertRefused(
        streams.initialize({ accounts: { config: fixedKeypair(99).publicKey } }),
        "ConstraintSeeds",
      ));

    it("a program that is not this one (A19)", () =>
      assertRefused(
        streams.initialize({ accounts: { program: TOKEN_2022_PROGRAM_ID } }),
        "InvalidProgramId",
      ));

    it("a system program that is not the system's (A19)", () =>
      assertRefused(
        streams.initialize({ accounts: { system_program: STREAMS_PROGRAM_ID } }),
        "InvalidProgramId",
      ));
  });

  describe("sets up", () => {
    it("the configuration, and says so", async () => {
      const { events } = await streams.initialize();
      const { authority, nominated } = await readConfig(streams);
      assert.deepEqual(authority, KEYS.authority.publicKey);
      assert.isNull(nominated);
      assert.deepEqual(events, [
        { name: "Initialized", data: { authority: KEYS.authority.publicKey.toBase58() } },
      ]);
    });
  });
});

describeCurrent("streams / initialize, where the address is taken", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start, { stage: "deployed" });
  });

  it("refuses a second time (A13)", async () => {
    await streams.initialize();
    await assertRefused(streams.initialize(), "AccountAlreadyInUse");
  });

  it("sets up although somebody sent lamports to its address before (A25)", async () => {
    await streams.world.fund(configAddress(), 1_000_000n);
    await streams.initialize();
    assert.deepEqual((await readConfig(streams)).authority, KEYS.authority.publicKey);
  });
});

async function readConfig({ world }: Scenario): Promise<Config> {
  const account = await world.account(configAddress());
  if (account === null) throw new Error("there is no configuration");
  return decodeConfig(account);
}
