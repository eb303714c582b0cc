import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { associatedTokenAddress } from "@pinfi/sdk";
import {
  acceptAuthority,
  configAddress,
  decodeConfig,
  decodeMintPolicy,
  explainError,
  policyAddress,
} from "@pinfi/sdk/streams";
import { expect } from "chai";
import { ConfigError, loadConfig, parseConfig } from "../../migrations/config";
import deploy from "../../migrations/deploy";
import { migrate, plan, STEPS } from "../../migrations/migrate";
import { PROGRAMS } from "../../migrations/programs";
import { send } from "../../migrations/send";
import { MigrationError } from "../../migrations/step";
import {
  answers,
  codeOf,
  configOf,
  other,
  owner,
  silent,
  startWorld,
  usd,
  type World,
} from "./world";

const NO_METADATA_PROGRAM =
  "this cluster has no Program Metadata program (ProgM6JCCvbYkfKqJYHePx4xxSUSqJp7rh8Lyv7nk7S)";

const isPublishing = (id: string): boolean => id.includes("-publish-idl-");
/** Steps that these clusters, without a metadata program, let be done: one transaction each. */
const sending = STEPS.filter(({ id }) => !isPublishing(id));
const statesWith = (state: string): string[] =>
  STEPS.map(({ id }) => (isPublishing(id) ? "left out" : state));

describe("migrations", () => {
  const config = configOf({ authority: owner.publicKey, mints: [usd] });
  let world: World;
  beforeEach(async () => {
    world = await startWorld();
  });
  afterEach(() => world.node.close());

  it("W16 bring a fresh cluster to the configuration, once, over a node without a WebSocket", async () => {
    const context = { provider: world.provider(), config };
    const states = async () => (await plan(context)).map(({ state }) => state);
    expect(await states()).to.deep.equal(statesWith("to do"));
    expect(world.sent()).to.equal(0);

    const lines: string[] = [];
    await migrate(context, (line) => lines.push(line));
    expect(lines).to.deep.equal(
      STEPS.map(({ id }) =>
        isPublishing(id) ? `${id}: left out: ${NO_METADATA_PROGRAM}` : `${id}: done`,
      ),
    );
    const policy = world.net.account(policyAddress({ mint: usd.address }));
    expect(decodeMintPolicy(policy as never)).to.deep.include({
      minDeposit: 1_000n,
      allowedExtensions: (1n << 18n) | (1n << 19n),
      feeBps: 50,
      burnBps: 2_000,
      enabled: true,
      treasury: associatedTokenAddress({ owner: owner.publicKey, mint: usd.address }),
    });
    const state = decodeConfig(world.net.account(configAddress()) as never);
    expect(state.authority.equals(world.net.payer.publicKey)).to.equal(true);
    expect(state.nominated?.equals(owner.publicKey)).to.equal(true);

    expect(world.sent()).to.equal(sending.length);
    await migrate(context, silent);
    expect(world.sent()).to.equal(sending.length);
    expect(await states()).to.deep.equal(statesWith("done"));
  });

  it("W16 say which step has expired, and take up where they stopped", async () => {
    const provider = world.provider();
    const lost = world.provider();
    // Taken and forgotten: what a node does that falls off the cluster.
    const swallowed = { sendTransaction: "1".repeat(64), getBlockHeight: Number.MAX_SAFE_INTEGER };
    answers(world, swallowed);
    const error = await migrate({ provider: lost, config }, silent).catch((caught) => caught);
    expect(error).to.be.instanceOf(MigrationError).with.property("code", "NOT_SENT");
    expect(error.message).to.match(
      /^001-initialize-\w+: transaction \w{80,90} has expired: .* sign it anew\. Run the migrations again/,
    );
    world.node.interfere = undefined;
    expect((await plan({ provider, config })).some(({ state }) => state === "done")).to.equal(
      false,
    );
    await migrate({ provider, config: configOf({}) }, silent);

    const lines: string[] = [];
    await migrate({ provider, config }, (line) => lines.push(line));
    expect(lines[0]).to.equal(`${STEPS[0]?.id}: done before`);
  });

  it("W16 find what has landed although the node's answer was lost", async () => {
    let torn = 0;
    world.node.performed = async (method, response) => {
      if (method !== "sendTransaction") return;
      torn += 1;
      response.destroy();
    };
    const lines: string[] = [];
    await migrate({ provider: world.provider(), config }, (line) => lines.push(line));
    expect(lines.filter((line) => line.endsWith(": done"))).to.have.length(sending.length);
    expect(torn).to.be.at.least(sending.length);
    expect(world.net.account(configAddress())).to.not.equal(null);
  });

  it("W16 say what a step has failed of", async () => {
    answers(world, {
      getSignatureStatuses: {
        context: { slot: 9 },
        value: [
          {
            slot: 9,
            confirmations: 1,
            err: { InstructionError: [0, { Custom: 6000 }] },
            confirmationStatus: "confirmed",
          },
        ],
      },
    });
    const lost = await migrate({ provider: world.provider(), config }, silent).catch(
      (caught) => caught,
    );
    expect(lost).to.be.instanceOf(MigrationError).with.property("code", "NOT_SENT");
    const sentence = explainError(6000)?.sentence;
    expect(lost.message).to.include(`has failed: ${sentence}`);
  });

  it("change only the mint whose configuration changed", async () => {
    const provider = world.provider();
    await migrate({ provider, config: { ...config, authority: null } }, silent);
    const changed = configOf({ mints: [{ ...usd, enabled: false }] });
    await migrate({ provider, config: changed }, silent);
    const handOvers = sending.filter(({ name }) => name.startsWith("hand-over-"));
    expect(world.sent()).to.equal(sending.length - handOvers.length + 1);
    const policy = world.net.account(policyAddress({ mint: usd.address }));
    expect(decodeMintPolicy(policy as never).enabled).to.equal(false);
  });

  it("refuse the wrong key and say so", async () => {
    const stranger = world.provider(other);
    expect(await codeOf(migrate({ provider: stranger, config }, silent))).to.equal(
      "NOT_UPGRADE_AUTHORITY",
    );
    await migrate({ provider: world.provider(), config: configOf({}) }, silent);
    expect(await codeOf(migrate({ provider: stranger, config }, silent))).to.equal("NOT_AUTHORITY");
  });

  it("leave a mint alone that does not exist", async () => {
    const missing = configOf({ mints: [{ ...usd, address: other.publicKey }] });
    expect(await codeOf(migrate({ provider: world.provider(), config: missing }, silent))).to.equal(
      "NO_MINT",
    );
  });

  it("go on with the new authority after it has accepted", async () => {
    await migrate({ provider: world.provider(), config }, silent);
    const accepted = world.provider(owner);
    await send(accepted, [acceptAuthority({ nominee: owner.publicKey })]);
    const changed = { ...config, mints: [{ ...usd, feeBps: 60 }] };
    expect(await codeOf(migrate({ provider: world.provider(), config: changed }, silent))).to.equal(
      "NOT_AUTHORITY",
    );
    expect(await codeOf(migrate({ provider: accepted, config: changed }, silent))).to.equal("done");
  });

  it("A25 take no address for set up because somebody sent it lamports", async () => {
    const { net } = world;
    const policy = policyAddress({ mint: usd.address });
    const squatted = [
      ...PROGRAMS.flatMap(({ authority }) => (authority ? [authority.configAddress()] : [])),
      policy,
      associatedTokenAddress({ owner: policy, mint: usd.address }),
    ];
    for (const address of squatted) net.airdrop(address, 890_880n);
    const context = { provider: world.provider(), config };
    const states = async () => (await plan(context)).map(({ state }) => state);
    expect(await states()).to.deep.equal(statesWith("to do"));
    await migrate(context, silent);
    expect(await states()).to.deep.equal(statesWith("done"));
    for (const { program, authority } of PROGRAMS) {
      const account = net.account(authority?.configAddress() ?? program.id);
      expect(account?.owner.toBase58()).to.equal(program.id.toBase58());
    }
    expect(decodeMintPolicy(net.account(policy) as never).feeBps).to.equal(50);
  });

  it("take a nomination back where no authority is configured", async () => {
    const provider = world.provider();
    await migrate({ provider, config }, silent);
    const kept = { ...config, authority: null };
    const nominated = () => decodeConfig(world.net.account(configAddress()) as never).nominated;
    expect(nominated()?.equals(owner.publicKey)).to.equal(true);
    await migrate({ provider, config: kept }, silent);
    expect(nominated()).to.equal(null);
    const sent = world.sent();
    await migrate({ provider, config: kept }, silent);
    expect(world.sent()).to.equal(sent);
    // What another wallet's authority has nominated is that wallet's own.
    await migrate({ provider, config }, silent);
    expect(
      await codeOf(migrate({ provider: world.provider(other), config: kept }, silent)),
    ).to.equal("done");
    expect(nominated()?.equals(owner.publicKey)).to.equal(true);
  });

  it("run as Anchor runs them, on a cluster that is not public", async () => {
    await deploy(world.provider());
    expect(world.net.account(configAddress())).to.not.equal(null);
  });
});

describe("migrations / clusters.json", () => {
  it("is good for every cluster", () => {
    for (const name of ["mainnet", "devnet", "testnet", "localnet"] as const) {
      expect(loadConfig(name).authority).to.equal(null);
    }
  });

  const empty = { authority: null, idl: "optional", mints: [] };
  const all = { mainnet: empty, devnet: empty, testnet: empty, localnet: empty };
  it("refuse what is neither required nor optional", () => {
    expect(() => parseConfig({ ...all, testnet: { ...empty, idl: true } })).to.throw(
      ConfigError,
      'migrations/clusters.json: testnet.idl must be "required" or "optional"',
    );
  });

  const good = {
    ...usd,
    address: usd.address.toBase58(),
    minDeposit: "1000",
    treasuryOwner: owner.publicKey.toBase58(),
  };
  it("may be another file of the same form (W25)", () => {
    const folder = mkdtempSync(join(tmpdir(), "pinfi-migrations-"));
    const file = join(folder, "clusters.json");
    writeFileSync(file, JSON.stringify({ ...all, localnet: { ...empty, mints: [good] } }));
    expect(loadConfig("localnet", file).mints).to.deep.equal([usd]);
    expect(loadConfig("devnet", file).mints).to.deep.equal([]);
    rmSync(folder, { recursive: true });
  });

  const refuses: [unknown, string, string][] = [
    [{ ...good, address: "abc" }, "devnet.mints[0].address", "a public key in base58"],
    [
      { ...good, minDeposit: 5 },
      "devnet.mints[0].minDeposit",
      "base units as a string of digits, below 2^64",
    ],
    [{ ...good, feeBps: 501 }, "devnet.mints[0].feeBps", "a whole number from 0 to 500"],
    [
      { ...good, allowedExtensions: [64] },
      "devnet.mints[0].allowedExtensions[0]",
      "a whole number from 0 to 63",
    ],
    [
      { ...good, treasuryOwner: null },
      "devnet.mints[0].treasuryOwner",
      "given where a part of the fee is not burned",
    ],
    [{ ...good, enabled: 1 }, "devnet.mints[0].enabled", "true or false"],
    [
      { ...good, fee: 1 },
      "devnet.mints[0].fee",
      "one of name, address, minDeposit, allowedExtensions, feeBps, burnBps, treasuryOwner, enabled",
    ],
  ];
  for (const [mint, path, want] of refuses) {
    it(`refuses ${path} that is not ${want}`, () => {
      const devnet = { ...empty, mints: [mint] };
      expect(() => parseConfig({ ...all, devnet }))
        .to.throw(ConfigError, `migrations/clusters.json: ${path} must be ${want}`)
        .with.property("path", path);
    });
  }
});
