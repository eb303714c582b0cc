import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { inSol, type Size } from "./deployment";
import type { Row, Table } from "./measure";

const table: Table = JSON.parse(readFileSync(join(__dirname, "compute-units.json"), "utf8"));
const of = (name: string): Row => table[`streams.${name}`] ?? assert.fail(`${name} is no case`);
const count = (value = Number.NaN): string => value.toLocaleString("en");
const units = (name: string): string => count(of(name).units);
const each = (name: string): string => {
  const { costUnits, targets = Number.NaN } = of(name);
  return (costUnits / targets).toFixed(1);
};
const targets = (name: string): string => count(of(name).targets);

/** A cell of the row whose first cells are these. */
const cell = (file: string, begin: string, nth: number): string | undefined =>
  readFileSync(join(__dirname, file), "utf8")
    .split("\n")
    .find((line) => line.replace(/ +/g, " ").startsWith(`| ${begin} |`))
    ?.split("|")
    [nth]?.trim();

const sizes: Record<string, Size> = JSON.parse(
  readFileSync(join(__dirname, "program-sizes.json"), "utf8"),
);
const sizeOf = (name: string): Size => sizes[name] ?? assert.fail(`${name} is no program`);

describe("README", () => {
  it("says what deploying streams costs (W24)", () => {
    const figure = `${inSol(sizeOf("streams.v3"))} SOL`;
    assert.equal(cell("../../README.md", "deploy `streams` as SBPF v3", 2), figure);
  });

  it("says how many payments a keeper settled in the measured run", () => {
    const measured = JSON.parse(readFileSync(join(__dirname, "settle.json"), "utf8"));
    const { paymentsPerSecond } = measured.total.keeper;
    const readme = readFileSync(join(__dirname, "../../README.md"), "utf8");
    const cores = { 2: "two" }[measured.machine.cores as number];
    assert.include(
      readme,
      `on ${cores} cores settled ${count(paymentsPerSecond)} payments a second`,
    );
  });

  const promised: [row: string, figure: string][] = [
    ["settle one voucher", `${units("settle.one")} units`],
    ["targets in one v1 transaction", targets("settle.v1-max")],
    ["cost units for each", each("settle.v1-max")],
    ["distinct payers in one v1 transaction", targets("settle.payers-max")],
    ["add a line and fund it", `${units("add_line.funded")} units`],
    ["claim to a token account", `${units("claim")} units`],
  ];
  for (const [row, figure] of promised) {
    it(`says of "${row}" what was measured: ${figure}`, () => {
      assert.equal(cell("../../README.md", row, 2), figure);
    });
  }
});

describe("goals of the benchmarks", () => {
  const growing = ["settle", "claim", "fund_line", "add_line", "close_line", "remove_line"];
  const reached: [row: string, figure: string][] = [
    ["`settle.one` | at most 574 units", units("settle.one")],
    [
      "`settle.v1-max` | at least 450 targets, 30 cost units each",
      `${targets("settle.v1-max")} at ${each("settle.v1-max")}`,
    ],
    ["`settle.v0-max` | at least 96 targets", targets("settle.v0-max")],
    [
      "`settle.payers-max` | at least 27 payers in a v1 transaction",
      `${targets("settle.payers-max")} (\`settle_many\`)`,
    ],
    [
      "`add_line.funded` | at most 2,500 units",
      `${units("add_line.funded")} on reserved room, ${units("add_line.grow")} with it`,
    ],
    [
      "`add_line.funded` | at most 250,000 lamports of rent",
      `${count(of("add_line.grow").rent)}; ${count(96 * 2_575)} at the next rent step`,
    ],
    [
      "`claim` | at most 1,900 units",
      `${units("claim")}; ${units("claim.rate")} on a line with a rate`,
    ],
    ["`distribute` | the same for 10 and 1,000,000 members", `${units("distribute.10")} both`],
  ];
  it("says of the size of streams what was built (W24)", () => {
    const figure = (["v3", "v0"] as const).map((version) =>
      count(sizeOf(`streams.${version}`).bytes),
    );
    assert.equal(
      cell("README.md", "`streams.so` | at most 350,000 bytes", 3),
      `${figure[0]} as SBPF v3, ${figure[1]} as v0`,
    );
  });

  for (const [row, figure] of reached) {
    it(`says of ${row} what was measured: ${figure}`, () => {
      assert.equal(cell("README.md", row, 3), figure);
    });
  }

  it("has costs that do not grow: the same at every size", () => {
    assert.equal(of("distribute.10").units, of("distribute.1000000").units);
    for (const name of growing) {
      const sizes = ["1", "100", "65534"].map((lines) => of(`${name}.of-${lines}`).units);
      assert.deepEqual(sizes, Array(3).fill(sizes[0]), name);
    }
  });
});
