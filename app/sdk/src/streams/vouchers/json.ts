import { PublicKey } from "@solana/web3.js";
import { InvalidArgument, VoucherError } from "../../failure";
import { checkTargets, type Targets } from "./message";
import { anyVoucher, type Voucher } from "./voucher";

/** A voucher as it travels over HTTP: keys in base58, signature in base64, totals as decimal strings. */
export interface VoucherJson {
  book: string;
  signer: string;
  signature: string;
  targets:
    | { kind: "dense"; start: number; cumulative: string[] }
    | { kind: "sparse"; entries: { line: number; cumulative: string }[] };
}

const refuse = (path: string, want: string): VoucherError =>
  new VoucherError("VOUCHER_JSON", `${path} must be ${want}`);

function object(value: unknown, path: string, keys: readonly string[]): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw refuse(path, "an object");
  }
  for (const key of Object.keys(value)) {
    if (!keys.includes(key)) throw refuse(path, `an object of ${keys.join(", ")}; it has ${key}`);
  }
  return value as Record<string, unknown>;
}

function array(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw refuse(path, "an array");
  return value;
}

function key(value: unknown, path: string): PublicKey {
  const want = "a public key in base58";
  if (typeof value !== "string") throw refuse(path, want);
  try {
    return new PublicKey(value);
  } catch {
    throw refuse(path, want);
  }
}

function signatureFrom(value: unknown): Uint8Array {
  const decoded = typeof value === "string" ? Buffer.from(value, "base64") : Buffer.alloc(0);
  if (decoded.length !== 64 || decoded.toString("base64") !== value) {
    throw refuse("signature", "64 bytes in base64");
  }
  return Uint8Array.from(decoded);
}

function total(value: unknown, path: string): bigint {
  if (typeof value !== "string" || !/^(0|[1-9][0-9]{0,19})$/.test(value)) {
    throw refuse(path, "a whole number of base units as a string of decimal digits");
  }
  return BigInt(value);
}

function targetsFrom(value: unknown): Targets {
  const { kind } = object(value, "targets", ["kind", "start", "cumulative", "entries"]);
  const parse = (): unknown => {
    if (kind === "dense") {
      const dense = object(value, "targets", ["kind", "start", "cumulative"]);
      const cumulative = array(dense.cumulative, "targets.cumulative").map((entry, index) =>
        total(entry, `targets.cumulative[${index}]`),
      );
      return { kind, start: dense.start, cumulative };
    }
    if (kind !== "sparse") throw refuse("targets.kind", '"dense" or "sparse"');
    const sparse = object(value, "targets", ["kind", "entries"]);
    const entries = array(sparse.entries, "targets.entries").map((entry, index) => {
      const path = `targets.entries[${index}]`;
      const { line, cumulative } = object(entry, path, ["line", "cumulative"]);
      return { line, cumulative: total(cumulative, `${path}.cumulative`) };
    });
    return { kind, entries };
  };
  try {
    return checkTargets(parse());
  } catch (error) {
    if (error instanceof InvalidArgument) throw new VoucherError("VOUCHER_JSON", error.message);
    throw error;
  }
}

/** The JSON form of a voucher. */
export function voucherToJson(voucher: Voucher): VoucherJson {
  anyVoucher(voucher, "voucher");
  const { targets } = voucher;
  return {
    book: voucher.book.toBase58(),
    signer: voucher.signer.toBase58(),
    signature: Buffer.from(voucher.signature).toString("base64"),
    targets:
      targets.kind === "dense"
        ? { ...targets, cumulative: targets.cumulative.map(String) }
        : {
            kind: "sparse",
            entries: targets.entries.map(({ line, cumulative }) => ({
              line,
              cumulative: String(cumulative),
            })),
          },
  };
}

/**
 * Reads the JSON form. Throws {@link VoucherError} `VOUCHER_JSON`, whose message names the field and
 * what it must be; it can be shown to the sender as it is. The signature is not verified here.
 */
export function voucherFromJson(json: unknown): Voucher {
  const value = object(json, "voucher", ["book", "signer", "signature", "targets"]);
  return {
    book: key(value.book, "book"),
    signer: key(value.signer, "signer"),
    signature: signatureFrom(value.signature),
    targets: targetsFrom(value.targets),
  };
}
