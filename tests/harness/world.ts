import { type ClusterClock, ranBeforeFailing, type Step } from "@pinfi/localnet";
import {
  type AccountInfo,
  type Keypair,
  type PublicKey,
  SystemProgram,
  Transaction,
  type TransactionInstruction,
} from "@solana/web3.js";
import type { Backend, BackendName, Outcome } from "./backend";
import { nameOfFailure } from "./error-names";
import { TransactionRefused } from "./refused";
import { changesOf, feeOf, snapshot } from "./snapshot";

/** Who signs and who pays. */
export interface SendOptions {
  /** Signers besides the fee payer. */
  signers?: readonly Keypair[];
  /** Default: the world's payer. */
  feePayer?: Keypair;
}

/** A raw transaction, with what its bytes do not readily say. */
export interface RawTransaction {
  bytes: Uint8Array;
  instructions: readonly TransactionInstruction[];
  feePayer: PublicKey;
}

/** What tests see of a simulator. The same on every backend. */
export interface World {
  readonly backend: BackendName;
  /** Whether a forged signature is noticed; see `describeSigned`. */
  readonly verifiesSignatures: boolean;
  /** Pays fees; its key is fixed, so that costs repeat. */
  readonly payer: Keypair;
  /** May upgrade the programs. */
  readonly upgradeAuthority: Keypair;
  /**
   * Sends one legacy transaction.
   *
   * @throws TransactionRefused with the error's name and every account it changed.
   */
  send(instructions: readonly TransactionInstruction[], options?: SendOptions): Promise<Outcome>;
  /** Sends bytes as they are, for tests that forge them. */
  sendRaw(transaction: RawTransaction): Promise<Outcome>;
  latestBlockhash(): Promise<string>;
  account(address: PublicKey): Promise<AccountInfo<Buffer> | null>;
  /** Overwrites an account, past every rule. */
  setAccount(address: PublicKey, account: AccountInfo<Buffer>): void;
  /** Addresses that the transactions so far have named, and those that were overwritten. */
  named(): PublicKey[];
  /** Lamports of an account; 0 where there is none. */
  lamports(address: PublicKey): Promise<bigint>;
  /** Gives lamports to a key, from the payer's. */
  fund(address: PublicKey, lamports: bigint): Promise<void>;
  /** Lamports that exempt an account of so many bytes from rent. */
  minimumBalance(bytes: number): Promise<bigint>;
  clock(): Promise<ClusterClock>;
  /** Moves slot, epoch and unix time together. */
  advance(step: Step): Promise<void>;
}

/** Builds the world on a backend. */
export function worldOn(backend: Backend): World {
  const named = new Map<string, PublicKey>();
  const name = (address: PublicKey): unknown => named.set(address.toBase58(), address);

  const sendRaw = async ({ bytes, instructions, feePayer }: RawTransaction): Promise<Outcome> => {
    const involved = [feePayer, ...instructions.flatMap(addressesIn)];
    involved.forEach(name);
    const before = await snapshot(backend, involved);
    const outcome = await backend.submit(bytes);
    const { failure, logs } = outcome;
    if (failure === null) return outcome;
    // A transaction that never ran is free; one that ran and failed still costs its fee.
    const fee = ranBeforeFailing(outcome) ? feeOf(bytes, instructions) : 0n;
    const programs = instructions.map(({ programId }) => programId);
    throw new TransactionRefused({
      errorName: nameOfFailure({ failure, logs, programs }),
      failure,
      logs,
      changes: changesOf({ before, after: await snapshot(backend, involved), feePayer, fee }),
    });
  };

  const world: World = {
    backend: backend.name,
    verifiesSignatures: backend.verifiesSignatures,
    payer: backend.payer,
    upgradeAuthority: backend.upgradeAuthority,
    async send(instructions, { signers = [], feePayer = backend.payer } = {}) {
      const transaction = new Transaction().add(...instructions, ...backend.distinction());
      transaction.recentBlockhash = await backend.latestBlockhash();
      transaction.feePayer = feePayer.publicKey;
      const bytes = signAll(transaction, [feePayer, ...signers]);
      return sendRaw({ bytes, instructions, feePayer: feePayer.publicKey });
    },
    sendRaw,
    latestBlockhash: backend.latestBlockhash,
    account: backend.account,
    setAccount(address, account) {
      name(address);
      backend.setAccount(address, account);
    },
    named: () => [...named.values()],
    lamports: async (address) => BigInt((await backend.account(address))?.lamports ?? 0),
    async fund(address, lamports) {
      const fromPubkey = backend.payer.publicKey;
      await world.send([SystemProgram.transfer({ fromPubkey, toPubkey: address, lamports })]);
    },
    minimumBalance: backend.minimumBalance,
    clock: backend.clock,
    advance: backend.advance,
  };
  return world;
}

const addressesIn = ({ programId, keys }: TransactionInstruction): PublicKey[] => [
  programId,
  ...keys.map(({ pubkey }) => pubkey),
];

/**
 * Signs with exactly the keys the message asks for. A forgotten one is a mistake of the
 * test, and bankrun would not notice it.
 */
function signAll(transaction: Transaction, keypairs: readonly Keypair[]): Uint8Array {
  const message = transaction.compileMessage();
  const required = message.accountKeys.slice(0, message.header.numRequiredSignatures);
  const signers = required.map((address) => {
    const keypair = keypairs.find(({ publicKey }) => publicKey.equals(address));
    if (keypair === undefined) throw new Error(`the test gives no key for ${address.toBase58()}`);
    return keypair;
  });
  transaction.sign(...signers);
  return transaction.serialize();
}
