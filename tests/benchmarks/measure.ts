import {
  type Budget,
  compileTransaction,
  readWire,
  signTransaction,
  type TransactionFormat,
  transactionCost,
} from "@pinfi/sdk";
import type { Keypair, PublicKey, TransactionInstruction } from "@solana/web3.js";
import { repositoryPrograms } from "../harness/programs";
import type { World } from "../harness/world";
import { KEYRING, KEYS } from "../streams/keys";

/** One row of the table. */
export interface Row {
  /** Compute units of the program itself, its calls included, summed over its instructions. */
  units: number;
  /** What the whole transaction counts against a block's limits. */
  costUnits: number;
  /** Of the whole transaction, signatures included. */
  bytes: number;
  /** Accounts the transaction names, the programs included. */
  accounts: number;
  /** Vouched totals it carries. */
  targets?: number;
  /** Lamports that stay behind in what was created or grew, at 5,080 a byte; left out where none do. */
  rent?: number;
}

/** Rows by case: `program.instruction[.variant]`. */
export type Table = Record<string, Row>;

/** A transaction to measure. */
export interface Case {
  instructions: readonly TransactionInstruction[];
  /** Default: the payer of the book, who signs most of what there is. */
  feePayer?: Keypair;
  /** Whoever may have to sign besides; default: the people in the tests of streams. */
  signers?: readonly Keypair[];
  format?: TransactionFormat;
  /** Default: what a careful sender asks for. */
  budget?: Budget;
  targets?: number;
}

/** Enough for any single instruction, and a limit on loaded data that covers the program. */
const DEFAULT_BUDGET: Budget = {
  computeUnitLimit: 100_000,
  loadedAccountsDataSizeLimit: 1024 * 1024,
};

/** Sends the transaction, which must succeed, and reads its cost off. */
export async function measure({ world }: { world: World }, one: Case): Promise<Row> {
  const {
    instructions,
    feePayer = KEYS.payer,
    signers = KEYRING,
    format = "v0",
    budget = DEFAULT_BUDGET,
    targets,
  } = one;
  const transaction = compileTransaction({
    format,
    payer: feePayer.publicKey,
    blockhash: await world.latestBlockhash(),
    instructions,
    budget,
  });
  const named = namedBesides(instructions, [feePayer.publicKey, KEYS.payer.publicKey]);
  const owned = () => lamportsOf(world, named);
  const before = await owned();
  const bytes = signTransaction({
    transaction,
    signers: [feePayer, ...signers, world.upgradeAuthority, world.payer],
  });
  const outcome = await world.sendRaw({ bytes, instructions, feePayer: feePayer.publicKey });
  const wire = readWire(bytes);
  const rent = (await owned()) - before;
  const { costUnits } = transactionCost({ wire, units: outcome.units });
  return {
    units: programUnits(outcome.logs),
    costUnits,
    bytes: wire.bytes,
    accounts: wire.accounts,
    ...(targets === undefined ? {} : { targets }),
    ...(rent > 0 ? { rent } : {}),
  };
}

/** Addresses of the accounts that instructions name, without those who pay. */
function namedBesides(
  instructions: readonly TransactionInstruction[],
  payers: readonly PublicKey[],
): PublicKey[] {
  const keys = instructions.flatMap((one) => one.keys.map(({ pubkey }) => pubkey));
  const named = new Map(keys.map((key) => [key.toBase58(), key]));
  for (const payer of payers) named.delete(payer.toBase58());
  return [...named.values()];
}

async function lamportsOf(world: World, addresses: readonly PublicKey[]) {
  const accounts = await Promise.all(addresses.map((address) => world.account(address)));
  return accounts.reduce((sum, account) => sum + Number(account?.lamports ?? 0), 0);
}

/** Units of the repository's programs at the top level, from the runtime's own lines. */
export function programUnits(logs: readonly string[]): number {
  const ids = repositoryPrograms().map(({ address }) => address.toBase58());
  const consumed = new RegExp(`^Program (?:${ids.join("|")}) consumed (\\d+) of`);
  return logs.reduce((sum, line) => sum + Number(consumed.exec(line)?.[1] ?? 0), 0);
}
