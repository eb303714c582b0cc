import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { type Voucher, voucherMessage } from "@pinfi/sdk";

/** DER header of an ed25519 public key: node takes keys in that form only. */
const DER_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
/** Vertical coordinates, sign bit cleared, of the eight points of small order. */
const SMALL_ORDER = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]);
/** Keys kept in parsed form; each book has one, so this serves as many books at a time. */
const PARSED_KEYS = 4_096;
const parsedKeys = new Map<string, KeyObject>();

/**
 * Whether the signature is one that the chain accepts, as the SDK's `verifyVoucher` decides,
 * ten times faster and on another thread.
 *
 * OpenSSL refuses scalars beyond the group order and compares the encoded nonce point, as the
 * chain's strict check does, but takes keys and nonces of small order: those are refused here.
 */
export function verifySignature(args: { domain: Uint8Array; voucher: Voucher }): Promise<boolean> {
  const { domain, voucher } = args;
  const key = Buffer.from(voucher.signer.toBytes());
  const signature = Buffer.from(voucher.signature);
  if (signature.length !== 64 || !isSound(key) || !isSound(signature.subarray(0, 32))) {
    return Promise.resolve(false);
  }
  const message = voucherMessage({ domain, targets: voucher.targets });
  return new Promise((resolve, reject) => {
    verify(null, message, parsedKey(key), signature, (error, valid) => {
      if (error) reject(error);
      else resolve(valid);
    });
  });
}

/** A canonical encoding (below the field prime) of a point that is not of small order. */
function isSound(point: Buffer): boolean {
  const cleared = Buffer.from(point);
  cleared.writeUInt8(cleared.readUInt8(31) & 0x7f, 31);
  const beyondPrime =
    cleared.readUInt8(0) >= 0xed &&
    cleared.readUInt8(31) === 0x7f &&
    cleared.subarray(1, 31).every((byte) => byte === 0xff);
  return !beyondPrime && !SMALL_ORDER.has(cleared.toString("hex"));
}

function parsedKey(key: Buffer): KeyObject {
  const name = key.toString("base64");
  const known = parsedKeys.get(name);
  if (known !== undefined) return known;
  const parsed = createPublicKey({
    key: Buffer.concat([DER_PREFIX, key]),
    format: "der",
    type: "spki",
  });
  if (parsedKeys.size >= PARSED_KEYS) parsedKeys.clear();
  parsedKeys.set(name, parsed);
  return parsed;
}
