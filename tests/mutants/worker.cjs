// Runs the suites of the programs on one mutant after another, in one process: test files are loaded once.
// Messages in: { number, plan }, a list of files with the tests to run in each (null: all of them);
// out: { found }, the first test that failed, or null. { trace: files } asks which checks each test
// reaches.
const { readdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { LiteSVM } = require("litesvm");
const Mocha = require("mocha");

const MARK = Buffer.from("PINFI-MUTANT");
/** Instead of a mutant: checks that are reached say so in the log. */
const TRACE = 0xffff_ffff;
const REACHED = /^Program log: 0x([0-9a-f]+), 0x0, 0x0, 0x0, 0x7ace$/;
/** Milliseconds after which a test counts as failed: a mutant may make one wait for ever. */
const TIMEOUT = 120_000;
const { PINFI_PROGRAMS: folder, PINFI_MUTANTS_PROGRAMS: programs } = process.env;
/** On LiteSVM alone: bankrun runs the same tests, slower, and verifies no signature. */
const NOT_HERE = "[bankrun]";

const originals = readdirSync(programs).map((name) => [name, readFileSync(join(programs, name))]);
const suites = new Map();

/** Writes the programs with a mutant switched on; 0: none. */
function switchOn(number) {
  for (const [name, original] of originals) {
    const bytes = Buffer.from(original);
    let places = 0;
    for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) {
      bytes.writeUInt32LE(number, at + MARK.length);
      places += 1;
    }
    if (places === 0 && number !== 0) throw new Error(`${name} has no switch`);
    writeFileSync(join(folder, name), bytes);
  }
}

function load(file) {
  const mocha = new Mocha({ timeout: TIMEOUT, reporter: function silent() {} });
  mocha.cleanReferencesAfterRun(false);
  mocha.addFile(file);
  mocha.loadFiles();
  suites.set(file, mocha);
  return mocha;
}

/** Runs a file, or the tests named of it; `listen` is given the runner. */
function runFile(file, { tests = null, listen }) {
  const mocha = suites.get(file) ?? load(file);
  const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  if (tests === null) mocha.grep(new RegExp(escaped(NOT_HERE))).invert();
  else mocha.grep(new RegExp(`^(?:${tests.map(escaped).join("|")})$`));
  mocha.options.invert = tests === null;
  return new Promise((done) => {
    const runner = mocha.run(() => {
      runner.dispose(); // or its listeners would stay on the process
      done();
    });
    listen(runner);
  });
}

async function findMutant({ number, plan }) {
  switchOn(number);
  for (const { file, tests } of plan) {
    let found = null;
    const listen = (runner) =>
      runner.on("fail", (test, error) => {
        found ??= { file, test: test.fullTitle(), error: String(error.message).slice(0, 300) };
        runner.abort();
      });
    await runFile(file, { tests, listen });
    if (found !== null) return { number, found };
  }
  return { number, found: null };
}

/** For each test its file, how long it takes and the checks it reaches. */
async function traceTests(files) {
  switchOn(TRACE);
  const { sendTransaction, withBlockhashCheck } = LiteSVM.prototype;
  let checks = new Set();
  LiteSVM.prototype.withBlockhashCheck = function (...given) {
    return withBlockhashCheck.apply(this, given).withLogBytesLimit();
  };
  LiteSVM.prototype.sendTransaction = function (...given) {
    const result = sendTransaction.apply(this, given);
    for (const line of (result.meta?.() ?? result).logs()) {
      const reached = line.match(REACHED);
      if (reached) checks.add(Number.parseInt(reached[1], 16));
    }
    return result;
  };
  const tests = [];
  for (const file of files) {
    let started = performance.now();
    const listen = (runner) =>
      runner.on("test end", (test) => {
        const seconds = (performance.now() - started) / 1000;
        tests.push({ file, test: test.fullTitle(), seconds, checks: [...checks] });
        checks = new Set();
        started = performance.now();
      });
    await runFile(file, { listen });
  }
  Object.assign(LiteSVM.prototype, { sendTransaction, withBlockhashCheck });
  return { tests };
}

process.on("message", async (message) => {
  process.send(message.trace ? await traceTests(message.trace) : await findMutant(message));
});

// Nothing goes on behind a runner that has ended.
process.on("disconnect", () => process.exit());
