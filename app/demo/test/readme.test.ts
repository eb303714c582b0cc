import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { assert } from "chai";
import { parseOptions } from "../src/options";
import { loadTrace, runDemo } from "../src/run";
import { count, type Summary, summaryTable } from "../src/summary";

const README = readFileSync(resolve(__dirname, "../../../README.md"), "utf8");

/** Seconds are the machine's; all else of a default run is the same everywhere. */
const timeless = (line: string): string => line.replace(/in [\d.,]+ s$/, "in N s").trimEnd();

describe("demo / README", function () {
  this.timeout(300_000);
  let summary: Summary;
  before(async () => {
    const options = parseOptions([]);
    ({ summary } = await runDemo({ options, trace: await loadTrace(options) }));
  });

  it("W21 shows what a default run ends with, line by line", () => {
    const [, sample = ""] = /`npm run demo` ends like this.*?```\n(.*?)```/s.exec(README) ?? [];
    const shown = sample.trimEnd().split("\n").map(timeless);
    assert.isAtLeast(shown.length, 6);
    assert.include(shown, "  conserved to the unit                in N s");
    const printed = summaryTable(summary).split("\n").map(timeless);
    let at = -1;
    for (const line of shown.filter((each) => each.trim() !== "...")) {
      const next = printed.indexOf(line, at + 1);
      assert.isAbove(next, at, `a default run does not print "${line}" here`);
      at = next;
    }
  });

  it("W21 names the requests of a default run, and a bound above what a payment costs", () => {
    assert.include(README, `replays ${count(summary.payments)} requests`);
    const [, bound] = /less than (\d+) lamports a payment/.exec(README) ?? [];
    assert.isBelow(summary.settlement.lamportsPerPayment ?? Number.NaN, Number(bound));
  });
});
