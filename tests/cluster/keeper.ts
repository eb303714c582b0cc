import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Keypair, type PublicKey } from "@solana/web3.js";
import {
  bundleKeeper,
  type KeeperProcess,
  startKeeperProcess,
} from "../../app/keeper/test/support/crash/process";
import { freshFolder } from "../../app/keeper/test/support/folder";
import type { Cluster } from "./cluster";

const ROOT = join(__dirname, "../..");

/** A keeper as its README sets one up: a key file, and the example's configuration beside it. */
export interface KeeperSetup {
  address: PublicKey;
  storeUrl: string;
  /** The README's command, to its end: what it wrote to stdout. Rejects unless it exits with 0. */
  once(...options: string[]): Promise<string>;
  /** The README's command, left running. */
  start(): KeeperProcess;
}

/** What is not the example's: free ports, a store of its own, less waiting, and claims of any size. */
const settingsFor = (folder: string, storeUrl: string): Record<string, string> => ({
  PINFI__PAYER__KEYPAIR: join(folder, "keeper-key.json"),
  PINFI__STORE__URL: storeUrl,
  PINFI__INTAKE__PORT: "0",
  PINFI__OPERATIONS__PORT: "0",
  PINFI__TASKS__SETTLE_BOOKS__EVERY_MS: "1000",
  PINFI__TASKS__CLAIM_DUE__EVERY_MS: "2000",
  PINFI__TASKS__CLAIM_DUE__MIN_AMOUNT: "1",
  PINFI__TASKS__CLOSE_EXPIRED__EVERY_MS: "2000",
});

/** Sets a keeper up on the node at `url`, its key funded. */
export async function setUpKeeper(args: {
  cluster: Cluster;
  url: string;
  settings?: Readonly<Record<string, string>>;
}): Promise<KeeperSetup> {
  const { cluster, url } = args;
  const folder = freshFolder();
  const key = Keypair.generate();
  writeFileSync(join(folder, "keeper-key.json"), JSON.stringify([...key.secretKey]));
  const example = readFileSync(join(ROOT, "app/keeper/keeper.example.yaml"), "utf8");
  const node = "http://127.0.0.1:8899";
  if (!example.includes(node)) throw new Error(`keeper.example.yaml does not name ${node}`);
  const config = join(folder, "keeper.yaml");
  writeFileSync(config, example.replace(node, url));
  await cluster.fund(key.publicKey);

  const storeUrl = `file:${join(folder, "keeper.db")}`;
  const settings = { ...settingsFor(folder, storeUrl), ...args.settings };
  const bundle = bundleKeeper();
  return {
    address: key.publicKey,
    storeUrl,
    start: () => startKeeperProcess({ bundle, config, settings }),
    async once(...options) {
      const command = ["run", "--silent", "keeper", "--", "run", "--config", config, ...options];
      const child = spawn("npm", command, {
        cwd: ROOT,
        env: { ...process.env, ...settings },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const written = { out: "", err: "" };
      child.stdout.on("data", (data) => {
        written.out += data;
      });
      child.stderr.on("data", (data) => {
        written.err += data;
      });
      const [code] = await once(child, "close");
      if (code !== 0) throw new Error(`the keeper exited with ${code}: ${written.err}`);
      return written.out;
    },
  };
}

/** Posts a body to a keeper and reads the answer. */
export async function post(args: {
  keeper: KeeperProcess;
  path: string;
  body: string;
  type?: string;
}): Promise<{ status: number; body: Record<string, unknown> }> {
  const { keeper, path, body, type = "application/json" } = args;
  const response = await fetch(`${await keeper.listening}${path}`, {
    method: "POST",
    headers: { "content-type": type },
    body,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
