import { assert } from "chai";
import { UsageError } from "../src/errors";
import { helpText, parseOptions } from "../src/options";

describe("demo / options", () => {
  it("has defaults for everything but the trace", () => {
    assert.deepInclude(parseOptions([]), { payers: 8, nodes: 24, onBadRow: "skip", json: false });
    assert.isUndefined(parseOptions([]).trace);
  });

  it("reads --name value and --name=value", () => {
    assert.deepInclude(
      parseOptions(["--trace", "a=b.csv", "--payers=3", "--seed=x=y", "--json", "--limit", "9"]),
      { trace: "a=b.csv", payers: 3, seed: "x=y", json: true, limit: 9 },
    );
  });

  const refused: [string[], string][] = [
    [["--payers", "0"], '--payers must be a whole number from 1 to 1,000, not "0"'],
    [["--payers", "1.5"], 'not "1.5"'],
    [["--payers", "-1"], 'not "-1"'],
    [["--payers", "ten"], 'not "ten"'],
    [["--payers", "9999999999999999999"], "from 1 to 1,000"],
    [["--nodes", "451"], '--nodes must be a whole number from 1 to 450, not "451"'],
    [["--payers", "300", "--nodes", "450"], "--payers x --nodes is 135,000 lines"],
    [["--payers"], "--payers needs a value: --payers N"],
    [["--trace", "--json"], "--trace needs a value: --trace FILE"],
    [["--trace="], "--trace needs a value"],
    [["--json=yes"], "--json takes no value"],
    [["--on-bad-row", "guess"], '--on-bad-row must be skip or refuse, not "guess"'],
    [["--colour"], 'unknown option "--colour"'],
    [["trace.csv"], 'unknown option "trace.csv"'],
    [["--context-price", "0", "--generated-price", "0"], "are both 0"],
    [["--fee-bps", "501"], "from 0 to 500"],
    [["--trace", "a.csv", "--requests", "5"], "use --limit"],
  ];
  for (const [argv, message] of refused) {
    it(`refuses ${argv.join(" ")}`, () => {
      assert.throws(() => parseOptions(argv), UsageError, message);
    });
  }

  it("names every option in the help, with range and default", () => {
    const text = helpText();
    assert.include(text, "--payers N");
    assert.include(text, "(1 to 1,000, default 8)");
    assert.include(text, "--on-bad-row skip|refuse");
  });
});
