import { isDeepStrictEqual } from "node:util";
import { Worker, type WorkerOptions } from "node:worker_threads";
import { COMPUTE_BUDGET_PROGRAM_ID, readWire, type WireFacts } from "@pinfi/sdk";
import { type Keypair, PublicKey, TransactionInstruction } from "@solana/web3.js";
import { KeeperError } from "../errors";
import { assertAllowed, type SigningPolicy } from "./policy";

/** The key of the fee payer, on its way from the engine to a thread that signs. */
export interface ThreadKey {
  /** 32 bytes. */
  seed: Uint8Array;
  payer: Uint8Array;
}

/** What such a thread is started with: the key, and the program's own data. */
export interface SigningThreadData<Data = unknown> {
  key: ThreadKey;
  data: Data;
}

/** Starts a thread whose `workerData` is {@link SigningThreadData}: `data` is what is given here. */
export type StartSigningThread = (
  file: string,
  options: Omit<WorkerOptions, "workerData"> & { data: unknown },
) => Worker;

/** Gives the key to threads, and to nobody who starts them. */
export const signingThreads =
  ({ secretKey, publicKey }: Keypair): StartSigningThread =>
  (file, { data, ...options }) => {
    const key = { seed: secretKey.slice(0, 32), payer: publicKey.toBytes() };
    return new Worker(file, { ...options, workerData: { key, data } satisfies SigningThreadData });
  };

/** Bytes of a transaction: from `from` up to `to`. */
export interface Span {
  from: number;
  to: number;
}

/** A transaction of which copies are to be signed. */
export interface SigningTemplate {
  wire: Uint8Array;
  /** What the signature is over. */
  message: Span;
  signatureAt: number;
  /** Where copies may differ, in order: blockhashes, and data of instructions behind the discriminator. */
  variable: readonly Span[];
}

/** Signs copies of one template, in place. Throws KeeperError `NotOfTemplate` for any other bytes. */
export type SignCopy = (wire: Uint8Array) => void;

/** Signs transactions that differ from a template in bytes that no policy looks at. */
export interface TemplateSigner {
  payer: PublicKey;
  /**
   * Holds the policy against the template, and looks that no variable byte is one that it asks for.
   * Throws KeeperError as `assertAllowed` does, or `NotOfTemplate`.
   */
  admit(template: SigningTemplate): SignCopy;
}

const SIGNATURE_LENGTH = 64;

/** `signerOf`: signs with the key of that seed, to the 64 bytes of `out`. */
export function createTemplateSigner(args: {
  key: ThreadKey;
  policy: SigningPolicy;
  signerOf: (seed: Uint8Array) => (message: Uint8Array, out: Uint8Array) => void;
}): TemplateSigner {
  const payer = new PublicKey(args.key.payer);
  const { policy } = args;
  const signBytes = args.signerOf(args.key.seed);
  const check = (wire: Uint8Array): WireFacts => {
    const facts = readWire(wire);
    const { signatures, feePayer, instructions } = facts;
    if (signatures !== 1 || feePayer !== payer.toBase58()) {
      const message = "a template asks for signatures that are not the keeper's alone";
      throw new KeeperError({ failure: "internal", code: "ForeignSigner", message });
    }
    const own = instructions.filter(
      ({ program }) => program !== COMPUTE_BUDGET_PROGRAM_ID.toBase58(),
    );
    assertAllowed({ instructions: own.map(readable) }, { policy, payer });
    return facts;
  };

  return {
    payer,
    admit({ wire, message: { from, to }, signatureAt, variable }) {
      // A byte of the form, an address or a discriminator reads otherwise in one of the two.
      const [zeroes, ones] = [0, 0xff].map((byte) => formOf(check(filled(wire, variable, byte))));
      if (!isDeepStrictEqual(zeroes, ones)) {
        throw notOfTemplate("variable bytes decide what the transaction is");
      }
      const template = Buffer.from(wire);
      const fixed = between(variable, { from, to });
      return (copy) => {
        for (const span of fixed) {
          if (template.compare(copy, span.from, span.to, span.from, span.to) !== 0) {
            throw notOfTemplate("a transaction differs from its template");
          }
        }
        signBytes(
          copy.subarray(from, to),
          copy.subarray(signatureAt, signatureAt + SIGNATURE_LENGTH),
        );
      };
    },
  };
}

const notOfTemplate = (message: string): KeeperError =>
  new KeeperError({ failure: "internal", code: "NotOfTemplate", message });

/** Copies with one byte in all the variable places. */
function filled(wire: Uint8Array, variable: readonly Span[], byte: number): Uint8Array {
  const copy = Uint8Array.from(wire);
  for (const { from, to } of variable) copy.fill(byte, from, to);
  return copy;
}

/** All that a transaction is, but for what its instructions are given. */
const formOf = ({ instructions, ...rest }: WireFacts) => ({
  ...rest,
  instructions: instructions.map(({ data, ...named }) => ({ ...named, length: data.length })),
});

/** What of a message does not vary. */
function between(variable: readonly Span[], { from, to }: Span): Span[] {
  const starts = [from, ...variable.map((span) => span.to)];
  const ends = [...variable.map((span) => span.from), to];
  return starts.map((start, index) => ({ from: start, to: ends[index] ?? to }));
}

/** The wire does not tell flags; its only signer is the fee payer, which must not be named at all. */
const readable = (instruction: WireFacts["instructions"][number]) =>
  new TransactionInstruction({
    programId: new PublicKey(instruction.program),
    keys: instruction.accounts.map((address) => ({
      pubkey: new PublicKey(address),
      isSigner: false,
      isWritable: true,
    })),
    data: Buffer.from(instruction.data),
  });
