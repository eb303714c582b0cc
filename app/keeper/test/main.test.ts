import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Keypair } from "@solana/web3.js";
import { assert } from "chai";
import { collect, listening, runCommand, startCommand } from "./support/command";
import { freshFolder } from "./support/folder";
import { type RpcNode, startRpcNode } from "./support/rpc-node";
import { until } from "./support/until";
import { createWorld, type World } from "./support/world";

describe("keeper / command line", () => {
  let world: World;
  let node: RpcNode;
  let payer: Keypair;
  let directory: string;
  let file: string;

  before(async () => {
    world = createWorld();
    node = await startRpcNode(world.localnet);
    payer = world.fundedKey();
    directory = freshFolder();
    const keypair = join(directory, "key.json");
    writeFileSync(keypair, JSON.stringify([...payer.secretKey]));
    file = join(directory, "keeper.yaml");
    writeFileSync(
      file,
      `cluster: {url: "${node.url}/secret-path"}
payer: {keypair: ${keypair}}
store: {url: "file:${join(directory, "keeper.db")}"}
intake: {port: 0}
operations: {port: 0, slotStallSeconds: 0}
tasks: {settleBooks: {everyMs: 50}, claimDue: {minAmount: 1, everyMs: 50}}
`,
    );
  });

  after(() => node.close());

  for (const asked of [["check"], ["run", "--check"]]) {
    it(`${asked.join(" ")} prints the merged configuration without secrets, and the payer's address`, async () => {
      const { code, out } = await runCommand([...asked, "--config", file], {
        PINFI__INTAKE__BATCH_LIMIT: "77",
      });
      assert.equal(code, 0);
      const shown = JSON.parse(out);
      assert.equal(shown.intake.batchLimit, 77);
      assert.equal(shown.payerAddress, payer.publicKey.toBase58());
      assert.notInclude(out, "secret-path");
    });
  }

  it("a wrong configuration ends with 2 and names the key", async () => {
    const { code, errors } = await runCommand(["run", "--config", file], {
      PINFI__LOG__LEVEL: "loud",
    });
    assert.equal(code, 2);
    assert.include(errors, "log.level: ");
  });

  it("--once does one pass and prints what came of it", async () => {
    const { code, out } = await runCommand(["run", "--config", file, "--once"], {
      PINFI__LOG__LEVEL: "silent",
    });
    assert.equal(code, 0);
    assert.hasAllKeys(JSON.parse(out), ["settle-books", "claim-due", "close-expired"]);
  });

  it("--once ends with 1 when the pass failed", async () => {
    const { code, out } = await runCommand(["run", "--config", file, "--once"], {
      PINFI__CLUSTER__URL: "http://127.0.0.1:9",
      PINFI__CLUSTER__RETRIES: "0",
    });
    assert.equal(code, 1);
    assert.include(out, '"code":"RpcUnavailable"');
  });

  /** A voucher posted there is settled, and its payee paid. */
  const settlesAndClaims = async (url: string): Promise<void> => {
    const open = world.openBook();
    const response = await fetch(`${url}/vouchers`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(world.lineVoucher(open, 0, 100n)),
    });
    assert.equal(response.status, 202);
    await until("a claim", () => world.book(open.address).lines[0]?.claimed === 100n);
  };

  it("runs until SIGTERM, which it obeys in order, its secret unsaid (K33 K40)", async () => {
    const child = startCommand(["run", "--config", file]);
    const ended = collect(child);
    const url = await listening(ended);
    await settlesAndClaims(url);
    child.kill("SIGTERM");
    const [code] = await once(child, "close");
    assert.equal(code, 0);
    assert.include(ended.out, '"msg":"stopped"');
    assert.notInclude(ended.out + ended.errors, JSON.stringify([...payer.secretKey]).slice(1, 30));
  });

  it("ends with 1 where its store cannot be opened, and sends nothing (K18)", async () => {
    const sent = node.calls.length;
    const { code, errors } = await runCommand(["run", "--config", file], {
      PINFI__STORE__URL: "file:/nowhere/at/all.db",
    });
    assert.equal(code, 1);
    assert.match(errors, /^StoreUnavailable: could not open: /);
    assert.lengthOf(node.calls, sent);
  });

  it("works on when nobody takes its log any more (K42)", async () => {
    const child = startCommand(["run", "--config", file]);
    const url = await listening(collect(child));
    child.stdout.destroy();
    child.stderr.destroy();
    await settlesAndClaims(url);
    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
  });

  it("a second start on the same store is refused, and says what to do (K40)", async () => {
    const first = startCommand(["run", "--config", file]);
    const ended = collect(first);
    await listening(ended);
    const second = await runCommand(["run", "--config", file]);
    assert.equal(second.code, 1);
    assert.match(
      second.errors,
      /^StoreInUse: another keeper uses \S+keeper\.db: stop it, or give this one a store of its own/,
    );
    first.kill("SIGKILL");
    await once(first, "close");
    // What was killed has left the store as it was, and free.
    const third = await runCommand(["run", "--config", file, "--once"]);
    assert.equal(third.code, 0, third.errors);
  });

  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    it(`${signal} stops it in order (K40)`, async () => {
      const child = startCommand(["run", "--config", file]);
      const ended = collect(child);
      await listening(ended);
      child.kill(signal);
      const [code] = await once(child, "close");
      assert.equal(code, 0);
      assert.include(ended.out, '"msg":"stopped"');
    });
  }

  it("warns at the second signal and ends at the third", async () => {
    const open = world.openBook();
    // Takes transactions and loses them, so that the keeper has something to wait for.
    node.interfere = (method, response) => {
      if (method !== "sendTransaction") return false;
      response.writeHead(200).end(JSON.stringify({ jsonrpc: "2.0", id: "1", result: "1" }));
      return true;
    };
    try {
      const child = startCommand(["run", "--config", file]);
      const ended = collect(child);
      const url = await listening(ended);
      await fetch(`${url}/vouchers`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(world.lineVoucher(open, 0, 100n)),
      });
      const sent = node.calls.length;
      await until("a transaction", () => node.calls.slice(sent).includes("sendTransaction"));
      child.kill("SIGTERM");
      await until("it stops", () => ended.out.includes("stopping"));
      child.kill("SIGTERM");
      await until("it warns", () => ended.out.includes("once more to kill"));
      child.kill("SIGTERM");
      const [code] = await once(child, "close");
      assert.equal(code, 130);
    } finally {
      node.interfere = undefined;
    }
  });
});
