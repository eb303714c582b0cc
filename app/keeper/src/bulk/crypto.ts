import { createPrivateKey, sign } from "node:crypto";
import { isStrictSignature } from "@pinfi/sdk";

/** DER header of an ed25519 seed: node takes keys in that form only. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** Signs with one key, parsed once. */
export function signerOf(seed: Uint8Array): (message: Uint8Array) => Uint8Array {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: "der",
    type: "pkcs8",
  });
  return (message) => sign(null, message, key);
}

/** The chain's strict check of a voucher's signature. */
export const verify = isStrictSignature;
