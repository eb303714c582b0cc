import { fixedKeypair, programDataAddressOf, UPGRADEABLE_LOADER } from "@pinfi/localnet";
import { TOKEN_2022_PROGRAM_ID } from "@solana/spl-token";
import type { PublicKey } from "@solana/web3.js";
import { assert } from "chai";
import { assertRefused } from "../harness/assert";
import type { Outcome } from "../harness/backend";
import { describeCurrent, describeWorlds, type StartWorld } from "../harness/describe";
import type { DecodedEvent } from "../harness/events";
import type { AccountChanges } from "../harness/with-accounts";
import type { World } from "../harness/world";
import { flip } from "./bits";
import { CALLER, deployCaller } from "./caller";

type Odd = { accounts?: AccountChanges };
type Verb<A> = (given?: Partial<A> & Odd) => Promise<Outcome & { events: DecodedEvent[] }>;

/** A program's scenario, as far as the tests of its authority need it. */
export interface AuthorityScenario {
  world: World;
  initialize: Verb<{ upgradeAuthority: PublicKey; authority: PublicKey }>;
  /** By default of the stranger. */
  nominateAuthority: Verb<{ authority: PublicKey; nominee: PublicKey }>;
  /** By default by the stranger. */
  acceptAuthority: Verb<{ nominee: PublicKey }>;
}

/** What the tests have to know of a program. */
export interface AuthorityOptions<S extends AuthorityScenario> {
  /** As the tests call it. */
  name: string;
  id: PublicKey;
  /** A scenario that is deployed and no more, or initialised. */
  begin(start: StartWorld, stage: "deployed" | "initialized"): Promise<S>;
  config: PublicKey;
  readConfig(scenario: S): Promise<{ authority: PublicKey; nominated: PublicKey | null }>;
  keys: { authority: PublicKey; stranger: PublicKey; other: PublicKey };
  /** A call that the authority alone may make. */
  act(scenario: S, authority: PublicKey): Promise<unknown>;
}

/** Where in a ProgramData account the upgrade authority begins: tag u32, slot u64, Some u8. */
const UPGRADE_AUTHORITY_AT = 13;
/** How the upgradeable loader marks a buffer. */
const BUFFER_TAG = 1;
const FORGED = fixedKeypair(90).publicKey;
const FOREIGN_PROGRAM = fixedKeypair(91).publicKey;

/**
 * Suites of the three instructions by which a program gets an authority and hands it on: `initialize`,
 * `nominate_authority`, `accept_authority`, and who may act between them.
 */
export function itHandsOverAuthority<S extends AuthorityScenario>(
  options: AuthorityOptions<S>,
): void {
  const { name, begin } = options;
  describeWorlds(`${name} / initialize`, (start) => {
    let scenario: S;
    beforeEach(async () => {
      scenario = await begin(start, "deployed");
    });
    initializeSuite(() => scenario, options);
  });

  describeCurrent(`${name} / initialize, where the address is taken`, (start) => {
    it("refuses a second time (A13)", async () => {
      const scenario = await begin(start, "deployed");
      await scenario.initialize();
      await assertRefused(scenario.initialize(), "AccountAlreadyInUse");
    });

    it("sets up although somebody sent lamports to its address before (A25)", async () => {
      const scenario = await begin(start, "deployed");
      await scenario.world.fund(options.config, 1_000_000n);
      await scenario.initialize();
      assert.deepEqual((await options.readConfig(scenario)).authority, options.keys.authority);
    });
  });

  describeWorlds(`${name} / nominate_authority`, (start) => {
    let scenario: S;
    beforeEach(async () => {
      scenario = await begin(start, "initialized");
    });
    nominateSuite(() => scenario, options);
  });

  describeWorlds(`${name} / accept_authority`, (start) => {
    let scenario: S;
    beforeEach(async () => {
      scenario = await begin(start, "initialized");
      await scenario.nominateAuthority();
    });
    acceptSuite(() => scenario, options);
  });
}

type Suite = <S extends AuthorityScenario>(scenario: () => S, options: AuthorityOptions<S>) => void;

const initializeSuite: Suite = (scenario, { id, config, readConfig, keys }) => {
  it("refuses anybody but the upgrade authority (A27)", () =>
    assertRefused(
      scenario().initialize({ upgradeAuthority: keys.stranger }),
      "NotUpgradeAuthority",
    ));

  it("refuses a stranger with the ProgramData of a program that the stranger did deploy (A27, W22a)", async () => {
    const upgradeAuthority = keys.stranger;
    deployCaller(scenario().world, { upgradeAuthority });
    const accounts = { program_data: programDataAddressOf(CALLER) };
    await assertRefused(
      scenario().initialize({ upgradeAuthority, authority: upgradeAuthority, accounts }),
      "NotUpgradeAuthority",
    );
    await scenario().initialize();
  });

  it("refuses an upgrade authority that differs from the signer in the last byte alone (A27, W22a)", async () => {
    const { world, initialize } = scenario();
    const address = programDataAddressOf(id);
    const account = await world.account(address);
    assert.isNotNull(account);
    assert.isTrue(account.owner.equals(UPGRADEABLE_LOADER));
    const data = Buffer.from(account.data);
    flip(data, UPGRADE_AUTHORITY_AT + 31);
    world.setAccount(address, { ...account, data });
    await assertRefused(initialize(), "NotUpgradeAuthority");
    world.setAccount(address, account);
    await initialize();
  });

  it("refuses the program's own account in place of its ProgramData, and a buffer (A04, W22)", async () => {
    const { world, initialize } = scenario();
    await assertRefused(initialize({ accounts: { program_data: id } }), "AccountNotProgramData");
    const address = programDataAddressOf(id);
    const account = await world.account(address);
    assert.isNotNull(account);
    const data = Buffer.from(account.data);
    data.writeUInt32LE(BUFFER_TAG);
    world.setAccount(address, { ...account, data });
    await assertRefused(initialize(), "AccountNotProgramData");
    world.setAccount(address, account);
    await initialize();
  });

  it("refuses an upgrade authority that does not sign (A01)", () =>
    assertRefused(
      scenario().initialize({ accounts: { upgrade_authority: { isSigner: false } } }),
      "AccountNotSigner",
    ));

  it("refuses an address that is not the configuration's (A07)", () =>
    assertRefused(scenario().initialize({ accounts: { config: FORGED } }), "ConstraintSeeds"));

  it("refuses a program that is not this one (A19)", () =>
    assertRefused(
      scenario().initialize({ accounts: { program: TOKEN_2022_PROGRAM_ID } }),
      "InvalidProgramId",
    ));

  it("refuses a system program that is not the system's (A19)", () =>
    assertRefused(scenario().initialize({ accounts: { system_program: id } }), "InvalidProgramId"));

  it("sets up the configuration, and says so", async () => {
    const { events } = await scenario().initialize();
    const { authority, nominated } = await readConfig(scenario());
    assert.deepEqual(authority, keys.authority);
    assert.isNull(nominated);
    const data = { authority: keys.authority.toBase58() };
    assert.deepEqual(events, [{ name: "Initialized", data }]);
    assert.isNotNull(await scenario().world.account(config));
  });
};

/** The configuration's exact bytes at another address, owned by an attacker's program. */
async function foreignConfig({ world }: AuthorityScenario, config: PublicKey): Promise<PublicKey> {
  const account = await world.account(config);
  if (account === null) throw new Error("the program is not initialised");
  world.setAccount(FORGED, { ...account, owner: FOREIGN_PROGRAM });
  return FORGED;
}

/** The configuration with another discriminator, at its own address. */
async function spoilType({ world }: AuthorityScenario, config: PublicKey): Promise<void> {
  const account = await world.account(config);
  if (account === null) throw new Error("the program is not initialised");
  const data = Buffer.from(account.data);
  flip(data, 7);
  world.setAccount(config, { ...account, data });
}

const nominateSuite: Suite = (scenario, { config, readConfig, keys, act }) => {
  it("refuses anybody but the authority (A02)", () =>
    assertRefused(scenario().nominateAuthority({ authority: keys.stranger }), "NotAuthority"));

  it("refuses an authority that does not sign (A01)", () =>
    assertRefused(
      scenario().nominateAuthority({ accounts: { authority: { isSigner: false } } }),
      "AccountNotSigner",
    ));

  it("refuses a configuration that another program owns (A03)", async () => {
    const accounts = { config: await foreignConfig(scenario(), config) };
    await assertRefused(scenario().nominateAuthority({ accounts }), "AccountOwnedByWrongProgram");
  });

  it("refuses an account of another type in place of the configuration (A04)", async () => {
    await spoilType(scenario(), config);
    await assertRefused(scenario().nominateAuthority(), "AccountDiscriminatorMismatch");
  });

  it("refuses a configuration passed read-only (A34)", () =>
    assertRefused(
      scenario().nominateAuthority({ accounts: { config: { isWritable: false } } }),
      "ConstraintMut",
    ));

  it("nominates a successor, who has no power before accepting", async () => {
    const { events } = await scenario().nominateAuthority();
    const { authority, nominated } = await readConfig(scenario());
    assert.deepEqual(authority, keys.authority);
    assert.deepEqual(nominated, keys.stranger);
    const data = { authority: keys.authority.toBase58(), nominee: keys.stranger.toBase58() };
    assert.deepEqual(events, [{ name: "AuthorityNominated", data }]);
    await assertRefused(act(scenario(), keys.stranger), "NotAuthority");
    await act(scenario(), keys.authority);
  });

  it("nominates another one in place of the first", async () => {
    await scenario().nominateAuthority();
    await scenario().nominateAuthority({ nominee: keys.other });
    assert.deepEqual((await readConfig(scenario())).nominated, keys.other);
    await assertRefused(scenario().acceptAuthority(), "NotNominated");
  });
};

const acceptSuite: Suite = (scenario, { config, readConfig, keys, act }) => {
  it("refuses anybody but the nominee, the present authority too (A02)", async () => {
    for (const nominee of [keys.other, keys.authority]) {
      await assertRefused(scenario().acceptAuthority({ nominee }), "NotNominated");
    }
  });

  it("refuses a nominee who does not sign (A01)", () =>
    assertRefused(
      scenario().acceptAuthority({ accounts: { nominee: { isSigner: false } } }),
      "AccountNotSigner",
    ));

  it("refuses a configuration that another program owns (A03)", async () => {
    const accounts = { config: await foreignConfig(scenario(), config) };
    await assertRefused(scenario().acceptAuthority({ accounts }), "AccountOwnedByWrongProgram");
  });

  it("refuses a second time: the nomination is used up", async () => {
    await scenario().acceptAuthority();
    await assertRefused(scenario().acceptAuthority(), "NotNominated");
  });

  it("hands the authority over, whole and at once", async () => {
    const { events } = await scenario().acceptAuthority();
    const { authority, nominated } = await readConfig(scenario());
    assert.deepEqual(authority, keys.stranger);
    assert.isNull(nominated);
    const data = { authority: keys.stranger.toBase58() };
    assert.deepEqual(events, [{ name: "AuthorityAccepted", data }]);
    await assertRefused(act(scenario(), keys.authority), "NotAuthority");
    await act(scenario(), keys.stranger);
  });
};
