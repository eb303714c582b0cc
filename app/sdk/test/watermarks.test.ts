import { assert } from "chai";
import { startCluster } from "../examples/cluster";
import {
  BOOK_HEADER_LENGTH,
  decodeBook,
  decodeWatermarks,
  LINE_LENGTH,
  STREAMS_PROGRAM_ID,
} from "../src";
import { openBookWith } from "./books";

/** Where a line has its fields, by the program's layout. */
const VOUCHED = 40;
const RATE = 48;
const CLOSING_AT = 80;
const FLAGS = 88;
const NOW = 1_000n;

describe("watermarks", () => {
  it("are what the whole book says, line by line", () => {
    const cluster = startCluster();
    const address = openBookWith(cluster, { id: 3, lines: 6 });
    const found = cluster.net.account(address);
    assert.isNotNull(found);
    const data = Buffer.from(found.data);
    const at = (line: number): number => BOOK_HEADER_LENGTH + line * LINE_LENGTH;
    for (let line = 0; line < 6; line++) {
      data.writeBigUInt64LE(2n ** 64n - 1n - BigInt(line), at(line) + VOUCHED);
    }
    data.writeBigUInt64LE(2n ** 40n, at(1) + RATE);
    data.writeBigInt64LE(NOW, at(2) + CLOSING_AT);
    data.writeBigInt64LE(NOW + 1n, at(3) + CLOSING_AT);
    data.writeBigInt64LE(-(2n ** 63n), at(4) + CLOSING_AT);
    data.writeUInt32LE(4, at(4) + FLAGS);

    const account = { owner: STREAMS_PROGRAM_ID, data };
    const { lines, capacity, ...header } = decodeBook(account);
    const marks = decodeWatermarks(account, NOW);
    const { vouched, shut, busy, capacity: room, ...rest } = marks;
    assert.deepEqual([rest, room], [header, capacity]);
    const view = new DataView(vouched.buffer);
    assert.deepEqual(
      lines.map(({ index }) => view.getBigUint64(8 * index, true)),
      lines.map((line) => line.vouched),
    );
    assert.deepEqual([...shut], [0, 0, 1, 0, 1, 0]);
    assert.equal(busy, 3);
  });
});
