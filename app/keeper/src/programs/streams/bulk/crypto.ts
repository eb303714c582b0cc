import { type Engine, isStrictSignature } from "@pinfi/sdk";
import sodium from "sodium-native";

const SIGNATURE_LENGTH = 64;
const PUBLIC_LENGTH = 32;

const secretOf = (seed: Uint8Array): Buffer => {
  const secret = Buffer.alloc(sodium.crypto_sign_SECRETKEYBYTES);
  sodium.crypto_sign_seed_keypair(Buffer.alloc(PUBLIC_LENGTH), secret, asBuffer(seed));
  return secret;
};

/** Ed25519 by libsodium, which takes half the time of Node's own. Shared memory it does not read. */
export const libsodium: Engine = {
  sign(message, seed) {
    const signature = Buffer.alloc(SIGNATURE_LENGTH);
    sodium.crypto_sign_detached(signature, asBuffer(message), secretOf(seed));
    return Uint8Array.from(signature);
  },
  holds: (message, publicKey, signature) =>
    sodium.crypto_sign_verify_detached(
      asBuffer(signature),
      asBuffer(message),
      asBuffer(publicKey),
    ) === true,
};

/** Signs with one key, expanded once; the signature goes to the 64 bytes of `out`. */
export function signerOf(seed: Uint8Array): (message: Uint8Array, out: Uint8Array) => void {
  const secret = secretOf(seed);
  return (message, out) => sodium.crypto_sign_detached(asBuffer(out), asBuffer(message), secret);
}

/** The chain's strict check of a voucher's signature. */
export const verify = (args: Parameters<typeof isStrictSignature>[0]): boolean =>
  isStrictSignature(args, libsodium);

/** Its declarations ask for buffers, its code takes any bytes. */
const asBuffer = (bytes: Uint8Array): Buffer => bytes as Buffer;
