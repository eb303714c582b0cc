import {
  type PackedVoucher,
  PinFiError,
  packVoucher,
  readPacked,
  voucherFromJson,
} from "@pinfi/sdk";

/** A line of a feed: a voucher, or why it is none. */
export type FeedLine =
  | { line: number; bytes: Uint8Array; packed: PackedVoucher }
  | { line: number; malformed: string };

const NEWLINE = 10;
const PREFIX = Buffer.from('{"packed":"');
const SUFFIX = Buffer.from('"}');
const CARRIAGE_RETURN = 13;
/** No voucher is longer than a transaction; JSON spells amounts at up to three times their bytes. */
const LONGEST_LINE = 65_536;

/**
 * The vouchers of an NDJSON feed, one a line: `{"packed":"BASE64"}` with the SDK's packed form,
 * or its JSON form. Empty lines are passed over; whatever else a line is, it does not touch the others.
 * Vouchers are views of `body`, which is written over.
 */
export function parseFeed(body: Uint8Array): FeedLine[] {
  const feed = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const lines: FeedLine[] = [];
  let line = 0;
  for (let at = 0; at < feed.length; ) {
    line += 1;
    const newline = feed.indexOf(NEWLINE, at);
    const end = newline === -1 ? feed.length : newline;
    const last = feed[end - 1] === CARRIAGE_RETURN && end > at ? end - 1 : end;
    const text = feed.subarray(at, last);
    at = end + 1;
    if (text.length > 0) lines.push(parseLine(line, text));
  }
  return lines;
}

function parseLine(line: number, text: Buffer): FeedLine {
  if (text.length > LONGEST_LINE) {
    return { line, malformed: `a line has at most ${LONGEST_LINE} bytes` };
  }
  try {
    const bytes = bytesOf(text);
    return { line, bytes, packed: readPacked(bytes) };
  } catch (error) {
    if (error instanceof PinFiError) return { line, malformed: error.message };
    if (error instanceof SyntaxError) return { line, malformed: "the line is no JSON" };
    throw error;
  }
}

function bytesOf(text: Buffer): Uint8Array {
  const inner = text.length - SUFFIX.length;
  // The form that feeds are made of is read without a JSON parser, and decoded where it stands:
  // base64 is longer than what it spells.
  if (text.subarray(0, PREFIX.length).equals(PREFIX) && text.subarray(inner).equals(SUFFIX)) {
    const length = text.write(text.toString("latin1", PREFIX.length, inner), "base64");
    return new Uint8Array(text.buffer, text.byteOffset, length);
  }
  const json: unknown = JSON.parse(text.toString("utf8"));
  const packed = (json as { packed?: unknown } | null)?.packed;
  if (typeof packed === "string") return Buffer.from(packed, "base64");
  return packVoucher(voucherFromJson(json));
}
