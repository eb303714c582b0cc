import { once } from "node:events";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { assert } from "chai";
import { ConfigError, loadConfig, openLibsqlStore } from "../src";
import { collect, listening, runCommand, startCommand } from "./support/command";
import { freshFolder } from "./support/folder";
import { type RpcNode, startRpcNode } from "./support/rpc-node";
import { until } from "./support/until";
import { createWorld, type World } from "./support/world";

/** Longest that a process may take to end by itself; an honest start takes a few seconds. */
const ENDS_MS = 60_000;

describe("keeper / start", () => {
  let world: World;
  let node: RpcNode;
  let folder: string;
  let base: Record<string, string>;

  before(async () => {
    world = createWorld();
    node = await startRpcNode(world.localnet);
  });
  beforeEach(() => {
    folder = freshFolder();
    base = {
      PINFI__CLUSTER__URL: node.url,
      PINFI__PAYER__SECRET: JSON.stringify([...world.fundedKey().secretKey]),
      PINFI__STORE__URL: `file:${join(folder, "keeper.db")}`,
      PINFI__INTAKE__PORT: "0",
      PINFI__OPERATIONS__PORT: "0",
    };
  });
  after(() => node.close());

  const occupy = async (): Promise<{ server: Server; port: number }> => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return { server, port: (server.address() as { port: number }).port };
  };
  /** Runs a keeper that ought to end by itself; the process is killed when it does not. */
  const ends = async (environment: Record<string, string>) => {
    const child = startCommand(["run"], { ...base, ...environment });
    const ended = collect(child);
    const limit = setTimeout(() => child.kill("SIGKILL"), ENDS_MS);
    [ended.code] = (await once(child, "close")) as [number | null];
    clearTimeout(limit);
    return ended;
  };

  for (const section of ["intake", "operations"] as const) {
    it(`W08 ends with 1 and names the port where ${section}.port is taken; on a free one it runs`, async () => {
      const { server, port } = await occupy();
      const key = `PINFI__${section.toUpperCase()}__PORT`;
      const { code, errors } = await ends({ [key]: String(port) });
      assert.equal(code, 1, errors);
      assert.equal(
        errors,
        `PortTaken: ${section}.port: port ${port} on 127.0.0.1 is taken by another process; stop that one, or set another port\n`,
      );
      server.close();
      await once(server, "close");
      // The same store and port, both given back.
      const child = startCommand(["run"], { ...base, [key]: String(port) });
      const ended = collect(child);
      assert.include(await listening(ended, `${section}Url`), `:${port}`);
      child.kill("SIGTERM");
      assert.deepEqual(await once(child, "close"), [0, null]);
    });
  }

  it("W08 ends with 1 and names the setting where an address is none of this host's", async () => {
    const { code, errors } = await ends({ PINFI__OPERATIONS__HOST: "192.0.2.1" });
    assert.equal(code, 1);
    assert.match(
      errors,
      /^CannotListen: operations\.host, operations\.port: cannot listen on port 0 of 192\.0\.2\.1 \(E/,
    );
  });

  it("W08 obeys SIGTERM while the node is silent at the start, and while a client never ends its request", async () => {
    let asked = false;
    node.interfere = (method) => {
      asked ||= method === "simulateTransaction";
      return method === "simulateTransaction";
    };
    const waiting = startCommand(["run"], { ...base, PINFI__TRANSACTIONS__VERSION: "v1" });
    const told = collect(waiting);
    await until("the node is asked", () => asked);
    waiting.kill("SIGTERM");
    assert.deepEqual(await once(waiting, "close"), [0, null], told.errors);
    assert.include(told.out, "stopped before it had started");

    node.interfere = undefined;
    const child = startCommand(["run"], { ...base, PINFI__OPERATIONS__DRAIN_SECONDS: "1" });
    const url = new URL(await listening(collect(child)));
    const socket = connect(Number(url.port), url.hostname);
    socket.on("error", () => undefined);
    socket.write("POST /vouchers HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
    await once(socket, "ready").catch(() => undefined);
    const from = Date.now();
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "close"), [0, null]);
    // The server itself would wait 30 s for the rest of the request.
    assert.isBelow(Date.now() - from, 15_000);
    socket.destroy();
  });

  const withoutDisk = [
    "file:",
    "file: ",
    "file::memory:",
    "file::memory:?cache=shared",
    ":memory:",
    "file:file:",
    "file:file::memory:",
    "file:file:%3Amemory%3A",
    "file:file:keeper?mode=memory",
    "file:file:keeper?vfs=memdb",
    "FILE:file:keeper?mode=memory&cache=shared",
    "",
    "libsql:",
    "libsql://",
    "http:",
  ];

  it("W09 ends with 2 for a store without a disk, however it is spelled, and leaves no file", async () => {
    const spellings = ["file:", "file::memory:", ":memory:"];
    for (const url of spellings) {
      const { code, errors } = await ends({ PINFI__STORE__URL: url });
      assert.equal(code, 2, `${url}: ${errors}`);
      assert.include(errors, "store.url: expected file:PATH of a file on a disk");
    }
    for (const url of withoutDisk) {
      const file = join(folder, "keeper.yaml");
      writeFileSync(file, JSON.stringify({ store: { url } }));
      assert.throws(() => loadConfig({ file }), ConfigError, "store.url: expected file:PATH", url);
    }
    assert.isFalse(existsSync(".lock"));
    const { code } = await runCommand(["run", "--once"], base);
    assert.equal(code, 0);
    assert.include(readdirSync(folder), "keeper.db");
  });

  it("W09 a library's store without a disk is refused as well, and one with a disk is opened", async () => {
    for (const url of ["file:", "file::memory:", "file:file:keeper?mode=memory"]) {
      assert.throws(() => openLibsqlStore({ url }), ConfigError, "keeps nothing on a disk", url);
    }
    const store = openLibsqlStore({ url: `file:${join(folder, "own.db")}` });
    await store.probe();
    await store.close();
    assert.isFalse(existsSync(".lock"));
  });
});
