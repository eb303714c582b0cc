import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { UsageError } from "../src/errors";
import { MAX_TOKENS, parseTimestamp } from "../src/trace/fields";
import { MAX_ROW_BYTES, readTrace } from "../src/trace/read";

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
      ['2023-11-16 18:17:03,1"2,3', 'ContextTokens is not a whole number: "1\\"2"'],
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

  describe("W18 reads quoted fields as RFC 4180 says", () => {
    const PROMPT = `${HEADER},Prompt\n`;
    const tokensOf = async (content: string) =>
      (await read(content)).requests.map((request) => request.contextTokens);

    it("a row inside the quotes of another is no request", async () => {
      const rows = `2023-11-16 18:00:00,10,1,"hello\n2023-11-16 18:00:05,10000000,10000000,x\nend"\n2023-11-16 18:00:01,20,2,ok\n`;
      const { requests, badRows } = await read(`${PROMPT}${rows}`);
      assert.deepEqual(
        requests.map(({ contextTokens, generatedTokens }) => [contextTokens, generatedTokens]),
        [
          [10, 1],
          [20, 2],
        ],
      );
      assert.deepEqual(badRows, []);
    });

    for (const [name, end] of [
      ["LF", "\n"],
      ["CRLF", "\r\n"],
      ["CR", "\r"],
    ] as const) {
      it(`line ends and doubled quotes inside quotes keep the line numbers right (${name})`, async () => {
        const rows = [
          `${HEADER},Prompt`,
          `2023-11-16 18:00:00,10,1,"one${end}""two"",${end}${end}three"`,
          "",
          `"2023-11-16 18:00:01",20,2,"${end}"`,
          "bad row",
        ];
        const { requests, badRows } = await read(rows.join(end));
        assert.lengthOf(requests, 2);
        assert.deepEqual(badRows, [{ line: 9, reason: "1 field, not 4" }]);
      });
    }

    it("U+2028, U+2029 and U+0085 end no row", async () => {
      const inside = `2023-11-16 18:00:00,10,1,"a\u2028b"\n2023-11-16 18:00:01,20,2,c\u2029d\u0085e\n`;
      const { requests, badRows } = await read(`${PROMPT}${inside}bad row\n`);
      assert.lengthOf(requests, 2);
      assert.deepEqual(badRows, [{ line: 4, reason: "1 field, not 4" }]);
    });

    it("a quote in a field that does not begin with one is text", async () => {
      assert.deepEqual(await tokensOf(`${PROMPT}2023-11-16 18:00:00,10,1,6" and 7" wide\n`), [10]);
    });

    it("a quote out of place ends the reading: no row behind it is believed", async () => {
      const good = "2023-11-16 18:00:00,10,1,ok\n";
      const open = `${PROMPT}${good}2023-11-16 18:00:01,20,2,"open\n${good}`;
      assert.include(await refusal(open), "trace.csv: line 3: a quote is not closed, what follows");
      const beside = `${PROMPT}${good}2023-11-16 18:00:01,20,2,"a"b\n${good}`;
      assert.include(await refusal(beside), "line 3: text stands beside a quoted field, what");
      assert.deepEqual((await readTrace({ file: write(open), limit: 1 })).badRows, []);
    });

    const row = "2023-11-16 18:00:00,10,1,";
    const LONG = MAX_ROW_BYTES + 128 * 1024;
    for (const [name, rows] of [
      ["of letters", `${row}${"x".repeat(LONG)}`],
      ["of blanks", `${row}${" ".repeat(LONG)}`],
      ["of commas", `${row}${",".repeat(LONG)}`],
      ["inside quotes", `${row}"${"x".repeat(LONG)}"`],
    ] as const) {
      it(`a line beyond 8 MiB is refused: ${name}`, async () => {
        assert.include(await refusal(`${PROMPT}\n${rows}\n`), "line 3 is longer than 8 MiB");
      });
    }

    it("a row beyond 8 MiB is refused, however short its lines", async () => {
      const rows = `${row}ok\n${row}"${`${"x".repeat(99)}\n`.repeat(LONG / 100)}"\n`;
      assert.include(await refusal(`${PROMPT}${rows}`), "the row of line 3 is longer than 8 MiB");
    });

    it("a named pipe is read like a file", async () => {
      const pipe = join(folder, "pipe.csv");
      execFileSync("mkfifo", [pipe]);
      const reading = readTrace({ file: pipe });
      await writeFile(pipe, `${HEADER}\n2023-11-16 18:17:03,1,1\n`);
      const { requests, source } = await reading;
      assert.deepEqual([requests.length, source], [1, "pipe.csv"]);
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
