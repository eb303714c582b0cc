import { fixedKeypair, programDataAddressOf } from "@pinfi/localnet";
import { type Config, configAddress, decodeConfig, STREAMS_PROGRAM_ID } from "@pinfi/sdk";
import { TOKEN_2022_PROGRAM_ID } from "@solana/spl-token";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeCurrent, describeWorlds } from "../harness/describe";
import { flip } from "./attacks/craft";
import { deployProxy, PROXY } from "./attacks/proxy";
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

    it("a stranger with the ProgramData of a program that the stranger did deploy (A27, W22a)", async () => {
      const upgradeAuthority = KEYS.stranger.publicKey;
      deployProxy(streams.world, { upgradeAuthority });
      await assertRefused(
        streams.initialize({
          upgradeAuthority,
          authority: upgradeAuthority,
          accounts: { program_data: programDataAddressOf(PROXY) },
        }),
        "NotUpgradeAuthority",
      );
      await streams.initialize();
    });

    it("an upgrade authority that differs from the signer in the last byte alone (A27, W22a)", async () => {
      const address = programDataAddressOf(STREAMS_PROGRAM_ID);
      const account = await streams.world.account(address);
      if (account === null) throw new Error("the program is not deployed");
      const data = Buffer.from(account.data);
      flip(data, 13 + 31); // tag u32, slot u64, Some u8, the authority
      streams.world.setAccount(address, { ...account, data });
      await assertRefused(streams.initialize(), "NotUpgradeAuthority");
      streams.world.setAccount(address, account);
      await streams.initialize();
    });

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
