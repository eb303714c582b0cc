import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type LoadedProgram,
  PROGRAM_DIRECTORY_V3,
  readPrograms,
  upgradeableProgramAccounts,
} from "@pinfi/localnet";
import { associatedTokenAddress } from "@pinfi/sdk";
import {
  createAssociatedTokenAccountIdempotentInstruction,
  createInitializeMint2Instruction,
  createMintToInstruction,
  MINT_SIZE,
  TOKEN_PROGRAM_ID,
} from "@solana/spl-token";
import {
  Connection,
  Keypair,
  LAMPORTS_PER_SOL,
  type PublicKey,
  SystemProgram,
  sendAndConfirmTransaction,
  Transaction,
  type TransactionInstruction,
} from "@solana/web3.js";
import { repositoryPrograms } from "../harness/programs";
import { type Node, startNode } from "./node";
import { putAccount } from "./rpc";

const ROOT = join(__dirname, "../..");
const DECIMALS = 6;
/** What {@link Cluster.fund} gives. */
export const FUNDS = { lamports: 100 * LAMPORTS_PER_SOL, tokens: 1_000_000_000_000n } as const;

/** A node with the programs, a mint that anybody may open books of, and the keys to it all. */
export interface Cluster {
  node: Node;
  connection: Connection;
  /** Upgrade authority, authority of the programs, mint authority, owner of the treasury. */
  authority: Keypair;
  /** A file with that key. */
  authorityFile: string;
  mint: PublicKey;
  /** Gives an address 100 SOL, and 1,000,000 test dollars in its associated token account. */
  fund(owner: PublicKey): Promise<void>;
  /** Sends as the authority, and waits until it is confirmed. */
  send(instructions: TransactionInstruction[], signers?: Keypair[]): Promise<void>;
  /** Starts a node anew on the same database, after {@link Node.kill}. */
  startAgain(): Promise<void>;
}

/**
 * Starts a node on `port` (HTTP) and `port + 1` (WebSocket), loads the programs that were built last
 * and runs the migrations. All of it is kept in `folder`: a second start goes on where it stopped.
 */
export async function startCluster(args: {
  folder: string;
  port: number;
  report: (line: string) => void;
}): Promise<Cluster> {
  const { folder, port, report } = args;
  mkdirSync(folder, { recursive: true });
  const start = () => startNode({ port, database: join(folder, "chain.sqlite") });
  const authorityFile = join(folder, "authority-key.json");
  const authority = keyIn(authorityFile);
  const mint = keyIn(join(folder, "mint-key.json"));
  let node = await start();
  const { url } = node;
  const connection = new Connection(url, "confirmed");

  const send = async (instructions: TransactionInstruction[], signers: Keypair[] = []) => {
    const transaction = new Transaction().add(...instructions);
    await sendAndConfirmTransaction(connection, transaction, [authority, ...signers], {
      commitment: "confirmed",
    });
  };

  if ((await connection.getBalance(authority.publicKey)) === 0) {
    await give(connection, authority.publicKey);
  }
  report(`${await loadPrograms({ url, connection, authority: authority.publicKey })}`);
  if ((await connection.getAccountInfo(mint.publicKey)) === null) {
    const lamports = await connection.getMinimumBalanceForRentExemption(MINT_SIZE);
    const { publicKey } = authority;
    await send(
      [
        SystemProgram.createAccount({
          fromPubkey: publicKey,
          newAccountPubkey: mint.publicKey,
          lamports,
          space: MINT_SIZE,
          programId: TOKEN_PROGRAM_ID,
        }),
        createInitializeMint2Instruction(mint.publicKey, DECIMALS, publicKey, publicKey),
      ],
      [mint],
    );
  }
  const config = join(folder, "clusters.json");
  writeFileSync(config, `${JSON.stringify(configOf(mint.publicKey, authority.publicKey))}\n`);
  report(await migrate({ url, wallet: authorityFile, config }));

  return {
    get node() {
      return node;
    },
    connection,
    authority,
    authorityFile,
    mint: mint.publicKey,
    send,
    async fund(owner) {
      await give(connection, owner);
      const account = associatedTokenAddress({ owner, mint: mint.publicKey });
      const from = authority.publicKey;
      await send([
        createAssociatedTokenAccountIdempotentInstruction(from, account, owner, mint.publicKey),
        createMintToInstruction(mint.publicKey, account, from, FUNDS.tokens),
      ]);
    },
    async startAgain() {
      node = await start();
    },
  };
}

/** The key in a file, made where there is none. */
function keyIn(file: string): Keypair {
  if (!existsSync(file)) {
    writeFileSync(file, JSON.stringify([...Keypair.generate().secretKey]), { mode: 0o600 });
  }
  return Keypair.fromSecretKey(Uint8Array.from(JSON.parse(readFileSync(file, "utf8"))));
}

async function give(connection: Connection, to: PublicKey): Promise<void> {
  const signature = await connection.requestAirdrop(to, FUNDS.lamports);
  const latest = await connection.getLatestBlockhash();
  await connection.confirmTransaction({ signature, ...latest }, "confirmed");
}

/**
 * Puts the programs at their own addresses, for which nobody here has the keys, as the upgradeable
 * loader would have left them; what is there already and the same is left alone. Says what it did.
 */
async function loadPrograms(to: Destination): Promise<string> {
  const programs = readPrograms({
    programs: repositoryPrograms(),
    directory: PROGRAM_DIRECTORY_V3,
  });
  const lines: string[] = [];
  for (const program of programs) lines.push(await loadProgram(program, to));
  return lines.join("\n");
}

/** Where programs are loaded, and who may upgrade them there. */
interface Destination {
  url: string;
  connection: Connection;
  authority: PublicKey;
}

async function loadProgram(
  { name, address, elf }: LoadedProgram,
  { url, connection, authority }: Destination,
): Promise<string> {
  const what = `${name} at ${address.toBase58()}, ${elf.length.toLocaleString("en-US")} bytes`;
  const bytes = { programData: 45 + elf.length, program: 36 };
  const rent = new Map<number, bigint>();
  for (const size of Object.values(bytes)) {
    rent.set(size, BigInt(await connection.getMinimumBalanceForRentExemption(size)));
  }
  const accounts = upgradeableProgramAccounts({
    address,
    elf,
    upgradeAuthority: authority,
    minimumBalance: (size) => rent.get(size) ?? 0n,
  });
  const found = await connection.getMultipleAccountsInfo(accounts.map((one) => one.address));
  if (accounts.every(({ account }, at) => found[at]?.data.equals(account.data))) {
    return `${what}: as it was`;
  }
  for (const { address, account } of accounts) await putAccount({ url, address, account });
  return `${what}: loaded`;
}

/** What `migrations/clusters.json` would say of this cluster. */
function configOf(mint: PublicKey, owner: PublicKey): object {
  const empty = { authority: null, idl: "optional", mints: [] };
  const dollar = {
    name: "test dollar",
    address: mint.toBase58(),
    minDeposit: "1",
    allowedExtensions: [],
    feeBps: 100,
    burnBps: 0,
    treasuryOwner: owner.toBase58(),
    enabled: true,
  };
  return {
    mainnet: empty,
    devnet: empty,
    testnet: empty,
    localnet: { ...empty, mints: [dollar] },
  };
}

/** Runs the migrations as a user does, in a process of their own; resolves with what they say. */
export async function migrate(args: {
  url: string;
  wallet: string;
  config: string;
}): Promise<string> {
  const script = join(ROOT, "migrations/run.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, "--config", args.config], {
    cwd: ROOT,
    env: { ...process.env, ANCHOR_PROVIDER_URL: args.url, ANCHOR_WALLET: args.wallet },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let written = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      written += data;
    });
  }
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`the migrations failed (${code}): ${written}`);
  return written.trim();
}
