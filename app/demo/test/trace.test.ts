import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { UsageError } from "../src/errors";
import { MAX_TOKENS, parseTimestamp } from "../src/trace/fields";
import { readTrace } from "../src/trace/read";

const HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens";
const FIRST = Date.UTC(2023, 10, 16, 18, 17, 3) * 1000;

describe("demo / trace file", () => {
  const folder = mkdtempSync(join(tmpdir(), "pinfi-trace-"));
  after(() => rmSync(folder, { recursive: true }));

  const write = (content: string | Buffer): string => {
    const file = join(folder, "trace.csv");
    writeFileSync(file, content);
    return file;
  };
  const read = (content: string | Buffer, limit?: number) =>
    readTrace({ file: write(content), limit });
  const refusal = async (content: string | Buffer): Promise<string> => {
    try {
      await read(content);
    } catch (error) {
      assert.instanceOf(error, UsageError);
      assert.notInclude((error as Error).message, "\n");
      return (error as Error).message;
    }
    assert.fail("the file was read");
  };

  describe("reads", () => {
    it("the published form: CRLF, seven fraction digits, no last line end", async () => {
      const trace = await read(
        `${HEADER}\r\n2023-11-16 18:17:03.9799600,4808,10\r\n2023-11-16 18:17:04.0319609,3180,8`,
      );
      assert.deepEqual(trace, {
        source: "trace.csv",
        requests: [
          { atMicros: FIRST + 979_960, contextTokens: 4808, generatedTokens: 10 },
          { atMicros: FIRST + 1_031_960, contextTokens: 3180, generatedTokens: 8 },
        ],
        badRows: [],
        outOfOrder: 0,
      });
    });

    it("a byte order mark, blank lines, quotes, other columns in another order and case", async () => {
      const trace = await read(
        `\uFEFF"generatedtokens",Model, timestamp ,CONTEXTTOKENS\n\n7,"a ""b"", c","2023-11-16T18:17:03Z", 5 \n   \n`,
      );
      assert.deepEqual(trace.requests, [{ atMicros: FIRST, contextTokens: 5, generatedTokens: 7 }]);
      assert.deepEqual(trace.badRows, []);
    });

    it("rows out of order, sorted by time with equals left as they stand", async () => {
      const trace = await read(
        `${HEADER}\n2023-11-16 18:17:05,1,1\n2023-11-16 18:17:03,2,2\n2023-11-16 18:17:03,3,3\n`,
      );
      assert.deepEqual(
        trace.requests.map((request) => request.contextTokens),
        [2, 3, 1],
      );
      assert.equal(trace.outOfOrder, 1);
    });

    it("no further than the limit", async () => {
      const rows = `${HEADER}\n2023-11-16 18:17:05,1,1\n2023-11-16 18:17:03,2,2\nrubbish\n`;
      const trace = await read(rows, 2);
      assert.lengthOf(trace.requests, 2);
      assert.lengthOf(trace.badRows, 0);
    });

    it("a row without tokens as a request", async () => {
      const trace = await read(`${HEADER}\n2023-11-16 18:17:05,0,0\n`);
      assert.lengthOf(trace.requests, 1);
    });
  });

  describe("lists with line and reason", () => {
    const cases: [string, string][] = [
      ["rubbish", "1 field, not 3"],
      ["2023-11-16 18:17:03,1,2,3", "4 fields, not 3"],
      [",1,2", "TIMESTAMP is empty"],
      ["yesterday,1,2", 'TIMESTAMP is not a date and time: "yesterday"'],
      ["2023-02-29 18:17:03,1,2", "TIMESTAMP is a time that does not exist"],
      ["2023-11-16 24:00:00,1,2", "TIMESTAMP is a time that does not exist"],
      ["1969-12-31 23:59:59,1,2", "TIMESTAMP is a time that does not exist"],
      ["2023-11-16 18:17:03+25:00,1,2", "TIMESTAMP has an offset that does not exist"],
      ["2023-11-16 18:17:03,,2", "ContextTokens is empty"],
      ["2023-11-16 18:17:03,1,-2", 'GeneratedTokens is negative: "-2"'],
      ["2023-11-16 18:17:03,1.5,2", 'ContextTokens is not a whole number: "1.5"'],
      ["2023-11-16 18:17:03,1e3,2", 'ContextTokens is not a whole number: "1e3"'],
      ["2023-11-16 18:17:03,NaN,2", 'ContextTokens is not a whole number: "NaN"'],
      [`2023-11-16 18:17:03,${MAX_TOKENS + 1},2`, "ContextTokens is more than 10,000,000"],
      [`2023-11-16 18:17:03,${"9".repeat(400)},2`, "ContextTokens is more than 10,000,000"],
      ['2023-11-16 18:17:03,"1,2', "a quote is not closed"],
      ['2023-11-16 18:17:03,"1"2,3', "a quote is not closed, or text stands beside it"],
      [HEADER, 'TIMESTAMP is not a date and time: "TIMESTAMP"'],
    ];
    for (const [row, reason] of cases) {
      it(`${row.slice(0, 50)} (${reason})`, async () => {
        const trace = await read(`${HEADER}\n2023-11-16 18:17:03,1,1\n\n${row}\n`);
        assert.lengthOf(trace.requests, 1);
        assert.lengthOf(trace.badRows, 1);
        assert.equal(trace.badRows[0]?.line, 4);
        assert.include(trace.badRows[0]?.reason, reason);
        assert.isBelow((trace.badRows[0]?.reason ?? "").length, 120);
      });
    }

    it(`but takes ${MAX_TOKENS} tokens`, async () => {
      const trace = await read(`${HEADER}\n2023-11-16 18:17:03,${MAX_TOKENS},1\n`);
      assert.equal(trace.requests[0]?.contextTokens, MAX_TOKENS);
    });
  });

  describe("refuses in one line", () => {
    it("a file that is not there", async () => {
      const file = join(folder, "absent.csv");
      const error = await readTrace({ file }).catch((caught: unknown) => caught);
      assert.instanceOf(error, UsageError);
      assert.equal((error as Error).message, `${file}: no such file`);
    });

    it("a folder", async () => {
      const error = await readTrace({ file: folder }).catch((caught: unknown) => caught);
      assert.equal((error as Error).message, `${folder}: not a file`);
    });

    it("an empty file", async () => assert.include(await refusal(""), "the file is empty"));

    it("a file of blank lines", async () =>
      assert.include(await refusal("\n \n"), "no line but blank ones"));

    it("another header", async () =>
      assert.include(
        await refusal("time,ContextTokens,GeneratedTokens\n"),
        "no column TIMESTAMP; expected the header TIMESTAMP,ContextTokens,GeneratedTokens",
      ));

    it("a column that stands twice", async () =>
      assert.include(await refusal(`${HEADER},timestamp\n`), "TIMESTAMP stands twice"));

    it("UTF-16", async () =>
      assert.include(await refusal(Buffer.from(`${HEADER}\n`, "utf16le")), "UTF-16"));

    it("a header without rows", async () =>
      assert.include(await refusal(`${HEADER}\n`), "no request in it (0 malformed rows)"));

    it("nothing but malformed rows", async () =>
      assert.include(
        await refusal(`${HEADER}\na,b,c\n`),
        'no request in it (1 malformed rows; line 2: TIMESTAMP is not a date and time: "a")',
      ));
  });
});

describe("demo / timestamp", () => {
  const cases: [string, number][] = [
    ["2023-11-16 18:17:03", FIRST],
    ["2023-11-16T18:17:03Z", FIRST],
    ["2023-11-16t18:17:03.5z", FIRST + 500_000],
    ["2023-11-16 18:17:03.123456789", FIRST + 123_456],
    ["2023-11-16 19:17:03+01:00", FIRST],
    ["2023-11-16 12:47:03-0530", FIRST],
    ["2024-05-10 00:00:00.009930+00", Date.UTC(2024, 4, 10) * 1000 + 9_930],
    ["2024-02-29 23:59:59", Date.UTC(2024, 1, 29, 23, 59, 59) * 1000],
    ["1970-01-01 00:00:00", 0],
  ];
  for (const [text, value] of cases) {
    it(`reads ${text}`, () => assert.deepEqual(parseTimestamp(text), { value }));
  }

  it("refuses a time that an offset moves before 1970", () =>
    assert.deepEqual(parseTimestamp("1970-01-01 00:00:00+01:00"), {
      reason: 'TIMESTAMP is before 1970: "1970-01-01 00:00:00+01:00"',
    }));
});
