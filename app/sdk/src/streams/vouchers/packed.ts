import { PublicKey } from "@solana/web3.js";
import { bytes as byteArray, u32 } from "../../arguments";
import { VoucherError } from "../../failure";
import { checkTargets, DOMAIN_LENGTH, type Targets, voucherMessage } from "./message";
import { anyVoucher, type Voucher } from "./voucher";

/**
 * The packed form of a voucher, for feeds of many: book 32, signer 32, signature 64, then the
 * targets just as they are signed (Borsh). No lengths: the targets end where the bytes end.
 */
const SIGNER = 32;
const SIGNATURE = 64;
const TARGETS = 128;
const DENSE = 0;
const DENSE_HEADER = 7;
const SPARSE_HEADER = 5;
const MOST_LINES = 0x1_0000;

/** A packed voucher, taken apart without a copy and without a bigint for each target. */
export interface PackedVoucher {
  book: Uint8Array;
  signer: Uint8Array;
  signature: Uint8Array;
  /** Borsh, as it is signed behind the domain. */
  targets: Uint8Array;
  kind: "dense" | "sparse";
  /** First line of a dense voucher; 0 of a sparse one. */
  start: number;
  count: number;
}

/** Bytes of a packed dense voucher of so many targets. */
export const packedLength = (count: number): number =>
  TARGETS + DENSE_HEADER + 8 * u32(count, "count");

/** Packs a voucher. Throws InvalidArgument when its targets are not such. */
export function packVoucher(voucher: Voucher): Uint8Array {
  const { book, signer, signature, targets } = anyVoucher(voucher, "voucher");
  const message = voucherMessage({ domain: new Uint8Array(DOMAIN_LENGTH), targets });
  const out = new Uint8Array(TARGETS + message.length - DOMAIN_LENGTH);
  out.set(book.toBytes());
  out.set(signer.toBytes(), SIGNER);
  out.set(signature, SIGNATURE);
  out.set(message.subarray(DOMAIN_LENGTH), TARGETS);
  return out;
}

/**
 * Takes a packed voucher apart; the parts are views of its bytes.
 * Throws {@link VoucherError} `VOUCHER_PACKED` unless the bytes are exactly one. The signature is not
 * verified here.
 */
export function readPacked(packed: Uint8Array): PackedVoucher {
  const bytes = byteArray()(packed, "packed");
  const parts = {
    book: bytes.subarray(0, SIGNER),
    signer: bytes.subarray(SIGNER, SIGNATURE),
    signature: bytes.subarray(SIGNATURE, TARGETS),
    targets: bytes.subarray(TARGETS),
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = bytes[TARGETS];
  const header = tag === DENSE ? DENSE_HEADER : SPARSE_HEADER;
  if (bytes.length < TARGETS + header || (tag ?? 2) > 1) {
    throw refuse("a book, a signer, a signature and targets");
  }
  const count = view.getUint32(TARGETS + header - 4, true);
  const want = tag === DENSE ? packedLength(count) : TARGETS + header + 10 * count;
  if (count === 0 || bytes.length !== want) {
    throw refuse(`${want} bytes for its ${count} targets, of which there must be one`);
  }
  if (tag !== DENSE) return { ...parts, kind: "sparse", start: 0, count };
  const start = view.getUint16(TARGETS + 1, true);
  if (start + count > MOST_LINES) throw refuse("targets of no line beyond 65535");
  return { ...parts, kind: "dense", start, count };
}

/** The voucher that a packed form stands for. Throws like {@link readPacked}. */
export function unpackVoucher(bytes: Uint8Array): Voucher {
  const packed = readPacked(bytes);
  const { targets, kind, start, count } = packed;
  const view = new DataView(targets.buffer, targets.byteOffset, targets.byteLength);
  const read: Targets =
    kind === "dense"
      ? {
          kind,
          start,
          cumulative: Array.from({ length: count }, (_, nth) =>
            view.getBigUint64(DENSE_HEADER + 8 * nth, true),
          ),
        }
      : {
          kind,
          entries: Array.from({ length: count }, (_, nth) => ({
            line: view.getUint16(SPARSE_HEADER + 10 * nth, true),
            cumulative: view.getBigUint64(SPARSE_HEADER + 10 * nth + 2, true),
          })),
        };
  return {
    book: new PublicKey(packed.book),
    signer: new PublicKey(packed.signer),
    signature: Uint8Array.from(packed.signature),
    targets: checkTargets(read),
  };
}

const refuse = (want: string): VoucherError =>
  new VoucherError("VOUCHER_PACKED", `a packed voucher must be ${want}`);
