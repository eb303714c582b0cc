// Runs commands inside the Debian root. Nothing has to be mounted: sources are copied in, results
// out, and the few device nodes are made. Where even that is refused, two other ways are tried.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { registryEnv } from "./registry.mjs";
import { attempt, run } from "./run.mjs";
import { Stop } from "./stop.mjs";

const BIND =
  'mount --rbind /dev "$0/dev" && mount --rbind /proc "$0/proc" && exec chroot "$0" "$@"';

/** Ways into a root, the plainest first. */
const WAYS = {
  chroot: (root) => ["chroot", root],
  mounts: (root) => ["unshare", "--mount", "sh", "-c", BIND, root],
  "user namespace": (root) => [
    "unshare",
    "--user",
    "--map-root-user",
    "--mount",
    "sh",
    "-c",
    BIND,
    root,
  ],
  proot: (root) => [...ownProot(root), "-r", root, "-b", "/dev", "-b", "/proc", "-w", "/"],
};

/**
 * The root's own proot, started by the root's own loader: nothing has to be installed, and older
 * ones (Debian 12's) do not know the system calls that the programs of sid make.
 */
function ownProot(root) {
  const [loader, libraries] =
    process.arch === "arm64"
      ? ["lib/ld-linux-aarch64.so.1", "aarch64-linux-gnu"]
      : ["lib64/ld-linux-x86-64.so.2", "x86_64-linux-gnu"];
  const path = join(root, "usr/lib", libraries);
  return [join(root, loader), "--library-path", path, join(root, "usr/bin/proot")];
}

// What a build asks of its surroundings: devices that behave, and a compiler that finds its parts.
const PROBE =
  'echo x >/dev/null && test -z "$(cat /dev/null)" && head -c 4 /dev/urandom >/dev/null && rustc -V';

const DEVICES = { null: 3, zero: 5, full: 7, random: 8, urandom: 9 };

function makeDevices(root) {
  mkdirSync(join(root, "dev"), { recursive: true });
  for (const [name, minor] of Object.entries(DEVICES)) {
    const path = join(root, "dev", name);
    if (!existsSync(path)) spawnSync("mknod", ["-m", "666", path, "c", "1", String(minor)]);
  }
}

const baseEnv = () => ({
  HOME: "/root",
  LC_ALL: "C",
  // The command before the root (chroot, unshare, proot) is looked up here outside, the one after
  // it inside: hence the root's folders, then this machine's.
  PATH: `/sbf/bin:/usr/local/bin:/usr/bin:/bin:${process.env.PATH}`,
  CARGO_HOME: "/cargo",
  SSL_CERT_FILE: "/etc/ssl/certs/ca-certificates.crt",
  PROOT_NO_SECCOMP: "1", // proot's speed-up by seccomp loses system calls on newer kernels
  ...registryEnv(),
});

export class Jail {
  /** @param {string} root @param {string} way a key of WAYS */
  constructor(root, way) {
    this.root = root;
    this.way = way;
  }

  /** Where a path inside the root lies on this machine. */
  at(...parts) {
    return join(this.root, ...parts);
  }

  /** Runs a command in the root with nothing of this machine's environment but what reaches a registry. */
  run(argv, { env = {}, ...options }) {
    return run([...WAYS[this.way](this.root), ...argv], {
      what: argv[0],
      ...options,
      env: { ...baseEnv(), ...env },
    });
  }
}

/** Opens the root by the first way that works here. PINFI_JAIL names one to insist on. */
export function openJail(root) {
  const wish = process.env.PINFI_JAIL;
  if (wish && !WAYS[wish])
    throw new Stop(`PINFI_JAIL must be one of: ${Object.keys(WAYS).join(", ")}`);
  makeDevices(root);
  const tried = [];
  for (const way of wish ? [wish] : Object.keys(WAYS)) {
    const probe = attempt([...WAYS[way](root), "sh", "-c", PROBE], { env: baseEnv() });
    if (probe.ok) return new Jail(root, way);
    tried.push(`${way}: ${probe.err.split("\n").at(-1) || "not possible"}`);
  }
  throw new Stop(
    `no way to run a program inside the toolchain's root here (${tried.join("; ")}): run this as root, or in a container that allows chroot, user namespaces or ptrace`,
  );
}
