import { ed25519 } from "@noble/curves/ed25519";
import { sha512 } from "@noble/hashes/sha2";

const { Point } = ed25519;
const HALF = 32;

/** The number that bytes give, lowest first. */
function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let index = bytes.length - 1; index >= 0; index--) {
    value = (value << 8n) | BigInt(bytes[index] as number);
  }
  return value;
}

/**
 * Whether the chain's ed25519 program accepts a signature: `[S]B = R + [k]A` to the point, with a
 * canonical scalar and canonical points, neither of them of small order.
 *
 * Ordinary verifiers multiply the equation by the cofactor 8. Such a one accepts signatures that
 * the chain refuses, and a payer can make them: add a point of small order to key or nonce, and the
 * voucher looks good for ever and never settles.
 */
export function isStrictSignature(args: {
  message: Uint8Array;
  publicKey: Uint8Array;
  signature: Uint8Array;
}): boolean {
  const { message, publicKey, signature } = args;
  if (signature.length !== 2 * HALF || publicKey.length !== HALF) return false;
  const nonce = signature.subarray(0, HALF);
  const scalar = littleEndian(signature.subarray(HALF));
  const { n: order } = Point.CURVE();
  if (scalar >= order) return false;
  try {
    const [key, point] = [Point.fromBytes(publicKey, false), Point.fromBytes(nonce, false)];
    if (key.isSmallOrder() || point.isSmallOrder()) return false;
    const hash = sha512.create().update(nonce).update(publicKey).update(message).digest();
    const right = point.add(key.multiplyUnsafe(littleEndian(hash) % order));
    return Point.BASE.multiplyUnsafe(scalar).equals(right);
  } catch {
    // Bytes that are no point of the curve: no signature.
    return false;
  }
}
