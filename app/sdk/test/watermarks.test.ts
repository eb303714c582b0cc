import { assert } from "chai";
import { startCluster } from "../examples/cluster";
import {
  BOOK_HEADER_LENGTH,
  decodeBook,
  decodeWatermarks,
  LINE_LENGTH,
  STREAMS_PROGRAM_ID,
  voucherCeiling,
} from "../src/streams";
import { openBookWith } from "./books";

/** Where a line has its fields, by the program's layout. */
const DEPOSIT = 32;
const VOUCHED = 40;
const RATE = 48;
const ACCRUED = 56;
const CLOSING_AT = 80;
const FLAGS = 88;
const NOW = 1_000n;

describe("watermarks", () => {
  it("are what the whole book says, line by line, and so is what its deposits cover (W01)", () => {
    const cluster = startCluster();
    const address = openBookWith(cluster, { id: 3, lines: 6 });
    const found = cluster.net.account(address);
    assert.isNotNull(found);
    const data = Buffer.from(found.data);
    const at = (line: number): number => BOOK_HEADER_LENGTH + line * LINE_LENGTH;
    for (let line = 0; line < 6; line++) {
      data.writeBigUInt64LE(2n ** 64n - 1n - BigInt(line), at(line) + VOUCHED);
    }
    for (let line = 0; line < 6; line++) {
      data.writeBigUInt64LE(1_000n + BigInt(line), at(line) + DEPOSIT);
    }
    data.writeBigUInt64LE(2n ** 40n, at(1) + RATE);
    data.writeBigUInt64LE(300n, at(5) + ACCRUED);
    data.writeBigInt64LE(NOW, at(2) + CLOSING_AT);
    data.writeBigInt64LE(NOW + 1n, at(3) + CLOSING_AT);
    data.writeBigInt64LE(-(2n ** 63n), at(4) + CLOSING_AT);
    data.writeUInt32LE(4, at(4) + FLAGS);

    const account = { owner: STREAMS_PROGRAM_ID, data };
    const { lines, capacity, ...header } = decodeBook(account);
    const marks = decodeWatermarks(account, NOW);
    const { vouched, ceilings, closesAt, shut, busy, capacity: room, ...rest } = marks;
    assert.deepEqual([rest, room], [header, capacity]);
    const view = new DataView(vouched.buffer);
    assert.deepEqual(
      lines.map(({ index }) => view.getBigUint64(8 * index, true)),
      lines.map((line) => line.vouched),
    );
    const ceilingView = new DataView(ceilings.buffer);
    assert.deepEqual(
      lines.map(({ index }) => ceilingView.getBigUint64(8 * index, true)),
      lines.map((line) => voucherCeiling({ line, now: NOW })),
    );
    assert.equal(ceilingView.getBigUint64(8 * 5, true), 1_005n - 300n);
    assert.equal(closesAt, NOW + 1n);
    assert.deepEqual([...shut], [0, 0, 1, 0, 1, 0]);
    assert.equal(busy, 3);
  });
});
