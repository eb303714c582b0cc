// The Debian root: a folder with the packages of Debian sid that hold a Rust compiler, its standard
// library's source, and an LLVM that knows BPF. The packages are only unpacked, never configured, so
// neither root rights nor mounts nor a bootstrap tool are needed: apt (with a state of its own, so
// that this machine's is not touched) finds and checks them, dpkg-deb and tar unpack them.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { CACHE, NEEDED_DISK_GB, PROVED } from "./config.mjs";
import { readJson, writeJson, writeWhole } from "./files.mjs";
import { attempt, run } from "./run.mjs";
import { Stop } from "./stop.mjs";

export const ROOT = join(CACHE, "sbf-root");
const APT = join(CACHE, "apt");
const STAMP = join(ROOT, "pinfi-root.json");

const PACKAGES = [
  ...["base-files", "dash", "coreutils", "proot"], // to get in (lib/jail.mjs) and to look around
  ...["rustc", "cargo", "rust-src", `llvm-${PROVED.llvm}-dev`],
  ...["gcc", "g++", "libc6-dev", "zlib1g-dev", "libzstd-dev", "libxml2-dev", "libffi-dev"],
];

// LLVM is linked dynamically; its static libraries are as big as all the rest.
const LEFT_OUT = [
  "./usr/share/doc",
  "./usr/share/man",
  "./usr/share/locale",
  "./usr/lib/llvm-*/lib/*.a",
];

/** What is in the root, or undefined where there is none (or one from another recipe). */
export function rootStamp() {
  const stamp = readJson(STAMP);
  return stamp?.packages === PACKAGES.join(" ") ? stamp : undefined;
}

/** Downloads and unpacks the root. An interrupted download resumes; unpacking starts again. */
export async function makeRoot(say, note) {
  checkMachine();
  const options = await configureApt(say);
  await run(["apt-get", "update"], { ...options, what: "apt-get update for Debian sid" });
  await run(["apt-get", "install", "-y", "--download-only", ...PACKAGES], {
    ...options,
    what: `finding the packages of Debian sid (${PACKAGES.join(" ")})`,
  });
  const part = `${ROOT}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  const archives = join(APT, "archives");
  const debs = readdirSync(archives).filter((name) => name.endsWith(".deb"));
  const exclude = LEFT_OUT.map((pattern) => `--exclude '${pattern}'`).join(" ");
  await run(
    [
      "xargs",
      "-P2",
      "-I{}",
      "sh",
      "-ec",
      `dpkg-deb --fsys-tarfile "{}" | tar -x --no-same-owner --keep-directory-symlink ${exclude} -C "$0" && echo "unpacked {}"`,
      part,
    ],
    {
      log: "root",
      cwd: archives,
      input: `${debs.join("\n")}\n`,
      say,
      what: "unpacking the Debian packages",
    },
  );
  finish(part);
  const rustc = debs
    .find((name) => name.startsWith("rustc_"))
    ?.split("_")[1]
    .split(/[+~-]/)[0];
  writeJson(join(part, "pinfi-root.json"), { packages: PACKAGES.join(" "), rustc, debs });
  if (existsSync(join(ROOT, "cargo"))) renameSync(join(ROOT, "cargo"), join(part, "cargo")); // downloaded crates
  rmSync(ROOT, { recursive: true, force: true });
  renameSync(part, ROOT);
  rmSync(APT, { recursive: true, force: true });
  if (rustc !== PROVED.rustc) {
    note(
      `Debian sid now has rustc ${rustc}; this was proved with ${PROVED.rustc}. Run \`npm run selftest\` before you trust what it builds.`,
    );
  }
}

function checkMachine() {
  for (const tool of ["apt-get", "dpkg-deb", "tar", "xargs"]) {
    if (!attempt(["sh", "-c", `command -v ${tool}`]).ok) {
      throw new Stop(
        `${tool} is missing: the SBF toolchain is made on Debian or a system derived from it; elsewhere install Solana's \`cargo build-sbf\` and run this again`,
      );
    }
  }
  mkdirSync(APT, { recursive: true });
  const { bavail, bsize } = statfsSync(CACHE);
  const free = (bavail * bsize) / 2 ** 30;
  if (free < NEEDED_DISK_GB) {
    throw new Stop(
      `${CACHE} has ${free.toFixed(1)} GB free and the toolchain needs ${NEEDED_DISK_GB}: free some, or set PINFI_CACHE to a roomier disk`,
    );
  }
}

/** An apt that reads this machine's proxy settings, but has its own sources, lists and archive. */
async function configureApt(say) {
  for (const dir of ["state/lists/partial", "archives/partial"])
    mkdirSync(join(APT, dir), { recursive: true });
  writeFileSync(join(APT, "status"), "");
  const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
  const signed = existsSync(keyring) ? `[signed-by=${keyring}] ` : "";
  writeWhole(join(APT, "sources.list"), `deb ${signed}${mirror()} sid main\n`);
  const settings = {
    "Dir::State": join(APT, "state"),
    "Dir::State::status": join(APT, "status"),
    "Dir::Cache": APT,
    "Dir::Cache::archives": join(APT, "archives"),
    "Dir::Etc::sourcelist": join(APT, "sources.list"),
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::Etc::preferencesparts": "/dev/null",
    "Acquire::Languages": "none",
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
    "Acquire::Retries": "3",
    "APT::Install-Recommends": "false",
    "APT::Sandbox::User": "", // no privileges to drop: everything happens in the cache
  };
  const text = Object.entries(settings)
    .map(([key, value]) => `${key} "${value}";\n`)
    .join("");
  writeWhole(join(APT, "apt.conf"), text);
  return {
    log: "root",
    say,
    env: { ...process.env, APT_CONFIG: join(APT, "apt.conf"), LC_ALL: "C" },
  };
}

/** The mirror that apt on this machine uses for its first "main" index. */
function mirror() {
  if (process.env.PINFI_DEBIAN_MIRROR) return process.env.PINFI_DEBIAN_MIRROR;
  const argv = ["apt-get", "indextargets", "--no-release-info", "--format", "$(SITE)"];
  const sites = attempt([...argv, "Created-By: Packages", "Component: main"]).out.split("\n");
  const site = sites.find((line) => /debian\/?$/.test(line));
  if (!site) {
    throw new Stop(
      "apt on this machine has no Debian mirror: set PINFI_DEBIAN_MIRROR to the address of one that has Debian sid",
    );
  }
  return site;
}

/** The little that the packages' own set-up scripts would have done and a build misses. */
function finish(root) {
  for (const [link, to] of [
    ["cc", "gcc"],
    ["c++", "g++"],
  ]) {
    if (!existsSync(join(root, "usr/bin", link))) symlinkSync(to, join(root, "usr/bin", link));
  }
  writeWhole(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  writeWhole(join(root, "etc/group"), "root:x:0:\n");
  for (const dir of ["sbf/bin", "cargo", "build", "tmp"])
    mkdirSync(join(root, dir), { recursive: true });
}
