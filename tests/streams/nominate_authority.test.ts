import { configAddress, decodeConfig, policyAddress } from "@pinfi/sdk";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import { describeWorlds } from "../harness/describe";
import { foreignCopy } from "./forge";
import { KEYS } from "./keys";
import { type Scenario, startScenario } from "./scenario";

describeWorlds("streams / nominate_authority", (start) => {
  let streams: Scenario;
  beforeEach(async () => {
    streams = await startScenario(start, { stage: "policy" });
  });
  const config = async () => {
    const account = await streams.world.account(configAddress());
    if (account === null) throw new Error("there is no configuration");
    return decodeConfig(account);
  };

  describe("refuses", () => {
    it("anybody but the authority (A02)", () =>
      assertRefused(
        streams.nominateAuthority({ authority: KEYS.stranger.publicKey }),
        "NotAuthority",
      ));

    it("an authority that does not sign (A01)", () =>
      assertRefused(
        streams.nominateAuthority({ accounts: { authority: { isSigner: false } } }),
        "AccountNotSigner",
      ));

    it("a configuration that another program owns (A03)", async () => {
      const accounts = { config: await foreignCopy(streams, configAddress()) };
      await assertRefused(streams.nominateAuthority({ accounts }), "AccountOwnedByWrongProgram");
    });

    it("an account of another type in place of the configuration (A04)", () =>
      assertRefused(
        streams.nominateAuthority({
          accounts: { config: policyAddress({ mint: streams.mint.address }) },
        }),
        "AccountDiscriminatorMismatch",
      ));

    it("a configuration passed read-only (A34)", () =>
      assertRefused(
        streams.nominateAuthority({ accounts: { config: { isWritable: false } } }),
        "ConstraintMut",
      ));
  });

  describe("nominates", () => {
    it("a successor, who has no power before accepting", async () => {
      const { events } = await streams.nominateAuthority();
      const { authority, nominated } = await config();
      assert.deepEqual(authority, KEYS.authority.publicKey);
      assert.deepEqual(nominated, KEYS.stranger.publicKey);
      assert.deepEqual(events, [
        {
          name: "AuthorityNominated",
          data: {
            authority: KEYS.authority.publicKey.toBase58(),
            nominee: KEYS.stranger.publicKey.toBase58(),
          },
        },
      ]);
      await assertRefused(
        streams.setMintPolicy({ authority: KEYS.stranger.publicKey }),
        "NotAuthority",
      );
    });

    it("another one in place of the first", async () => {
      await streams.nominateAuthority();
      await streams.nominateAuthority({ nominee: KEYS.payee.publicKey });
      assert.deepEqual((await config()).nominated, KEYS.payee.publicKey);
      await assertRefused(streams.acceptAuthority(), "NotNominated");
    });
  });
});
