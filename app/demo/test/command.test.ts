import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { assert } from "chai";

const ROOT = resolve(__dirname, "../../..");

describe("demo / command", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "pinfi-command-"));
  const file = join(folder, "log.csv");
  after(() => rmSync(folder, { recursive: true }));

  const run = (...argv: string[]) => {
    const main = [require.resolve("tsx/cli"), join(ROOT, "app/demo/src/main.ts")];
    const environment = { ...process.env, npm_lifecycle_event: "" };
    const options = { cwd: folder, encoding: "utf8", env: environment } as const;
    return spawnSync(process.execPath, [...main, ...argv], options);
  };

  before(() => {
    writeFileSync(
      file,
      "generatedtokens,timestamp,contexttokens\r\n7,2026-01-01T00:00:00Z,5\r\nx,y,z\r\n1,2026-01-01T00:00:01Z,2",
    );
  });

  it("prints the summary and nothing else with --json, and lists malformed rows aside", () => {
    const result = run(
      "--trace",
      "log.csv",
      "--payers",
      "1",
      "--nodes",
      "2",
      "--json",
      "--out",
      "out",
    );
    assert.equal(result.status, 0, result.stderr);
    const summary = JSON.parse(result.stdout);
    assert.equal(result.stdout, `${JSON.stringify(summary)}\n`);
    assert.deepInclude(summary, { payments: 2, settled: 2, claimed: 141, vault: 0 });
    assert.equal(summary.deposited, summary.claimed + summary.refunded + summary.vault);
    for (const key of ["transactions", "costUnits", "feesLamports", "seconds"]) {
      assert.isAbove(summary[key], 0, key);
    }
    assert.deepEqual(summary.trace.badRows.rows[0].line, 3);
    assert.include(result.stderr, "log.csv: 1 malformed row, skipped\n  line 3: TIMESTAMP is not");
    assert.deepEqual(JSON.parse(readFileSync(join(folder, "out/summary.json"), "utf8")), summary);
    assert.include(readFileSync(join(folder, "out/report.html"), "utf8"), "<!doctype html>");
  });

  it("refuses malformed rows before anything runs", () => {
    const result = run("--trace", "log.csv", "--on-bad-row", "refuse", "--out", "none");
    assert.equal(result.status, 2);
    assert.equal(result.stdout, "");
    assert.include(result.stderr, "line 3: TIMESTAMP is not a date and time");
    assert.include(result.stderr, "demo: 1 malformed row in");
    assert.isFalse(existsSync(join(folder, "none")));
  });

  it("says in one line what is wrong with a file or an option", () => {
    for (const argv of [
      ["--trace", "absent.csv"],
      ["--payers", "0"],
    ]) {
      const result = run(...argv);
      assert.equal(result.status, 2);
      assert.match(result.stderr, /^demo: [^\n]+\n$/);
    }
  });

  it("explains itself", () => {
    const result = run("--help");
    assert.equal(result.status, 0);
    assert.include(result.stdout, "--on-bad-row skip|refuse");
  });
});
