/** A value, or the reason why the text is not one. */
export type Parsed<T> = { value: T } | { reason: string };

/** Most tokens believed of one request; beyond it the row is taken as damaged. */
export const MAX_TOKENS = 10_000_000;

/** How much of a damaged field a message repeats. */
const SHOWN = 40;

function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text);
}

/** A token count: whole, not negative, at most {@link MAX_TOKENS}. */
export function parseTokens({ column, text }: { column: string; text: string }): Parsed<number> {
  if (text === "") return { reason: `${column} is empty` };
  if (/^-\d+(\.\d+)?$/.test(text)) return { reason: `${column} is negative: ${shown(text)}` };
  if (!/^\d+$/.test(text)) return { reason: `${column} is not a whole number: ${shown(text)}` };
  const value = Number(text);
  if (value > MAX_TOKENS) {
    return { reason: `${column} is more than ${MAX_TOKENS.toLocaleString("en")}: ${shown(text)}` };
  }
  return { value };
}

const TIMESTAMP =
  /^(\d{4})-(\d\d)-(\d\d)[ Tt](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,12}))?\s*(?:([Zz])|([+-])(\d\d):?(\d\d)?)?$/;

/**
 * A time as microseconds since 1970: `2023-11-16 18:17:03.9799600`, or ISO 8601 with `T`, `Z` or
 * an offset. Without an offset it is UTC.
 */
export function parseTimestamp(text: string): Parsed<number> {
  if (text === "") return { reason: "TIMESTAMP is empty" };
  const match = TIMESTAMP.exec(text);
  if (match === null) return { reason: `TIMESTAMP is not a date and time: ${shown(text)}` };
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const seconds = Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  const back = new Date(seconds * 1000);
  const exists =
    hour < 24 && minute < 60 && second < 60 && back.getUTCMonth() === month - 1 && year >= 1970;
  if (!exists || back.getUTCDate() !== day) {
    return { reason: `TIMESTAMP is a time that does not exist: ${shown(text)}` };
  }
  const offsetHours = Number(match[10] ?? 0);
  const offsetMinutes = Number(match[11] ?? 0);
  if (offsetHours > 14 || offsetMinutes > 59) {
    return { reason: `TIMESTAMP has an offset that does not exist: ${shown(text)}` };
  }
  const offset = (match[9] === "-" ? -1 : 1) * (offsetHours * 3600 + offsetMinutes * 60);
  const micros = Number((match[7] ?? "").padEnd(6, "0").slice(0, 6));
  const value = (seconds - offset) * 1_000_000 + micros;
  if (value < 0) return { reason: `TIMESTAMP is before 1970: ${shown(text)}` };
  return { value };
}
