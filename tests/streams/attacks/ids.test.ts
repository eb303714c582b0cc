import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { assert } from "chai";
import { ATTACKS } from "./ids";

const ROOT = resolve(__dirname, "../../..");
/** Where tests of streams are, and of what is built on it. */
const PLACES = [join(ROOT, "tests/streams"), join(ROOT, "app")];

/** Full names of the tests there that `npm test` would run: mocha loads them and runs none. */
function testNames(): string[] {
  const folder = mkdtempSync(join(tmpdir(), "pinfi-test-names-"));
  try {
    const output = join(folder, "names.json");
    const report = ["--dry-run", "--reporter", "json", "--reporter-option", `output=${output}`];
    const { status, stderr } = spawnSync("npm", ["run", "--silent", "mocha", "--", ...report], {
      cwd: ROOT,
      encoding: "utf8",
    });
    assert.equal(status, 0, stderr);
    const { tests } = JSON.parse(readFileSync(output, "utf8")) as {
      tests: { file: string; fullTitle: string }[];
    };
    return tests
      .filter(({ file }) => PLACES.some((place) => file.startsWith(place)))
      .map(({ fullTitle }) => fullTitle);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("streams / cases of the attack table", () => {
  const named = new Set<string>();
  before(() => {
    for (const name of testNames()) {
      for (const [id] of name.matchAll(/\b[A-D]\d{2}\b/g)) named.add(id);
    }
  });
  const ids = (tested: boolean) =>
    Object.keys(ATTACKS).filter((id) => (ATTACKS[id]?.notHere === undefined) === tested);

  it("are all in the list: 42 of accounts, 24 of sums, 15 of tokens, 24 of vouchers", () => {
    const numbered = Object.entries({ A: 42, B: 24, C: 15, D: 24 }).flatMap(([family, count]) =>
      Array.from({ length: count }, (_, nth) => family + String(nth + 1).padStart(2, "0")),
    );
    assert.deepEqual(Object.keys(ATTACKS), numbered);
  });

  it("stand in the name of a test, each that can concern streams", () => {
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
      [...named].filter((id) => ATTACKS[id] === undefined),
      [],
    );
  });
});
