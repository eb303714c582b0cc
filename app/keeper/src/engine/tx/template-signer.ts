import { COMPUTE_BUDGET_PROGRAM_ID, readWire } from "@pinfi/sdk";
import { PublicKey, TransactionInstruction } from "@solana/web3.js";
import { KeeperError } from "../errors";
import { assertAllowed, type SigningPolicy } from "./policy";

/** The key of the fee payer, for a thread of a program's own that signs copies of templates. */
export interface ThreadKey {
  /** 32 bytes. */
  seed: Uint8Array;
  payer: Uint8Array;
}

/** Signs transactions that differ from a template in bytes that no policy looks at. */
export interface TemplateSigner {
  /**
   * Holds the policy against a transaction of the template, once for all copies. The caller answers
   * for it that copies have other bytes in no other place than a blockhash, or an instruction's data
   * behind its discriminator.
   * Throws KeeperError as `assertAllowed` does.
   */
  admit(wire: Uint8Array): void;
  /** Writes the signature over a copy's message to the 64 bytes of `out`. */
  sign(message: Uint8Array, out: Uint8Array): void;
}

/** `signerOf`: signs with the key of that seed. */
export function createTemplateSigner(args: {
  key: ThreadKey;
  policy: SigningPolicy;
  signerOf: (seed: Uint8Array) => TemplateSigner["sign"];
}): TemplateSigner {
  const payer = new PublicKey(args.key.payer);
  const { policy } = args;
  return {
    admit(wire) {
      const { signatures, feePayer, instructions } = readWire(wire);
      if (signatures !== 1 || feePayer !== payer.toBase58()) {
        const message = "a template asks for signatures that are not the keeper's alone";
        throw new KeeperError({ failure: "internal", code: "ForeignSigner", message });
      }
      const own = instructions.filter(
        ({ program }) => program !== COMPUTE_BUDGET_PROGRAM_ID.toBase58(),
      );
      assertAllowed({ instructions: own.map(readable) }, { policy, payer });
    },
    sign: args.signerOf(args.key.seed),
  };
}

/** The wire does not tell flags; its only signer is the fee payer, which must not be named at all. */
const readable = (instruction: ReturnType<typeof readWire>["instructions"][number]) =>
  new TransactionInstruction({
    programId: new PublicKey(instruction.program),
    keys: instruction.accounts.map((address) => ({
      pubkey: new PublicKey(address),
      isSigner: false,
      isWritable: true,
    })),
    data: Buffer.from(instruction.data),
  });
