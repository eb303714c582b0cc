import { type Checker, string } from "../arguments";
import { DecodeError, InvalidArgument } from "../failure";

/** Bytes in which a class's or a region's name stands. */
const NAME_LENGTH = 32;

/** A name that has its bytes in UTF-8 filled up with zeros; 1 to 32 of them. */
export const nameBytes: Checker<Uint8Array> = (value, argument) => {
  const text = new TextEncoder().encode(string(value, argument));
  if (text.length === 0 || text.length > NAME_LENGTH || text.includes(0)) {
    const message = `${argument} is ${JSON.stringify(value)}, out of range: give 1 to ${NAME_LENGTH} bytes of text without zeros`;
    throw new InvalidArgument("ARGUMENT_RANGE", argument, message);
  }
  const bytes = new Uint8Array(NAME_LENGTH);
  bytes.set(text);
  return bytes;
};

/** The text of a name's bytes. Throws {@link DecodeError} where they are no UTF-8. */
export function nameOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      bytes.subarray(0, end < 0 ? undefined : end),
    );
  } catch {
    throw new DecodeError("WRONG_VALUE", "a name is no UTF-8");
  }
}
