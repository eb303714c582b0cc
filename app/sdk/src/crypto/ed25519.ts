import { bytes, checkArguments, methods } from "../arguments";
import { type Engine, littleEndian, native, portable } from "./engines";

const HALF = 32;
const PRIME = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
const SIGN_BIT = 2n ** 255n;

const ORDER_8_HEIGHT = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;

/** Heights of the eight points whose multiple by 8 is nothing; two points may share one. */
const SMALL_ORDER_HEIGHTS = new Set([0n, 1n, PRIME - 1n, ORDER_8_HEIGHT, PRIME - ORDER_8_HEIGHT]);

const best: Engine = native ?? portable;

/** Signs with the first 32 bytes of a Solana secret key. The signature has 64 bytes. */
export function sign(message: Uint8Array, secretKey: Uint8Array): Uint8Array {
  return best.sign(message, secretKey.subarray(0, HALF));
}

/** A canonical encoding of a height, and not that of a point of small order. */
function isSound(point: Uint8Array): boolean {
  const height = littleEndian(point) % SIGN_BIT;
  return height < PRIME && !SMALL_ORDER_HEIGHTS.has(height);
}

const shape = { message: bytes(), publicKey: bytes(), signature: bytes() };

/**
 * Whether the chain's ed25519 program accepts a signature: `[S]B = R + [k]A` to the point, with a
 * canonical scalar and canonical points, neither of them of small order.
 *
 * Ordinary verifiers multiply the equation by the cofactor 8. Such a one accepts signatures that
 * the chain refuses, and a payer can make them: add a point of small order to key or nonce, and the
 * voucher looks good for ever and never settles.
 */
export function isStrictSignature(
  args: { message: Uint8Array; publicKey: Uint8Array; signature: Uint8Array },
  engine: Engine = best,
): boolean {
  const { message, publicKey, signature } = checkArguments("isStrictSignature", shape, args);
  methods("sign", "holds")(engine, "engine");
  if (signature.length !== 2 * HALF || publicKey.length !== HALF) return false;
  return (
    littleEndian(signature.subarray(HALF)) < ORDER &&
    isSound(publicKey) &&
    isSound(signature.subarray(0, HALF)) &&
    engine.holds(message, publicKey, signature)
  );
}
