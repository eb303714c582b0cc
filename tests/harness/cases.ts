import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve, sep } from "node:path";
import { assert } from "chai";

const ROOT = resolve(__dirname, "../..");

/** A numbered case of a table of attacks or faults. */
export interface Case {
  /** What is tried, or goes wrong. */
  what: string;
  /** Why no test can bear its id; a case without a reason is tested. */
  notHere?: string;
}

/** Full names of all tests that `npm test` would run, and their files: mocha loads them and runs none. */
function readTests(): { file: string; fullTitle: string }[] {
  const folder = mkdtempSync(join(tmpdir(), "pinfi-test-names-"));
  try {
    const output = join(folder, "names.json");
    const report = ["--no-parallel", "--dry-run", "--reporter", "json"];
    report.push("--reporter-option", `output=${output}`);
    const { status, stderr } = spawnSync("npm", ["run", "--silent", "mocha", "--", ...report], {
      cwd: ROOT,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    return JSON.parse(readFileSync(output, "utf8")).tests;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Loading all tests takes a while: once for all tables of a process. */
let tests: ReturnType<typeof readTests> | undefined;

/** Tests, inside a `describe`, that each case stands in the name of a test unless it cannot. */
export function itNamesEachCase(args: {
  cases: Readonly<Record<string, Case>>;
  /** How many cases each letter has, numbered from 01. */
  families: Readonly<Record<string, number>>;
  /**
   * Folders and files of the tests that speak of what the cases are about, from the root of the
   * repository: a name in another program's tests counts for nothing.
   */
  places: readonly string[];
}): void {
  const { cases, families } = args;
  const places = args.places.map((place) => join(ROOT, place));
  const isOfPlaces = (file: string) =>
    places.some((place) => file === place || file.startsWith(place + sep));
  const named = new Set<string>();
  before(() => {
    tests ??= readTests();
    const pattern = new RegExp(`\\b[${Object.keys(families).join("")}]\\d{2}\\b`, "g");
    for (const { file, fullTitle } of tests) {
      if (!isOfPlaces(file)) continue;
      for (const [id] of fullTitle.matchAll(pattern)) named.add(id);
    }
  });
  const ids = (tested: boolean) =>
    Object.keys(cases).filter((id) => (cases[id]?.notHere === undefined) === tested);

  const counts = Object.entries(families).map(([family, count]) => `${count} ${family}`);
  it(`are all in the list: ${counts.join(", ")}`, () => {
    const numbered = Object.entries(families).flatMap(([family, count]) =>
      Array.from({ length: count }, (_, nth) => family + String(nth + 1).padStart(2, "0")),
    );
    assert.deepEqual(Object.keys(cases), numbered);
  });

  it("stand in the name of a test, each that can concern what is tested", () => {
    assert.deepEqual(
      ids(true).filter((id) => !named.has(id)),
      [],
    );
  });

  it("stand in no name where they cannot", () => {
    assert.deepEqual(
      ids(false).filter((id) => named.has(id)),
      [],
    );
  });

  it("are in the list, if they stand in a name", () => {
    assert.deepEqual(
      [...named].filter((id) => cases[id] === undefined),
      [],
    );
  });
}
