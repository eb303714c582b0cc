import { PinFiError } from "@pinfi/sdk";
import {
  type PackedVoucher,
  packVoucher,
  readPacked,
  unpackVoucher,
  type Voucher,
  voucherFromJson,
} from "@pinfi/sdk/streams";
import { ndjsonPieces } from "../../../engine/http/pieces";
import { MOST_BYTES, parseText } from "../vouchers/read";

/** A line of a feed: a voucher, or why it is none. */
export type FeedLine =
  | { line: number; bytes: Uint8Array; packed: PackedVoucher }
  | { line: number; malformed: string };

const PREFIX = Buffer.from('{"packed":"');
const SUFFIX = Buffer.from('"}');

/**
 * The vouchers of an NDJSON feed, one a line: `{"packed":"BASE64"}` with the SDK's packed form,
 * or its JSON form. Blank lines are passed over; whatever else a line is, it does not touch the others.
 * Vouchers are views of `body`, which is written over.
 */
export function* parseFeed(body: Uint8Array): Generator<FeedLine> {
  for (const piece of ndjsonPieces(Buffer.from(body.buffer, body.byteOffset, body.byteLength))) {
    if (piece !== undefined) yield parseLine(piece.line, piece.text);
  }
}

function parseLine(line: number, text: Buffer): FeedLine {
  try {
    const read = readLine(text);
    const bytes = read instanceof Uint8Array ? read : packVoucher(read);
    return { line, bytes, packed: readPacked(bytes) };
  } catch (error) {
    if (error instanceof PinFiError) return { line, malformed: error.message };
    throw error;
  }
}

/** The voucher of a line, which is written over. Throws VoucherError. */
export function voucherOf(text: Buffer): Voucher {
  const read = readLine(text);
  return read instanceof Uint8Array ? unpackVoucher(read) : read;
}

/**
 * What a line has: a packed voucher, written over the text where it can be, or one in the JSON form.
 * Throws VoucherError.
 */
function readLine(text: Buffer): Uint8Array | Voucher {
  const inner = text.length - SUFFIX.length;
  // The form that feeds are made of is read without a JSON parser, and decoded where it stands:
  // base64 is longer than what it spells.
  const isPlain =
    text.length <= MOST_BYTES &&
    text.subarray(0, PREFIX.length).equals(PREFIX) &&
    text.subarray(inner).equals(SUFFIX);
  if (isPlain) {
    const length = text.write(text.toString("latin1", PREFIX.length, inner), "base64");
    return new Uint8Array(text.buffer, text.byteOffset, length);
  }
  const json = parseText(text);
  const packed = (json as { packed?: unknown }).packed;
  if (typeof packed === "string") return Buffer.from(packed, "base64");
  return voucherFromJson(json);
}
