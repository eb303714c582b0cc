import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { type ProgramName, readIdl } from "../harness/programs";

export interface CoverageOptions {
  /** The tests of the program. */
  folder: string;
  /** Instructions that a test file of another name is about, those of the authority aside. */
  elsewhere?: Readonly<Record<string, string>>;
}

/** What `itHandsOverAuthority` is about, and where it stands with what it provokes and looks at. */
const AUTHORITY = ["initialize", "nominate_authority", "accept_authority"];
const AUTHORITY_FILE = "authority.test.ts";
const AUTHORITY_SUITE = join(__dirname, "authority.ts");

/**
 * Tests, inside a `describe`, that nothing of a program's IDL is left without a test: a file for each
 * instruction, and each error and event named in some test.
 */
export function itCoversItsIdl(
  program: ProgramName,
  { folder, elsewhere = {} }: CoverageOptions,
): void {
  const { instructions, errors = [], events = [] } = readIdl(program);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const own = files.filter((file) => file.endsWith(".ts")).map((file) => join(folder, file));
  const sources = [...own, ...(files.includes(AUTHORITY_FILE) ? [AUTHORITY_SUITE] : [])]
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
  const fileOf = (name: string): string =>
    AUTHORITY.includes(name) ? AUTHORITY_FILE : (elsewhere[name] ?? `${name}.test.ts`);
  const unnamed = (items: readonly { name: string }[]) =>
    items.map(({ name }) => name).filter((name) => !sources.includes(`"${name}"`));

  it("every instruction has a test file of its name", () => {
    const missing = instructions
      .map(({ name }) => name)
      .filter((name) => !existsSync(join(folder, fileOf(name))));
    assert.deepEqual(missing, []);
  });

  it("every error is provoked by a test", () => assert.deepEqual(unnamed(errors), []));

  it("every event is looked at by a test", () => assert.deepEqual(unnamed(events), []));
}
