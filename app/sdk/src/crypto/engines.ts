import { ed25519 } from "@noble/curves/ed25519";
import { sha512 } from "@noble/hashes/sha2";

/** An implementation of ed25519. */
export interface Engine {
  /** Signs with a secret seed of 32 bytes. */
  sign(message: Uint8Array, seed: Uint8Array): Uint8Array;
  /**
   * Whether `[S]B = R + [k]A` to the point, without the cofactor. Key and nonce are canonical
   * encodings, the scalar is below the order: the caller has seen to it.
   */
  holds(message: Uint8Array, publicKey: Uint8Array, signature: Uint8Array): boolean;
}

const { Point } = ed25519;

/** The number that bytes give, lowest first; whole words of 8 bytes. */
export function littleEndian(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let value = 0n;
  for (let at = bytes.length - 8; at >= 0; at -= 8) {
    value = (value << 64n) | view.getBigUint64(at, true);
  }
  return value;
}

/** Runs everywhere. */
export const portable: Engine = {
  sign: (message, seed) => ed25519.sign(message, seed),

  holds(message, publicKey, signature) {
    const nonce = signature.subarray(0, 32);
    const scalar = littleEndian(signature.subarray(32));
    try {
      const [key, point] = [Point.fromBytes(publicKey, false), Point.fromBytes(nonce, false)];
      const hash = sha512.create().update(nonce).update(publicKey).update(message).digest();
      const right = point.add(key.multiplyUnsafe(littleEndian(hash) % Point.CURVE().n));
      return Point.BASE.multiplyUnsafe(scalar).equals(right);
    } catch {
      // Bytes that are no point of the curve: no signature.
      return false;
    }
  },
};

/** DER headers: Node takes ed25519 keys in that form only. */
const SECRET_HEADER = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC_HEADER = Buffer.from("302a300506032b6570032100", "hex");

/** Keys whose parsed form is kept: the same ones sign and are verified again and again. */
const PARSED_KEYS = 4_096;

/** Parses each key once, as long as not too many others come in between. */
function parsedOnce<K>(parse: (key: Uint8Array) => K): (key: Uint8Array) => K {
  const parsed = new Map<string, K>();
  return (key) => {
    const name = Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
    const known = parsed.get(name);
    if (known !== undefined) return known;
    if (parsed.size >= PARSED_KEYS) parsed.clear();
    const fresh = parse(key);
    parsed.set(name, fresh);
    return fresh;
  };
}

function nodeEngine(crypto: typeof import("node:crypto")): Engine {
  const secretKey = parsedOnce((seed) =>
    crypto.createPrivateKey({
      key: Buffer.concat([SECRET_HEADER, seed]),
      format: "der",
      type: "pkcs8",
    }),
  );
  const publicKeyOf = parsedOnce((key) =>
    crypto.createPublicKey({
      key: Buffer.concat([PUBLIC_HEADER, key]),
      format: "der",
      type: "spki",
    }),
  );
  return {
    sign: (message, seed) => Uint8Array.from(crypto.sign(null, message, secretKey(seed))),
    // OpenSSL computes [S]B - [k]A and compares its encoding with the nonce.
    holds: (message, publicKey, signature) =>
      crypto.verify(null, message, publicKeyOf(publicKey), signature),
  };
}

const builtin = globalThis.process?.getBuiltinModule?.("node:crypto");

/** Node's own code, many times faster; null in a browser. */
export const native: Engine | null = builtin ? nodeEngine(builtin) : null;
