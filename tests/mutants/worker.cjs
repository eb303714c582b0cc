// Runs the suite of streams on one mutant after another, in one process: test files are loaded once.
// Messages in: { number, order }; out: { found }, the first test that failed, or null.
const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const Mocha = require("mocha");

const MARK = Buffer.from("PINFI-MUTANT");
/** Milliseconds after which a test counts as failed: a mutant may make one wait for ever. */
const TIMEOUT = 120_000;
const { PINFI_PROGRAMS: folder, PINFI_MUTANTS_PROGRAM: program } = process.env;
/** On LiteSVM alone: bankrun runs the same tests, slower, and verifies no signature. */
const NOT_HERE = /\[bankrun\]/;

const original = readFileSync(program);
const suites = new Map();

/** Writes the program with a mutant switched on; 0: none. */
function switchOn(number) {
  const bytes = Buffer.from(original);
  let places = 0;
  for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) {
    bytes.writeUInt32LE(number, at + MARK.length);
    places += 1;
  }
  if (places === 0 && number !== 0) throw new Error("the program has no switch");
  writeFileSync(join(folder, "streams.so"), bytes);
}

function load(file) {
  const mocha = new Mocha({ bail: true, timeout: TIMEOUT, reporter: function silent() {} });
  mocha.grep(NOT_HERE).invert();
  mocha.cleanReferencesAfterRun(false);
  mocha.addFile(file);
  mocha.loadFiles();
  suites.set(file, mocha);
  return mocha;
}

/** The first test of the file that fails, or null. */
function firstFailure(file) {
  const mocha = suites.get(file) ?? load(file);
  return new Promise((done) => {
    let failed = null;
    const runner = mocha.run(() => {
      runner.dispose(); // or its listeners would stay on the process
      done(failed);
    });
    runner.on("fail", (test, error) => {
      failed ??= { file, test: test.fullTitle(), error: String(error.message).slice(0, 300) };
    });
  });
}

process.on("message", async ({ number, order }) => {
  switchOn(number);
  const seconds = {};
  for (const file of order) {
    const started = performance.now();
    const found = await firstFailure(file);
    seconds[file] = (performance.now() - started) / 1000;
    if (found !== null) return process.send({ number, found, seconds });
  }
  process.send({ number, found: null, seconds });
});

// Nothing goes on behind a runner that has ended.
process.on("disconnect", () => process.exit());
