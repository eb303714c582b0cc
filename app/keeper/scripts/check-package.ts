// Installs the built packages (app/sdk/dist, app/keeper/dist) into an empty folder, as an operator
// would, and settles vouchers with the keeper that is there: npm run check:packages
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packVoucher } from "@pinfi/sdk/streams";
import { assert } from "chai";
import { freshFolder } from "../test/support/folder";
import { startRpcNode } from "../test/support/rpc-node";
import { until } from "../test/support/until";
import { createWorld } from "../test/support/world";

const ROOT = join(__dirname, "../../..");
/** More than half of what a v0 transaction takes: a voucher of so many lines is the bulk thread's. */
const BULK_LINES = 60;

const run = (cwd: string, command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

/** A folder with nothing but the packages in it. */
function install(): string {
  const folder = freshFolder();
  const packed = ["sdk", "keeper"].map((name) => {
    const dist = join(ROOT, "app", name, "dist");
    return join(folder, run(dist, "npm", "pack", "--silent", "--pack-destination", folder).trim());
  });
  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true }));
  run(project, "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", ...packed);
  return project;
}

function checkCommands(project: string, config: string): void {
  const keeper = (...args: string[]) => run(project, "npx", "--no", "--", "pinfi-keeper", ...args);
  assert.match(keeper("--help"), /\n {2}run .*\n {2}check .*\n {2}schema /s);
  const inPackage = join(project, "node_modules/@pinfi/keeper");
  const schema = readFileSync(join(inPackage, "keeper.schema.json"), "utf8");
  assert.deepEqual(JSON.parse(keeper("schema")), JSON.parse(schema));
  assert.property(JSON.parse(keeper("check", "--config", config)), "payerAddress");
  for (const load of [
    'console.log(typeof require("@pinfi/keeper").startKeeper)',
    'import("@pinfi/keeper").then((keeper) => console.log(typeof keeper.startKeeper))',
  ]) {
    assert.equal(run(project, process.execPath, "-e", load).trim(), "function");
  }
}

async function settles(project: string, config: string, world: ReturnType<typeof createWorld>) {
  const small = world.openBook();
  const large = world.openBook({ lines: BULK_LINES, payeeAccounts: false, id: 1 });
  const child: ChildProcess = spawn(
    "npx",
    ["--no", "--", "pinfi-keeper", "run", "--config", config],
    {
      cwd: project,
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    },
  );
  // Its output closes when the keeper has ended; npx ends before that.
  const ended = once(child, "close");
  let written = "";
  child.stdout?.on("data", (data) => {
    written += data;
  });
  try {
    const url = await until("it listens", () => /"intakeUrl":"([^"]+)"/.exec(written)?.[1]);
    const one = await fetch(`${url}/vouchers`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(world.lineVoucher(small, 0, 100n)),
    });
    assert.equal(one.status, 202);
    const cumulative = large.payees.map(() => 7n);
    const dense = packVoucher(world.voucher(large, { kind: "dense", start: 0, cumulative }));
    const feed = await fetch(`${url}/vouchers/bulk`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: JSON.stringify({ packed: Buffer.from(dense).toString("base64") }),
    });
    assert.deepInclude(await feed.json(), { accepted: 1, unavailable: 0 });
    const vouched = (open: typeof small) => world.book(open.address).lines.map((l) => l.vouched);
    await until("both are settled", () => vouched(small)[0] === 100n && vouched(large)[0] === 7n);
  } finally {
    // The process group: npx does not hand the signal on.
    if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
    await ended;
  }
  assert.include(written, '"msg":"stopped"');
}

async function main(): Promise<void> {
  const world = createWorld();
  const project = install();
  const key = join(project, "key.json");
  writeFileSync(key, JSON.stringify([...world.fundedKey().secretKey]));
  const node = await startRpcNode(world.localnet);
  const config = join(project, "keeper.yaml");
  writeFileSync(
    config,
    `cluster: {url: "${node.url}"}
payer: {keypair: ${key}}
intake: {port: 0}
operations: {port: 0, slotStallSeconds: 0}
transactions: {pollMs: 20}
tasks: {settleBooks: {everyMs: 50}}
`,
  );
  try {
    checkCommands(project, config);
    await settles(project, config, world);
  } finally {
    await node.close();
  }
  process.stdout.write("the packages install, and the keeper in them settles\n");
}

main().catch((error) => {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exitCode = 1;
});
