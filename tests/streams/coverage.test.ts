import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { readIdl } from "../harness/programs";

/** Tests of streams, as text. */
const SOURCES = readdirSync(__dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.endsWith("coverage.test.ts"))
  .map((file) => readFileSync(join(__dirname, file), "utf8"))
  .join("\n");

const named = (name: string): boolean => SOURCES.includes(`"${name}"`);

describe("streams / what the tests cover", () => {
  const { instructions, errors = [], events = [] } = readIdl("streams");

  it("every instruction has a test file of its name", () => {
    const missing = instructions.filter(
      ({ name }) => !existsSync(join(__dirname, `${name}.test.ts`)),
    );
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });

  it("every error is provoked by a test", () => {
    const missing = errors.filter(({ name }) => !named(name));
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });

  it("every event is looked at by a test", () => {
    const missing = events.filter(({ name }) => !named(name));
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });
});
