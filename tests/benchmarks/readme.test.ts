import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import type { Table } from "./measure";

const ROOT = join(__dirname, "../..");
const table: Table = JSON.parse(readFileSync(join(__dirname, "compute-units.json"), "utf8"));
const units = (name: string) => `${table[`streams.${name}`]?.units.toLocaleString("en")} units`;
const largest = table["streams.settle.v1-max"];

describe("README", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const promised: [row: string, figure: string][] = [
    ["settle one voucher", units("settle.one")],
    ["targets in one v1 transaction", `${largest?.targets}`],
    ["cost units for each", ((largest?.costUnits ?? 0) / (largest?.targets ?? 1)).toFixed(1)],
    ["distinct payers in one v1 transaction", `${table["streams.settle.payers-max"]?.targets}`],
    ["add a line and fund it", units("add_line.funded")],
    ["claim to a token account", units("claim")],
  ];
  for (const [row, figure] of promised) {
    it(`says of "${row}" what was measured: ${figure}`, () => {
      const cells = readme.split("\n").find((line) => line.startsWith(`| ${row} `));
      assert.equal(cells?.split("|")[2]?.trim(), figure);
    });
  }
});
