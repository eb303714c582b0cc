import { type StdioOptions, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { assert } from "chai";

const ROOT = resolve(__dirname, "../../..");
const MAIN = ["--require", require.resolve("tsx/cjs"), join(ROOT, "app/demo/src/main.ts")];

describe("demo / command", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "pinfi-command-"));
  const file = join(folder, "log.csv");
  after(() => rmSync(folder, { recursive: true }));

  const runWith = (stdio: StdioOptions, ...argv: string[]) => {
    const environment = { ...process.env, npm_lifecycle_event: "" };
    const options = { cwd: folder, encoding: "utf8", env: environment, stdio } as const;
    return spawnSync(process.execPath, [...MAIN, ...argv], options);
  };
  const run = (...argv: string[]) => runWith("pipe", ...argv);

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

  /** Starts the demo; `said` resolves once it has printed the text on standard error. */
  const start = (argv: readonly string[], environment: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [...MAIN, ...argv], {
      cwd: folder,
      env: { ...process.env, npm_lifecycle_event: "", ...environment },
    });
    let errors = "";
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
    });
    const said = (text: string) =>
      new Promise<void>((resolve, reject) => {
        child.stderr.on("data", (chunk) => {
          errors += chunk;
          if (errors.includes(text)) resolve();
        });
        child.once("close", () => reject(new Error(`ended without "${text}": ${errors}`)));
      });
    const ended = new Promise<{ status: number | null; stdout: string; stderr: string }>(
      (resolve) =>
        child.once("close", (status) => resolve({ status, stdout: output, stderr: errors })),
    );
    return { child, said, ended };
  };
  const SMALL = ["--payers", "1", "--nodes", "2"];

  it("W18 reads a trace from standard input, with the right sum", async () => {
    const { child, ended } = start(["--trace", "/dev/stdin", ...SMALL, "--json", "--out", "piped"]);
    const phantom = `10,1,"hello\n2023-11-16 18:00:05,10000000,10000000,quoted inside\nend"`;
    child.stdin.end(
      `TIMESTAMP,ContextTokens,GeneratedTokens,Prompt\n2023-11-16 18:00:00,${phantom}\n2023-11-16 18:00:01,20,2,ok\n`,
    );
    const { stdout } = await ended;
    const summary = JSON.parse(stdout);
    assert.deepInclude(summary, { payments: 2, settled: 2, claimed: 135, conserved: true });
    assert.equal(summary.trace.source, "stdin");
  });

  it("W19 refuses an output folder before it runs", () => {
    const result = run("--trace", "log.csv", ...SMALL, "--json", "--out", "log.csv");
    assert.equal(result.status, 2);
    assert.equal(result.stdout, "");
    assert.include(result.stderr, `demo: ${file} cannot hold the results (it is no folder)`);
    assert.notInclude(result.stderr, "set-up");
  });

  it("W19 prints the summary also where the files are lost", async () => {
    const out = join(folder, "lost");
    const { child, said, ended } = start(["--requests", "300", ...SMALL, "--json", "--out", out]);
    child.stdin.end();
    await said("set-up");
    rmSync(out, { recursive: true });
    writeFileSync(out, "");
    const { status, stdout, stderr } = await ended;
    assert.equal(JSON.parse(stdout).conserved, true);
    assert.equal(status, 1);
    assert.match(stderr, /demo: the files in .*lost are not written \(ENOTDIR\)\n$/);
  });

  it("W19 says when standard output is full, and writes the files", () => {
    const full = openSync("/dev/full", "w");
    const result = runWith(
      ["ignore", full, "pipe"],
      "--trace",
      "log.csv",
      ...SMALL,
      "--out",
      "kept",
    );
    closeSync(full);
    assert.equal(result.status, 1);
    assert.include(result.stderr, "demo: standard output cannot be written (ENOSPC)\n");
    assert.notInclude(result.stderr, "    at ");
    assert.isTrue(JSON.parse(readFileSync(join(folder, "kept/summary.json"), "utf8")).conserved);
  });

  it("W19 prints no stack where nobody reads", () => {
    const main = [process.execPath, ...MAIN, "--trace", "log.csv", ...SMALL];
    const command = `${main.map((part) => `'${part}'`).join(" ")} --json --out unread | true`;
    const result = spawnSync("bash", ["-c", `set -o pipefail; ${command}`], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, npm_lifecycle_event: "" },
    });
    assert.notInclude(result.stderr, "    at ");
    assert.notInclude(result.stderr, "EPIPE");
    assert.equal(result.status, 0);
    assert.isTrue(JSON.parse(readFileSync(join(folder, "unread/summary.json"), "utf8")).conserved);
  });

  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    it(`W19 leaves no temporary folder behind on ${signal}`, async () => {
      const temporary = join(folder, signal);
      mkdirSync(temporary);
      const { child, said, ended } = start(["--out", "stopped"], { TMPDIR: temporary });
      child.stdin.end();
      await said("settle ");
      const ours = () => readdirSync(temporary).filter((name) => name.startsWith("pinfi-"));
      assert.lengthOf(ours(), 1);
      child.kill(signal);
      const { status, stdout, stderr } = await ended;
      assert.deepEqual(ours(), []);
      assert.equal(status, 1);
      assert.equal(stdout, "");
      assert.match(stderr, /\ndemo: stopped\n$/);
    });
  }

  it("explains itself", () => {
    const result = run("--help");
    assert.equal(result.status, 0);
    assert.include(result.stdout, "--on-bad-row skip|refuse");
  });
});
