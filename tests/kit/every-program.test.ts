import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { programNames } from "../../app/sdk/scripts/workspace";
import { readIdl } from "../harness/programs";

/** Functions of this folder that some test of every program calls, and what they test. */
const KIT = {
  itCoversItsIdl: "that its tests leave out nothing of its IDL",
  itRefusesSubstitutions: "every account of every instruction replaced",
  itRefusesOneFault: "one thing wrong about one account, at every check",
};
const HOW = 'how: "Add a program" in CONTRIBUTING.md';

const TESTS = join(__dirname, "..");
const costs = Object.keys(
  JSON.parse(readFileSync(join(TESTS, "benchmarks/compute-units.json"), "utf8")),
);

/** What the tests of a program say, one behind the other; nothing where it has none. */
function sourcesOf(program: string): string {
  const folder = join(TESTS, program);
  if (!existsSync(folder)) return "";
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n");
}

// A game of the fuzzer: `npm run fuzz` itself refuses a program that has none.
for (const program of programNames()) {
  describe(`${program}, a program of Anchor.toml, has`, () => {
    const sources = sourcesOf(program);
    for (const [name, what] of Object.entries(KIT)) {
      it(`a test of ${what}`, () => {
        const calls = new RegExp(`\\b${name}(<[^(]*>)?\\(`);
        assert.match(sources, calls, `nothing in tests/${program} calls ${name}; ${HOW}`);
      });
    }

    it("a cost row for each instruction", () => {
      const missing = readIdl(program)
        .instructions.map(({ name }) => `${program}.${name}`)
        .filter((row) => !costs.some((cost) => cost === row || cost.startsWith(`${row}.`)));
      assert.deepEqual(missing, [], `rows that tests/benchmarks does not measure; ${HOW}`);
    });
  });
}
