// Where things are, and what this toolchain was proved with.
import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const REPO = resolve(fileURLToPath(new URL("../..", import.meta.url)));
export const TOOLCHAIN = join(REPO, "toolchain");

/** Everything slow to make lives here, outside the checkout; delete it at will. */
export const CACHE = resolve(
  process.env.PINFI_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pinfi"),
);

/** The versions the self-test passed with. Debian sid moves: see lib/root.mjs for what is said then. */
export const PROVED = { rustc: "1.97.1", llvm: "23", sbpfLinker: "0.2.6", bpfLinker: "0.13.0" };

export const NEEDED_DISK_GB = 6;

/** A short name for a tree of sources, so that two checkouts never share build state. */
export const treeId = (tree) =>
  createHash("sha256").update(resolve(tree)).digest("hex").slice(0, 10);
