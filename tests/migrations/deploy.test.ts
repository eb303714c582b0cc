import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AnchorProvider, Wallet } from "@coral-xyz/anchor";
import { fixedKeypair, type Localnet, startLocalnet } from "@pinfi/localnet";
import { associatedTokenAddress, TOKEN_PROGRAM_ID } from "@pinfi/sdk";
import {
  acceptAuthority,
  configAddress,
  decodeConfig,
  decodeMintPolicy,
  explainError,
  policyAddress,
  STREAMS_PROGRAM_ID,
} from "@pinfi/sdk/streams";
import { createInitializeMint2Instruction, MINT_SIZE } from "@solana/spl-token";
import { Connection, type Keypair, SystemProgram, Transaction } from "@solana/web3.js";
import { expect } from "chai";
import { type RpcNode, startRpcNode } from "../../app/keeper/test/support/rpc-node";
import type { ClusterConfig } from "../../migrations/config";
import { ConfigError, loadConfig, type MintConfig, parseConfig } from "../../migrations/config";
import deploy from "../../migrations/deploy";
import { migrate, plan } from "../../migrations/migrate";
import { send } from "../../migrations/send";
import { MigrationError } from "../../migrations/step";

const mintKey = fixedKeypair(61);
const owner = fixedKeypair(62);
const other = fixedKeypair(63);

const usd: MintConfig = {
  name: "test dollar",
  address: mintKey.publicKey,
  minDeposit: 1_000n,
  allowedExtensions: [18, 19],
  feeBps: 50,
  burnBps: 2_000,
  treasuryOwner: owner.publicKey,
  enabled: true,
};

interface World {
  net: Localnet;
  /** Over HTTP alone: nothing listens where web3.js would look for a WebSocket. */
  node: RpcNode;
  sent(): number;
  provider(wallet?: Keypair): AnchorProvider;
}

async function start(): Promise<World> {
  const net = startLocalnet({ programs: [{ name: "streams", address: STREAMS_PROGRAM_ID }] });
  const create = SystemProgram.createAccount({
    fromPubkey: net.payer.publicKey,
    newAccountPubkey: mintKey.publicKey,
    lamports: Number(net.minimumBalance(MINT_SIZE)),
    space: MINT_SIZE,
    programId: TOKEN_PROGRAM_ID,
  });
  const mint = createInitializeMint2Instruction(mintKey.publicKey, 6, net.payer.publicKey, null);
  const transaction = new Transaction().add(create, mint);
  transaction.recentBlockhash = net.latestBlockhash().blockhash;
  transaction.feePayer = net.payer.publicKey;
  transaction.sign(net.payer, mintKey);
  expect(net.send(transaction).failure).to.equal(null);
  for (const { publicKey } of [owner, other]) net.airdrop(publicKey, 1_000_000_000n);

  const node = await startRpcNode(net);
  return {
    net,
    node,
    sent: () => node.calls.filter((method) => method === "sendTransaction").length,
    provider(wallet = net.payer) {
      const connection = new Connection(node.url, "confirmed");
      return new AnchorProvider(connection, new Wallet(wallet), { commitment: "confirmed" });
    },
  };
}

/** Answers a method of the node in its place. */
function answers(world: World, results: Record<string, unknown>): void {
  world.node.interfere = (method, response) => {
    if (!(method in results)) return false;
    const body = { jsonrpc: "2.0", id: "1", result: results[method] };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    return true;
  };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof MigrationError) return error.code;
    throw error;
  }
  return "done";
}

describe("migrations", () => {
  const silent = () => undefined;
  const config: ClusterConfig = { authority: owner.publicKey, mints: [usd] };
  let world: World;
  beforeEach(async () => {
    world = await start();
  });
  afterEach(() => world.node.close());

  it("W16 bring a fresh cluster to the configuration, once, over a node without a WebSocket", async () => {
    const context = { provider: world.provider(), config };
    expect((await plan(context)).map(({ done }) => done)).to.deep.equal([false, false, false]);
    expect(world.sent()).to.equal(0);

    const lines: string[] = [];
    await migrate(context, (line) => lines.push(line));
    expect(lines).to.deep.equal([
      "001-initialize-streams: done",
      "002-enable-mints: done",
      "003-hand-over-streams: done",
    ]);
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

    expect(world.sent()).to.equal(3);
    await migrate(context, silent);
    expect(world.sent()).to.equal(3);
    expect((await plan(context)).every(({ done }) => done)).to.equal(true);
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
      /^001-initialize-streams: transaction \w{80,90} has expired: .* sign it anew\. Run the migrations again/,
    );
    world.node.interfere = undefined;
    expect((await plan({ provider, config })).some(({ done }) => done)).to.equal(false);
    await migrate({ provider, config: { authority: null, mints: [] } }, silent);

    const lines: string[] = [];
    await migrate({ provider, config }, (line) => lines.push(line));
    expect(lines[0]).to.equal("001-initialize-streams: done before");
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
    expect(lines.every((line) => line.endsWith(": done"))).to.equal(true);
    expect(torn).to.be.at.least(3);
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
    const changed = { authority: null, mints: [{ ...usd, enabled: false }] };
    await migrate({ provider, config: changed }, silent);
    expect(world.sent()).to.equal(3);
    const policy = world.net.account(policyAddress({ mint: usd.address }));
    expect(decodeMintPolicy(policy as never).enabled).to.equal(false);
  });

  it("refuse the wrong key and say so", async () => {
    const stranger = world.provider(other);
    expect(await codeOf(migrate({ provider: stranger, config }, silent))).to.equal(
      "NOT_UPGRADE_AUTHORITY",
    );
    const nobody = { authority: null, mints: [] };
    await migrate({ provider: world.provider(), config: nobody }, silent);
    expect(await codeOf(migrate({ provider: stranger, config }, silent))).to.equal("NOT_AUTHORITY");
  });

  it("leave a mint alone that does not exist", async () => {
    const missing = { authority: null, mints: [{ ...usd, address: other.publicKey }] };
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

  const good = {
    ...usd,
    address: usd.address.toBase58(),
    minDeposit: "1000",
    treasuryOwner: owner.publicKey.toBase58(),
  };
  it("may be another file of the same form (W25)", () => {
    const folder = mkdtempSync(join(tmpdir(), "pinfi-migrations-"));
    const file = join(folder, "clusters.json");
    const empty = { authority: null, mints: [] };
    const all = { mainnet: empty, devnet: empty, testnet: empty, localnet: empty };
    writeFileSync(file, JSON.stringify({ ...all, localnet: { authority: null, mints: [good] } }));
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
      const empty = { authority: null, mints: [] };
      const devnet = { authority: null, mints: [mint] };
      const config = { mainnet: empty, devnet, testnet: empty, localnet: empty };
      expect(() => parseConfig(config))
        .to.throw(ConfigError, `migrations/clusters.json: ${path} must be ${want}`)
        .with.property("path", path);
    });
  }
});
