import { createPrivateKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  assembleTransaction,
  type Budget,
  compileTransaction,
  type TransactionFormat,
} from "@pinfi/sdk";
import { Keypair, PublicKey } from "@solana/web3.js";
import bs58 from "bs58";
import { ConfigError } from "../errors";
import { assertAllowed, type Signing, type SigningPolicy } from "./policy";

/** A transaction that the key is asked to sign. */
export interface ToSign extends Signing {
  /** What it may be made of. */
  policy: SigningPolicy;
  format: TransactionFormat;
  budget: Budget;
  /** Base58. */
  blockhash: string;
}

/** The keeper's key. The secret stays inside, and signs what keeps to a policy. */
export interface PayerSigner {
  publicKey: PublicKey;
  /**
   * Wire bytes and the base58 signature that names the transaction.
   * Throws KeeperError as `assertAllowed` does.
   */
  sign(wanted: ToSign): { wire: Uint8Array; signature: string };
}

/** DER header of an ed25519 seed: node takes keys in that form only. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** Signs natively, some ten times faster than in JavaScript. */
export function payerSigner(keypair: Keypair): PayerSigner {
  const { publicKey } = keypair;
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, keypair.secretKey.subarray(0, 32)]),
    format: "der",
    type: "pkcs8",
  });
  return {
    publicKey,
    sign(wanted) {
      const { format, blockhash, instructions, budget, policy } = wanted;
      assertAllowed(wanted, { policy, payer: publicKey });
      const transaction = compileTransaction({
        format,
        payer: publicKey,
        blockhash,
        instructions,
        budget,
      });
      const signature = sign(null, transaction.message, key);
      const wire = assembleTransaction({
        transaction,
        signatureOf: (signer) => (signer.equals(publicKey) ? signature : undefined),
      });
      return { wire, signature: bs58.encode(signature) };
    },
  };
}

/**
 * The key of the configuration: `payer.secret`, else the file `payer.keypair`.
 * Throws ConfigError; its message never carries any of the secret.
 */
export function loadPayer(config: {
  keypair?: string | undefined;
  secret?: string | undefined;
}): Keypair {
  if (config.secret !== undefined) return readKey(config.secret, "payer.secret");
  if (config.keypair === undefined) {
    throw new ConfigError(
      "payer.keypair: expected the path of a key file (or PINFI__PAYER__SECRET in the environment)",
    );
  }
  if (/^\s*\[/.test(config.keypair)) {
    throw new ConfigError(
      "payer.keypair: expected the path of a key file; the array itself belongs into PINFI__PAYER__SECRET",
    );
  }
  const name = `payer.keypair (${config.keypair})`;
  let text: string;
  try {
    text = readFileSync(config.keypair, "utf8");
  } catch (cause) {
    throw new ConfigError(`${name}: ${(cause as NodeJS.ErrnoException).code ?? "cannot be read"}`);
  }
  return readKey(text, name);
}

function readKey(text: string, name: string): Keypair {
  let numbers: unknown;
  try {
    numbers = JSON.parse(text.replace(BYTE_ORDER_MARK, ""));
  } catch {
    // The parser's message quotes its input, which is the secret here.
  }
  if (!Array.isArray(numbers) || numbers.length !== 64 || !numbers.every(isByte)) {
    throw new ConfigError(
      `${name}: expected a JSON array of 64 numbers from 0 to 255, as solana-keygen writes it`,
    );
  }
  const secretKey = Uint8Array.from(numbers as number[]);
  const keypair = Keypair.fromSeed(secretKey.subarray(0, 32));
  if (keypair.publicKey.equals(new PublicKey(secretKey.subarray(32)))) return keypair;
  throw new ConfigError(
    `${name}: the halves of the key do not match: its last 32 numbers are not the public key of its first 32; take the file as solana-keygen wrote it`,
  );
}

const BYTE_ORDER_MARK = /^\uFEFF/;
const isByte = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;
