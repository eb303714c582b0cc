import { configAddress, decodeConfig } from "@pinfi/sdk";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { foreignCopy } from "./forge";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

describeWorlds("streams / accept_authority", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start, { stage: "initialized" });
    await streams.nominateAuthority();
  });

  describe("refuses", () => {
    it("anybody but the nominee, the present authority too (A02)", async () => {
      for (const { publicKey } of [KEYS.payee, KEYS.authority]) {
        await assertRefused(streams.acceptAuthority({ nominee: publicKey }), "NotNominated");
      }
    });

    it("a nominee who does not sign (A01)", () =>
      assertRefused(
        streams.acceptAuthority({ accounts: { nominee: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("a configuration that another program owns (A03)", async () => {
      const accounts = { config: await foreignCopy(streams, configAddress()) };
      await assertRefused(streams.acceptAuthority({ accounts }), "AccountOwnedByWrongProgram");
    });

    it("a second time: the nomination is used up", async () => {
      await streams.acceptAuthority();
      await assertRefused(streams.acceptAuthority(), "NotNominated");
    });
  });

  it("hands the authority over, whole and at once", async () => {
    const { events } = await streams.acceptAuthority();

    const account = await streams.world.account(configAddress());
    const config = account === null ? assert.fail("no configuration") : decodeConfig(account);
    assert.deepEqual(config.authority, KEYS.stranger.publicKey);
    assert.isNull(config.nominated);
    assert.deepEqual(events, [
      { name: "AuthorityAccepted", data: { authority: KEYS.stranger.publicKey.toBase58() } },
    ]);
    await assertRefused(streams.setMintPolicy(), "NotAuthority");
    await streams.setMintPolicy({ authority: KEYS.stranger.publicKey });
  });
});
