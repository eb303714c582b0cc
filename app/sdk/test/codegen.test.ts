import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { assertPlainNames } from "../scripts/names";
import type { Idl } from "../src/idl";
import { STREAMS_IDL } from "../src/streams";

const SCRIPT = resolve(__dirname, "../scripts/codegen.ts");
const TARGET = resolve(__dirname, "../../../target");

function codegen(...args: string[]) {
  const tsx = require.resolve("tsx/cli");
  return spawnSync(process.execPath, [tsx, SCRIPT, ...args], { encoding: "utf8" });
}

describe("sdk / codegen", () => {
  it("refuses names with a letter right after a digit, and says which", () => {
    const idl: Idl = {
      address: "11111111111111111111111111111111",
      metadata: { name: "sample", version: "0.1.0", spec: "0.1.0" },
      instructions: [
        {
          name: "stake_1h",
          discriminator: [],
          accounts: [{ name: "ed25519_program" }],
          args: [{ name: "node_2x", type: "u8" }],
        },
      ],
    };
    expect(() => assertPlainNames(idl)).to.throw(
      "sample: instruction `stake_1h`, field of stake_1h `node_2x`: a letter right after a digit",
    );
    expect(() => assertPlainNames(STREAMS_IDL)).to.not.throw();
  });

  it("finds the committed files up to date with the build", () => {
    const { status, stdout, stderr } = codegen("--check");
    expect(stderr).to.equal("");
    expect(stdout).to.match(/^codegen: \d+ files are up to date\n$/);
    expect(status).to.equal(0);
  });

  describe("with another build", () => {
    let folder = "";
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "codegen-"));
    });
    after(() => rmSync(folder, { recursive: true }));

    it("says which file is out of date, and what is missing", () => {
      const missing = codegen("--check", "--target", folder);
      expect(missing.status).to.equal(1);
      expect(missing.stderr).to.include("is missing: run `npm run build` first");

      for (const part of ["idl", "types"])
        cpSync(join(TARGET, part), join(folder, part), { recursive: true });
      const changed = { ...STREAMS_IDL, errors: [] };
      writeFileSync(join(folder, "idl", "streams.json"), JSON.stringify(changed));
      const stale = codegen("--check", "--target", folder);
      expect(stale.status).to.equal(1);
      expect(stale.stderr).to.match(
        /^codegen: out of date: app\/client-kit\/src\/generated\/streams\/.*\(\d+ more\): run `npm run codegen` and commit\n$/,
      );
    });
  });
});
