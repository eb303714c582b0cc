import { VoucherError } from "@pinfi/sdk";
import { type Voucher, voucherFromJson } from "@pinfi/sdk/streams";

/** Shortest and longest text of a voucher: no transaction carries more targets than that. */
const LEAST_BYTES = 200;
export const MOST_BYTES = 65_536;
const OBJECT = 0x7b;

/**
 * The JSON value of a voucher's text; what cannot be a voucher is refused by how it begins and by its
 * length, before it is parsed. Throws VoucherError, which can be shown to the sender.
 */
export function parseText(text: Buffer): unknown {
  if (text[0] !== OBJECT) throw refuse("a voucher is a JSON object: it begins with {");
  if (text.length < LEAST_BYTES || text.length > MOST_BYTES) {
    throw refuse(`a voucher has ${LEAST_BYTES} to ${MOST_BYTES} bytes, this has ${text.length}`);
  }
  try {
    return JSON.parse(text.toString("utf8"));
  } catch {
    throw refuse("this is no JSON");
  }
}

/** The voucher of a text in the JSON form. Throws VoucherError, which can be shown to the sender. */
export const readVoucher = (text: Buffer): Voucher => voucherFromJson(parseText(text));

const refuse = (message: string): VoucherError => new VoucherError("VOUCHER_JSON", message);
