// The sources that the compiler is given are the checkout's, and no folder of another branch is left there.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";

const FILES = pathToFileURL(join(__dirname, "../../toolchain/lib/files.mjs"));

describe("toolchain / sources for the compiler", () => {
  const folder = mkdtempSync(join(tmpdir(), "pinfi-mirror-"));
  after(() => rmSync(folder, { recursive: true }));
  const put = (...path: string[]): void => {
    const file = join(folder, ...path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, path.join());
  };

  it("are what the checkout has, without folders of programs that are gone", () => {
    put("from", "programs", "kept", "src", "lib.rs");
    put("to", "programs", "kept", "src", "old.rs");
    put("to", "programs", "gone", "src", "lib.rs");
    put("to", "target", "programs", "gone.so");
    const [from, to] = ["from", "to"].map((name) => join(folder, name)) as [string, string];
    const script =
      `import { mirror } from ${JSON.stringify(FILES)};` +
      `mirror(${JSON.stringify(from)}, ${JSON.stringify(to)}, ["programs"]);`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script]);
    expect(status, String(stderr)).to.equal(0);
    const found = readdirSync(to, { recursive: true, encoding: "utf8" }).sort();
    expect(found).to.deep.equal([
      "programs",
      "programs/kept",
      "programs/kept/src",
      "programs/kept/src/lib.rs",
      "target",
      "target/programs",
      "target/programs/gone.so",
    ]);
  });
});
