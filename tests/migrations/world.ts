import { AnchorProvider, Wallet } from "@coral-xyz/anchor";
import { fixedKeypair, type Localnet, startLocalnet } from "@pinfi/localnet";
import { TOKEN_PROGRAM_ID } from "@pinfi/sdk";
import { createInitializeMint2Instruction, MINT_SIZE } from "@solana/spl-token";
import { Connection, type Keypair, SystemProgram, Transaction } from "@solana/web3.js";
import { expect } from "chai";
import { type RpcNode, startRpcNode } from "../../app/keeper/test/support/rpc-node";
import type { ClusterConfig, MintConfig } from "../../migrations/config";
import { MigrationError } from "../../migrations/step";
import { repositoryPrograms } from "../harness/programs";

const mintKey = fixedKeypair(61);
export const owner = fixedKeypair(62);
export const other = fixedKeypair(63);

export const usd: MintConfig = {
  name: "test dollar",
  address: mintKey.publicKey,
  minDeposit: 1_000n,
  allowedExtensions: [18, 19],
  feeBps: 50,
  burnBps: 2_000,
  treasuryOwner: owner.publicKey,
  enabled: true,
};

export interface World {
  net: Localnet;
  /** Over HTTP alone: nothing listens where web3.js would look for a WebSocket. */
  node: RpcNode;
  sent(): number;
  provider(wallet?: Keypair): AnchorProvider;
}

export async function startWorld(): Promise<World> {
  const net = startLocalnet({ programs: repositoryPrograms() });
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
export function answers(world: World, results: Record<string, unknown>): void {
  world.node.interfere = (method, response) => {
    if (!(method in results)) return false;
    const body = { jsonrpc: "2.0", id: "1", result: results[method] };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
    return true;
  };
}

/** What came of a migration: the code of its refusal, or `done`. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof MigrationError) return error.code;
    throw error;
  }
  return "done";
}

/** Of a cluster whose IDLs need not be published. */
export const configOf = (given: Partial<ClusterConfig>): ClusterConfig => ({
  authority: null,
  idl: "optional",
  mints: [],
  ...given,
});

/** A report that nobody reads. */
export const silent = () => undefined;
