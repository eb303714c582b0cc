/*
 * Takes a posted body apart before anything in it is parsed. The generators give the text of one
 * element after the other, or undefined once in a while where there is none for long: who reads them
 * can stop at a limit, and let others have their turn.
 */

/** The text of one element within a body. */
export interface Piece {
  /** Line of an NDJSON body, element of an array; from 1 on. */
  line: number;
  text: Buffer;
}

export type Pieces = Generator<Piece | undefined, void>;

/** Bytes looked at without a pause. */
const STRETCH = 262_144;

const [TAB, NEWLINE, RETURN, SPACE] = [0x09, 0x0a, 0x0d, 0x20];
const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];
const [ARRAY, ARRAY_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];
const BYTE_ORDER_MARK = Buffer.from("\uFEFF");

const isBlank = (byte: number | undefined): boolean =>
  byte === NEWLINE || byte === SPACE || byte === RETURN || byte === TAB;

/** Where the text begins: some editors and systems put a byte order mark before it. */
const beginning = (body: Buffer): number =>
  body.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;

/** The bytes between `from` and `to` without the blanks at their end. */
function trimmed(body: Buffer, from: number, to: number): Buffer {
  let end = to;
  while (end > from && isBlank(body[end - 1])) end -= 1;
  return body.subarray(from, end);
}

/** The lines of an NDJSON body that are not blank. */
export function* ndjsonPieces(body: Buffer): Pieces {
  let line = 1;
  let at = beginning(body);
  for (let pause = at + STRETCH; at < body.length; ) {
    const byte = body[at];
    if (isBlank(byte)) {
      if (byte === NEWLINE) line += 1;
      at += 1;
      if (at < pause) continue;
      pause = at + STRETCH;
      yield undefined;
      continue;
    }
    const newline = body.indexOf(NEWLINE, at);
    const end = newline === -1 ? body.length : newline;
    yield { line, text: trimmed(body, at, end) };
    at = end;
  }
}

/** The elements of a JSON array. Throws SyntaxError where the body is none. */
export function* arrayPieces(body: Buffer): Pieces {
  const scan = createScan(body);
  yield* scan.blanks();
  if (body[scan.at] !== ARRAY) throw new SyntaxError("no array");
  scan.at += 1;
  for (let line = 1; ; line += 1) {
    yield* scan.blanks();
    if (line === 1 && body[scan.at] === ARRAY_END) break;
    const from = scan.at;
    yield* scan.value();
    yield { line, text: trimmed(body, from, scan.at) };
    if (body[scan.at] === ARRAY_END) break;
    scan.at += 1;
  }
  scan.at += 1;
  yield* scan.blanks();
  if (scan.at < body.length) throw new SyntaxError("more than an array");
}

function createScan(body: Buffer) {
  const scan = {
    at: beginning(body),
    /** Goes to the next byte that is not blank. */
    *blanks(): Pieces {
      for (let pause = scan.at + STRETCH; isBlank(body[scan.at]); scan.at += 1) {
        if (scan.at < pause) continue;
        pause = scan.at + STRETCH;
        yield undefined;
      }
    },
    /** Goes to the comma or bracket that ends a value. Whether it is a good one its parser says. */
    *value(): Pieces {
      let depth = 0;
      let quoted = false;
      for (let pause = scan.at + STRETCH; scan.at < body.length; scan.at += 1) {
        if (scan.at >= pause) {
          pause = scan.at + STRETCH;
          yield undefined;
        }
        const byte = body[scan.at];
        if (quoted) {
          if (byte === BACKSLASH) scan.at += 1;
          else if (byte === QUOTE) quoted = false;
        } else if (byte === QUOTE) quoted = true;
        else if (byte === OBJECT || byte === ARRAY) depth += 1;
        else if (depth === 0 && (byte === COMMA || byte === ARRAY_END)) return;
        else if (byte === OBJECT_END || byte === ARRAY_END) depth -= 1;
      }
      throw new SyntaxError("the array does not end");
    },
  };
  return scan;
}
