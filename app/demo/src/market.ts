import { type Localnet, startLocalnet } from "@pinfi/localnet";
import { associatedTokenAddress } from "@pinfi/sdk";
import {
  addLine,
  bookAddress,
  decodeBookHeader,
  deposit,
  initialize,
  openBook,
  reserveLines,
  STREAMS_PROGRAM_ID,
  setMintPolicy,
} from "@pinfi/sdk/streams";
import {
  createAssociatedTokenAccountInstruction,
  createInitializeMint2Instruction,
  createMintToInstruction,
  MINT_SIZE,
  TOKEN_PROGRAM_ID,
} from "@solana/spl-token";
import { Keypair, type PublicKey, SystemProgram } from "@solana/web3.js";
import { type RecordedTransaction, recordTransactions } from "./cluster/recorder";
import { sendAll } from "./cluster/send";
import { DECIMALS } from "./pricing";
import { seedBytes } from "./trace/random";

/** Time between closing a line and its end, in seconds: the least that the program takes. */
export const GRACE_SECONDS = 900;

/** Least deposit of the mint's policy, base units. */
const MIN_DEPOSIT = 1_000n;

/** Lines that one `reserve_lines` makes room for at most. */
const LINES_A_RESERVE = 106;

/** Token accounts that one transaction pays: it names 64 accounts at most. */
const PAID_A_TRANSACTION = 50;

/** Accounts that one transaction makes: each costs six instructions of the runtime's 64. */
const TOKEN_ACCOUNTS_A_TRANSACTION = 9;

const LAMPORTS_PER_SOL = 1_000_000_000n;
/** Rent of the largest book and its vault, and fees, with room to spare. */
const PAYER_LAMPORTS = 2n * LAMPORTS_PER_SOL;
/** What the keeper has for fees at first. */
export const KEEPER_LAMPORTS = 1_000n * LAMPORTS_PER_SOL;

/** A key with its token account. */
export interface Party {
  keypair: Keypair;
  tokens: PublicKey;
}

/** A payer and its one book. Lines have the numbers of the nodes. */
export interface Payer extends Party {
  book: PublicKey;
  /** Opens every voucher of this book. */
  domain: Uint8Array;
  /** What it started with and put into the book, base units. */
  funds: bigint;
}

/** Who and what takes part, all on one cluster. */
export interface Market {
  localnet: Localnet;
  /** Deploys, sets the policy and mints. */
  operator: Keypair;
  keeper: Keypair;
  mint: PublicKey;
  treasury: PublicKey;
  payers: Payer[];
  nodes: Party[];
}

/** A line gets a fifth more than it will owe, as a payer with a careful forecast would do. */
function lineDeposit(owed: bigint): bigint {
  return owed + owed / 5n;
}

/** What a payer deposits: its lines, and a reserve that stays free. */
export function bookDeposit(owed: readonly bigint[]): bigint {
  const lines = owed.reduce((sum, units) => sum + lineDeposit(units), 0n);
  return lines + lines / 20n + MIN_DEPOSIT;
}

/** Starts the cluster with its clock at `unixSeconds` and every transaction recorded. */
export function startCluster({
  unixSeconds,
  onTransaction,
}: {
  unixSeconds: number;
  onTransaction(transaction: RecordedTransaction): void;
}): Localnet {
  const localnet = startLocalnet({
    programs: [{ name: "streams", address: STREAMS_PROGRAM_ID }],
    unixTimestamp: BigInt(unixSeconds),
  });
  return recordTransactions({ localnet, onTransaction });
}

async function createMint({
  localnet,
  mint,
  feeBps,
  burnBps,
  treasury,
}: {
  localnet: Localnet;
  mint: Keypair;
  feeBps: number;
  burnBps: number;
  treasury: PublicKey;
}): Promise<void> {
  const operator = localnet.payer;
  const authority = operator.publicKey;
  await sendAll({
    localnet,
    signers: [operator, mint],
    instructions: [
      SystemProgram.createAccount({
        fromPubkey: authority,
        newAccountPubkey: mint.publicKey,
        lamports: Number(localnet.minimumBalance(MINT_SIZE)),
        space: MINT_SIZE,
        programId: TOKEN_PROGRAM_ID,
      }),
      createInitializeMint2Instruction(mint.publicKey, DECIMALS, authority, null),
      createAssociatedTokenAccountInstruction(authority, treasury, authority, mint.publicKey),
      initialize({ payer: authority, upgradeAuthority: authority, authority }),
      setMintPolicy({
        authority,
        payer: authority,
        mint: mint.publicKey,
        treasury,
        minDeposit: MIN_DEPOSIT,
        allowedExtensions: 0n,
        feeBps,
        burnBps,
        enabled: true,
      }),
    ],
  });
}

async function openBooks({
  market,
  owed,
  onBook,
  signal,
}: {
  market: Omit<Market, "payers"> & { payers: Omit<Payer, "domain">[] };
  owed: readonly (readonly bigint[])[];
  onBook(opened: number): void;
  signal?: AbortSignal;
}): Promise<Payer[]> {
  const { localnet, mint, nodes } = market;
  const payers: Payer[] = [];
  for (const [index, payer] of market.payers.entries()) {
    const { keypair, book, tokens, funds } = payer;
    const key = keypair.publicKey;
    const reserves: number[] = [];
    for (let left = nodes.length; left > 0; left -= LINES_A_RESERVE) {
      reserves.push(Math.min(left, LINES_A_RESERVE));
    }
    await sendAll({
      localnet,
      signers: [keypair],
      signal,
      instructions: [
        openBook({ payer: key, mint, id: 0, graceSeconds: GRACE_SECONDS }),
        deposit({ book, mint, funder: key, source: tokens, amount: funds }),
        ...reserves.map((count) => reserveLines({ payer: key, book, count })),
      ],
    });
    await sendAll({
      localnet,
      signers: [keypair],
      signal,
      instructions: nodes.map((node, line) =>
        addLine({
          payer: key,
          book,
          line,
          payee: node.keypair.publicKey,
          deposit: lineDeposit(owed[index]?.[line] ?? 0n),
          rate: 0n,
          controlled: false,
        }),
      ),
    });
    const account = localnet.account(book);
    if (account === null) throw new Error(`the book ${book.toBase58()} is not there`);
    payers.push({ ...payer, domain: decodeBookHeader(account).voucherDomain });
    onBook(index + 1);
  }
  return payers;
}

/**
 * Sets everything up: mint, policy, token accounts, and one book for each payer with a line for
 * each node, funded for what it will owe. Keys come from the seed, so that costs repeat.
 */
export async function openMarket({
  localnet,
  seed,
  owed,
  nodes: nodeCount,
  feeBps,
  burnBps,
  onBook,
  signal,
}: {
  localnet: Localnet;
  seed: string;
  /** `owed[payer][node]`, base units. */
  owed: readonly (readonly bigint[])[];
  nodes: number;
  feeBps: number;
  burnBps: number;
  onBook(opened: number): void;
  signal?: AbortSignal;
}): Promise<Market> {
  const operator = localnet.payer;
  const key = (purpose: string): Keypair => Keypair.fromSeed(seedBytes({ seed, purpose }));
  const mintKey = key("mint");
  const mint = mintKey.publicKey;
  const tokensOf = (owner: PublicKey): PublicKey => associatedTokenAddress({ owner, mint });
  const treasury = tokensOf(operator.publicKey);
  await createMint({ localnet, mint: mintKey, feeBps, burnBps, treasury });

  const party = (purpose: string): Party => {
    const keypair = key(purpose);
    return { keypair, tokens: tokensOf(keypair.publicKey) };
  };
  const keeper = key("keeper");
  localnet.airdrop(keeper.publicKey, KEEPER_LAMPORTS);
  const nodes = Array.from({ length: nodeCount }, (_, index) => party(`node ${index}`));
  const payers = owed.map((lines, index) => {
    const payer = party(`payer ${index}`);
    localnet.airdrop(payer.keypair.publicKey, PAYER_LAMPORTS);
    const book = bookAddress({ payer: payer.keypair.publicKey, mint, id: 0 });
    return { ...payer, book, funds: bookDeposit(lines) };
  });

  await sendAll({
    localnet,
    signers: [operator],
    most: TOKEN_ACCOUNTS_A_TRANSACTION,
    signal,
    instructions: [...nodes, ...payers].map(({ keypair, tokens }) =>
      createAssociatedTokenAccountInstruction(operator.publicKey, tokens, keypair.publicKey, mint),
    ),
  });
  await sendAll({
    localnet,
    signers: [operator],
    most: PAID_A_TRANSACTION,
    signal,
    instructions: payers.map(({ tokens, funds }) =>
      createMintToInstruction(mint, tokens, operator.publicKey, funds),
    ),
  });
  const market = { localnet, operator, keeper, mint, treasury, nodes, payers };
  return { ...market, payers: await openBooks({ market, owed, onBook, signal }) };
}
