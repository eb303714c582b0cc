import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { UsageError } from "../src/errors";
import { openOutput } from "../src/output";

const FILES = { "summary.json": "{}\n", "report.html": "<p>\n" };

describe("demo / output folder", () => {
  const root = mkdtempSync(join(tmpdir(), "pinfi-output-"));
  after(() => rmSync(root, { recursive: true }));
  const at = (name: string): string => join(root, name);

  it("W19 is made with its parents, and holds nothing before the results", async () => {
    const folder = at("a/b/c");
    const output = await openOutput(folder);
    assert.deepEqual(readdirSync(folder), []);
    const { paths, reason } = await output.write(FILES);
    assert.isUndefined(reason);
    assert.deepEqual(paths, [join(folder, "summary.json"), join(folder, "report.html")]);
    assert.equal(readFileSync(join(folder, "report.html"), "utf8"), "<p>\n");
    assert.sameMembers(readdirSync(folder), Object.keys(FILES));
  });

  it("W19 may be a link to a folder", async () => {
    mkdirSync(at("real"));
    symlinkSync(at("real"), at("link"));
    await (await openOutput(at("link"))).write(FILES);
    assert.sameMembers(readdirSync(at("real")), Object.keys(FILES));
  });

  const cases: [string, () => string, string][] = [
    [
      "a file",
      () => {
        writeFileSync(at("file"), "");
        return at("file");
      },
      "it is no folder",
    ],
    ["a folder below a file", () => at("file/x/y"), "ENOTDIR"],
    [
      "a link to nothing",
      () => {
        symlinkSync(at("nowhere"), at("dangling"));
        return at("dangling");
      },
      "ENOENT",
    ],
    ["a folder below a link to nothing", () => at("dangling/x"), "ENOENT"],
    ["a folder that the kernel does not make", () => "/proc/x", "ENOENT"],
    ["a folder that takes no files", () => "/proc", "ENOENT"],
    [
      "a folder with a folder in a file's place",
      () => {
        mkdirSync(at("taken/report.html"), { recursive: true });
        return at("taken");
      },
      "report.html in it is a folder",
    ],
  ];
  for (const [name, make, reason] of cases) {
    it(`W19 is refused before anything runs: ${name}`, async () => {
      const folder = make();
      const error = await openOutput(folder).catch((caught: unknown) => caught);
      assert.instanceOf(error, UsageError);
      assert.equal(
        (error as UsageError).message,
        `${folder} cannot hold the results (${reason}): give another folder with --out`,
      );
      assert.equal((error as UsageError).code, "BadOutput");
    });
  }

  it("W19 that is gone when the results come is told, and no half of a file is left", async () => {
    const folder = at("gone");
    const output = await openOutput(folder);
    renameSync(folder, at("moved"));
    const { paths, reason } = await output.write(FILES);
    assert.deepEqual(paths, []);
    assert.equal(reason, `the files in ${folder} are not written (ENOENT)`);
    assert.deepEqual(readdirSync(at("moved")), []);
  });

  it("W19 keeps a file of an earlier run until a new one is whole", async () => {
    const folder = at("earlier");
    await (await openOutput(folder)).write(FILES);
    const output = await openOutput(folder);
    assert.equal(readFileSync(join(folder, "summary.json"), "utf8"), "{}\n");
    mkdirSync(join(folder, "report.html.part"));
    const { paths, reason } = await output.write({ ...FILES, "summary.json": "[]\n" });
    assert.deepEqual(paths, [join(folder, "summary.json")]);
    assert.equal(reason, `the files in ${folder} are not written (EISDIR)`);
    assert.equal(readFileSync(join(folder, "summary.json"), "utf8"), "[]\n");
    assert.equal(readFileSync(join(folder, "report.html"), "utf8"), "<p>\n");
    assert.isTrue(existsSync(join(folder, "report.html.part")));
  });
});
