// Lets cargo inside the root reach whatever cargo outside reaches: proxies, mirrors, certificates.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { writeWhole } from "./files.mjs";

const PASSED = /^(.*_proxy|.*_PROXY|CARGO_REGISTR.*|CARGO_HTTP_.*|CARGO_NET_.*)$/;
const FILE_VALUED = new Set(["CARGO_HTTP_CAINFO"]); // names a file of this machine: copied instead

/** The variables that say how to reach a registry, and no others. */
export function registryEnv() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => PASSED.test(name) && !FILE_VALUED.has(name)),
  );
}

const SECTIONS = /^(source|registry|registries|http|net)\b/;

/**
 * The parts of a cargo config that say where crates come from. The rest (linkers, wrappers, flags)
 * speaks of programs that only this machine has.
 */
export function registryConfig(toml) {
  let keep = false;
  let inSection = false;
  const lines = toml.split("\n").filter((line) => {
    const header = line.match(/^\s*\[+\s*([^\]]+)\]/);
    if (header) {
      inSection = true;
      keep = SECTIONS.test(header[1]);
      return keep;
    }
    return inSection ? keep : SECTIONS.test(line.trim());
  });
  return `${lines.filter((line) => !/^\s*cainfo\s*=/.test(line)).join("\n")}\n`;
}

const copyIfThere = (from, to) => {
  if (!from || !existsSync(from)) return;
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
};

/** Copies name resolution, certificates and cargo's registry settings into the root. */
export function connect(root) {
  copyIfThere("/etc/resolv.conf", join(root, "etc/resolv.conf"));
  copyIfThere("/etc/hosts", join(root, "etc/hosts"));
  const bundles = [
    process.env.CARGO_HTTP_CAINFO,
    process.env.SSL_CERT_FILE,
    "/etc/ssl/certs/ca-certificates.crt",
  ];
  copyIfThere(
    bundles.find((file) => file && existsSync(file)),
    join(root, "etc/ssl/certs/ca-certificates.crt"),
  );

  const home = process.env.CARGO_HOME || join(homedir(), ".cargo");
  const config = ["config.toml", "config"].map((name) => join(home, name)).find(existsSync);
  const text = config ? registryConfig(readFileSync(config, "utf8")) : "";
  writeWhole(join(root, "cargo/config.toml"), text);
  // A private mirror needs its token; the copy is readable by its owner alone.
  const credentials = ["credentials.toml", "credentials"]
    .map((name) => join(home, name))
    .find(existsSync);
  if (credentials)
    writeWhole(join(root, "cargo/credentials.toml"), readFileSync(credentials), 0o600);
}
