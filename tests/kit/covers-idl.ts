import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { type ProgramName, readIdl } from "../harness/programs";

export interface CoverageOptions {
  /** The tests of the program. */
  folder: string;
  /** Instructions that a test file of another name is about. */
  elsewhere?: Readonly<Record<string, string>>;
  /** Files besides those of the folder that provoke errors and look at events. */
  also?: readonly string[];
}

/**
 * Tests, inside a `describe`, that nothing of a program's IDL is left without a test: a file for each
 * instruction, and each error and event named in some test.
 */
export function itCoversItsIdl(
  program: ProgramName,
  { folder, elsewhere = {}, also = [] }: CoverageOptions,
): void {
  const { instructions, errors = [], events = [] } = readIdl(program);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const sources = [...files.filter((file) => file.endsWith(".ts")), ...also]
    .map((file) => readFileSync(join(folder, file), "utf8"))
    .join("\n");
  const unnamed = (items: readonly { name: string }[]) =>
    items.map(({ name }) => name).filter((name) => !sources.includes(`"${name}"`));

  it("every instruction has a test file of its name", () => {
    const missing = instructions
      .map(({ name }) => name)
      .filter((name) => !existsSync(join(folder, elsewhere[name] ?? `${name}.test.ts`)));
    assert.deepEqual(missing, []);
  });

  it("every error is provoked by a test", () => assert.deepEqual(unnamed(errors), []));

  it("every event is looked at by a test", () => assert.deepEqual(unnamed(events), []));
}
