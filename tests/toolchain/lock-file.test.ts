// The lock file installs by `npm ci` on every platform and on the oldest Node that we support.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import semver from "semver";

const ROOT = join(__dirname, "../..");

interface Locked {
  version?: string;
  link?: boolean;
  optional?: boolean;
  engines?: { node?: string };
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
  packages: Record<string, Locked>;
};
const packages = Object.entries(lock.packages);

/** The entry that Node would find for `name` from the folder `from`: the nearest node_modules. */
function found(from: string, name: string): Locked | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
    const entry = lock.packages[join(folder, "node_modules", name)];
    if (entry || folder === "") return entry;
  }
}

describe("the lock file", () => {
  it("W20 names the optional packages of every platform", () => {
    const wanted = packages.flatMap(([from, entry]) =>
      Object.entries(entry.optionalDependencies ?? {}).map(([name, range]) => ({
        name,
        range,
        locked: found(from, name)?.version,
      })),
    );
    expect(wanted.length).to.be.greaterThan(40);
    const missing = wanted.filter(
      ({ locked, range }) => !locked || !semver.satisfies(locked, range),
    );
    expect(missing).to.deep.equal([]);
  });

  it("W20 names every package that another one depends on", () => {
    // npm ci says nothing where one is missing: what needs it fails when it runs.
    const missing = packages.flatMap(([from, entry]) =>
      Object.keys(entry.dependencies ?? {})
        .filter((name) => found(from, name) === undefined)
        .map((name) => `${from} needs ${name}`),
    );
    expect(missing).to.deep.equal([]);
  });

  it("W20 holds no package that wants a newer Node than `engines` promises", () => {
    const promised = semver.minVersion(lock.packages[""]?.engines?.node ?? "");
    expect(promised?.version).to.equal("20.19.0");
    const tooNew = packages
      .filter(([, entry]) => entry.engines?.node)
      .filter(([, entry]) => !semver.satisfies(promised ?? "", entry.engines?.node ?? ""))
      .map(([name, entry]) => `${name} wants ${entry.engines?.node}`);
    expect(tooNew).to.deep.equal([]);
  });

  for (const [os, cpu] of [
    ["linux", "x64"],
    ["darwin", "arm64"],
    ["win32", "x64"],
  ]) {
    it(`W20 is taken by npm ci --engine-strict for ${os} ${cpu}`, () => {
      const copy = mkdtempSync(join(tmpdir(), "pinfi-lock-"));
      const members = packages.map(([name]) => name).filter((name) => /^app\/[^/]+$/.test(name));
      const files = [".npmrc", "package-lock.json"].concat(
        ["", ...members].map((folder) => join(folder, "package.json")),
      );
      for (const file of files) {
        mkdirSync(dirname(join(copy, file)), { recursive: true });
        copyFileSync(join(ROOT, file), join(copy, file));
      }
      const argv = [
        "ci",
        "--dry-run",
        "--engine-strict",
        "--no-audit",
        `--os=${os}`,
        `--cpu=${cpu}`,
      ];
      const ran = spawnSync("npm", argv, { cwd: copy, encoding: "utf8" });
      rmSync(copy, { recursive: true });
      expect(ran.status, ran.stderr).to.equal(0);
    });
  }
});
