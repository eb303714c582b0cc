import { assert } from "chai";
import { arrayPieces, ndjsonPieces, type Pieces } from "../src/engine/http/pieces";

describe("keeper / bodies taken apart", () => {
  const all = (pieces: Pieces): [number, string][] =>
    [...pieces].flatMap((piece) =>
      piece === undefined ? [] : [[piece.line, piece.text.toString()]],
    );

  it("W04 lines are found as they are, with their numbers", () => {
    const of = (text: string) => all(ndjsonPieces(Buffer.from(text)));
    assert.deepEqual(of(""), []);
    assert.deepEqual(of("\n \r\n\t"), []);
    assert.deepEqual(of("a\n\n b \r\nc"), [
      [1, "a"],
      [3, "b"],
      [4, "c"],
    ]);
    assert.deepEqual(of("\uFEFF\na"), [[2, "a"]]);
  });

  it("W04 elements of an array are found as JSON has them", () => {
    const arrays = [
      [],
      [1],
      [{ a: '],[{"\\"', b: [1, [2, {}]] }, "x,]\\\\", null, [], [[]], { "\u2028": "\uFEFF" }],
    ];
    for (const array of arrays) {
      for (const indent of [0, 2]) {
        const text = ` ${JSON.stringify(array, null, indent)}\n`;
        const found = all(arrayPieces(Buffer.from(text)));
        assert.deepEqual(
          found.map(([, piece]) => JSON.parse(piece)),
          array,
        );
        assert.deepEqual(
          found.map(([line]) => line),
          array.map((_, index) => index + 1),
        );
      }
    }
    for (const text of ["", "{}", "[", "[1", "[1,", '["]', "[] []", "1", '[{"a":1]', "x[]"]) {
      assert.throws(() => all(arrayPieces(Buffer.from(text))), SyntaxError, undefined, text);
    }
  });
});
