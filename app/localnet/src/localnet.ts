import { Keypair, type PublicKey } from "@solana/web3.js";
import { LiteSVM, Rent } from "litesvm";
import { type Accounts, accountsOf } from "./accounts";
import { type NamedProgram, readPrograms } from "./artifacts";
import { upgradeableProgramAccounts } from "./loader";
import { DEFAULT_UNIX_TIMESTAMP, type Step } from "./time";
import { type ClusterClock, timekeeperOf } from "./timekeeper";
import { type Transactions, transactionsOf } from "./transactions";

/** Rent of mainnet in November 2026, lamports a byte. */
export const MAINNET_LAMPORTS_PER_BYTE = 5_080n;

/** Lamports the payer starts with: 100,000 SOL of a test supply of a million. */
export const PAYER_LAMPORTS = 100_000_000_000_000n;

export interface LocalnetOptions {
  /** Programs of this repository to deploy. */
  programs?: readonly NamedProgram[];
  /** Where their files are; default `target/simulators`. */
  directory?: string;
  /** May upgrade them, and so may initialise them. Default: the payer. */
  upgradeAuthority?: PublicKey;
  /** Fee payer, funded at start. The default has a fixed seed, so that costs repeat. */
  payer?: Keypair;
  /** Unix seconds at start; default the first second of 2026. */
  unixTimestamp?: bigint;
  /** Rent; default what mainnet charges. */
  lamportsPerByte?: bigint;
}

/** One cluster in this process. Calls return when they have taken effect. */
export interface Localnet extends Accounts, Transactions {
  readonly payer: Keypair;
  clock(): ClusterClock;
  /** Moves slot, epoch, unix time, SlotHashes and the latest blockhash together. */
  advance(step: Step): void;
}

/** A key that is the same in every run: addresses, and with them compute units, repeat. */
export const fixedKeypair = (seed: number): Keypair => Keypair.fromSeed(Buffer.alloc(32, seed));

/**
 * Starts a cluster.
 *
 * @throws LocalnetError `program-file-missing` before anything has started.
 */
export function startLocalnet(options: LocalnetOptions = {}): Localnet {
  const { programs = [], payer = fixedKeypair(7), directory } = options;
  const loaded = readPrograms({ programs, ...(directory === undefined ? {} : { directory }) });

  // Lifetime and replay are the ledger's, see there.
  const svm = new LiteSVM().withBlockhashCheck(false);
  svm.setRent(new Rent(options.lamportsPerByte ?? MAINNET_LAMPORTS_PER_BYTE, 1, 50));
  const timekeeper = timekeeperOf(svm, options.unixTimestamp ?? DEFAULT_UNIX_TIMESTAMP);
  const accounts = accountsOf(svm);
  const { drawBlockhash, ...transactions } = transactionsOf(svm, () => timekeeper.clock().slot);

  accounts.airdrop(payer.publicKey, PAYER_LAMPORTS);
  const upgradeAuthority = options.upgradeAuthority ?? payer.publicKey;
  for (const { address, elf } of loaded) {
    const { minimumBalance } = accounts;
    const parts = upgradeableProgramAccounts({ address, elf, upgradeAuthority, minimumBalance });
    for (const part of parts) accounts.setAccount(part.address, part.account);
  }

  return {
    payer,
    ...accounts,
    ...transactions,
    clock: timekeeper.clock,
    advance(step) {
      timekeeper.advance(step);
      drawBlockhash();
    },
  };
}
