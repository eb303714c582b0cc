import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { packVoucher } from "@pinfi/sdk/streams";
import type { Keypair } from "@solana/web3.js";
import { assert } from "chai";
import { pino } from "pino";
import { parseConfig, rpcChain } from "../src";
import { redactor, secretsOf } from "../src/engine/config/credentials";
import { collect, listening, runCommand, startCommand } from "./support/command";
import { freshFolder } from "./support/folder";
import { type RpcNode, startRpcNode } from "./support/rpc-node";
import { freshStoreUrl, startOn } from "./support/running";
import { createWorld, type World } from "./support/world";

const NDJSON = "application/x-ndjson";
const USER = "user-of-the-node";
const PASSWORD = "s3cret/w\u00f6rd";
const BASIC = Buffer.from(`${USER}:${PASSWORD}`).toString("base64");

describe("keeper / secrets in what leaves it", () => {
  let world: World;
  let node: RpcNode;
  let payer: Keypair;

  before(async () => {
    world = createWorld();
    node = await startRpcNode(world.localnet);
    payer = world.fundedKey();
  });
  afterEach(() => {
    node.interfere = undefined;
  });
  after(() => node.close());

  const address = (key: string): string => {
    const url = new URL(`${node.url}/path-${key}?api-key=query-${key}`);
    url.username = USER;
    url.password = encodeURIComponent(PASSWORD);
    return url.href;
  };

  it("W07 a password in the address of a node becomes a header, for every node", async () => {
    const asked: (string | undefined)[] = [];
    const paths: (string | undefined)[] = [];
    node.interfere = (_method, response) => {
      asked.push(response.req.headers.authorization);
      paths.push(response.req.url);
      if (response.req.url?.includes("first") !== true) return false;
      response.writeHead(503).end("{}");
      return true;
    };
    const { cluster } = parseConfig({
      cluster: { url: address("first"), fallbackUrls: [address("second")], retries: 0 },
    });
    const chain = rpcChain(cluster);
    assert.equal((await chain.now()).slot, world.localnet.clock().slot);
    assert.equal(
      await chain.balance({ address: payer.publicKey }),
      world.localnet.balance(payer.publicKey),
    );
    assert.include(paths, "/path-first?api-key=query-first");
    assert.include(paths, "/path-second?api-key=query-second");
    assert.deepEqual([...new Set(asked)], [`Basic ${BASIC}`]);
    // Without one there is no header.
    asked.length = 0;
    await rpcChain({ ...cluster, url: node.url, fallbackUrls: [] }).now();
    assert.deepEqual(asked, [undefined]);
  });

  it("W07 no answer, log or metric has a secret of any setting, whatever a node says", async () => {
    const token = "token-of-the-store";
    const secret = JSON.stringify([...payer.secretKey]);
    const echo = [BASIC, USER, PASSWORD, "path-first", "query-first", "path-second", token, secret];
    const folder = freshFolder();
    const environment = {
      PINFI__CLUSTER__URL: address("first"),
      PINFI__CLUSTER__FALLBACK_URLS: JSON.stringify([address("second")]),
      PINFI__CLUSTER__RETRIES: "0",
      PINFI__PAYER__SECRET: secret,
      PINFI__STORE__URL: `file:${join(folder, "keeper.db")}`,
      PINFI__STORE__AUTH_TOKEN: token,
      PINFI__INTAKE__PORT: "0",
      PINFI__INTAKE__BOOK_CACHE_MS: "0",
      PINFI__OPERATIONS__PORT: "0",
      PINFI__OPERATIONS__SLOT_STALL_SECONDS: "0",
      PINFI__TASKS__SETTLE_BOOKS__EVERY_MS: "50",
      PINFI__LOG__LEVEL: "trace",
    };
    let spoiled = 0;
    let mode: "none" | "page" | "error" | "reset" = "error";
    node.interfere = (_method, response) => {
      if (mode === "none") return false;
      spoiled += 1;
      if (mode === "reset") response.destroy();
      else if (mode === "page")
        response.writeHead(401, { "www-authenticate": echo[1] }).end(echo.join(" "));
      else {
        const error = { code: -32000, message: `no such key: ${echo.join(" ")}` };
        response.writeHead(200).end(JSON.stringify({ jsonrpc: "2.0", id: "1", error }));
      }
      return true;
    };
    const child = startCommand(["run"], environment);
    const ended = collect(child);
    const [intake, operations] = [await listening(ended), await listening(ended, "operationsUrl")];
    const open = world.openBook({ lines: 60, payeeAccounts: false });
    const voucher = world.voucher(open, {
      kind: "dense",
      start: 0,
      cumulative: new Array(60).fill(5n),
    });
    const packed = JSON.stringify({ packed: Buffer.from(packVoucher(voucher)).toString("base64") });
    const single = JSON.stringify(world.lineVoucher(open, 0, 5n));
    const answers: string[] = [];
    const ask = async (url: string, body?: string, type = "application/json"): Promise<number> => {
      const init =
        body === undefined ? {} : { method: "POST", body, headers: { "content-type": type } };
      const response = await fetch(url, init);
      answers.push(JSON.stringify([...response.headers]), await response.text());
      return response.status;
    };
    for (const next of ["page", "error", "reset"] as const) {
      mode = next;
      assert.equal(await ask(`${intake}/vouchers`, single), 503);
      assert.equal(await ask(`${intake}/vouchers/batch`, `[${single}]`), 200);
      assert.equal(await ask(`${intake}/vouchers/bulk`, packed, NDJSON), 503);
      assert.equal(await ask(`${intake}/books/${open.address.toBase58()}`), 503);
      assert.equal(await ask(`${operations}/readyz`), 503);
    }
    assert.equal(await ask(`${intake}/vouchers`, "{"), 400);
    for (const path of ["/vouchers/stats", "/nothing"]) await ask(`${intake}${path}`);
    for (const path of ["/metrics", "/healthz"]) await ask(`${operations}${path}`);
    // The honest twin: what was refused for the node's sake is taken once it answers.
    mode = "none";
    assert.equal(await ask(`${intake}/vouchers`, single), 202);
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "close"), [0, null]);

    const texts = { answers: answers.join("\n"), log: ended.out, errors: ended.errors };
    const forms = echo.flatMap((text) => [
      text,
      encodeURIComponent(text),
      JSON.stringify(text).slice(1, -1),
    ]);
    for (const [where, text] of Object.entries(texts)) {
      for (const form of forms) assert.notInclude(text, form, where);
    }
    assert.isAbove(spoiled, 15);
    assert.include(ended.out, "***", "the node's table are in the log, without the secrets");
    assert.include(texts.answers, "the cluster cannot be asked now");
  });

  it("W07 the token of a libSQL server travels as a header, and is in no message", async () => {
    const requests: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      requests.push(request);
      response
        .writeHead(401)
        .end(JSON.stringify({ error: `bad ${request.headers.authorization}` }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const environment = { PINFI__PAYER__SECRET: JSON.stringify([...payer.secretKey]) };
    const settings: Record<string, string>[] = [
      { PINFI__STORE__URL: `${url}/?authToken=token-of-the-store` },
      { PINFI__STORE__URL: url, PINFI__STORE__AUTH_TOKEN: "token-of-the-store" },
    ];
    for (const setting of settings) {
      requests.length = 0;
      const { code, out, errors } = await runCommand(["run"], { ...environment, ...setting });
      assert.equal(code, 1);
      assert.match(errors, /^StoreUnavailable: could not open: .*401.*\*\*\*/);
      assert.notInclude(out + errors, "token-of-the-store");
      assert.isNotEmpty(requests);
      for (const { url: path, headers } of requests) {
        assert.notInclude(path, "token");
        assert.equal(headers.authorization, "Bearer token-of-the-store");
      }
    }
    server.close();
    const refused = await runCommand(["run"], { PINFI__STORE__URL: "https://user:w0rd@host" });
    assert.equal(refused.code, 2);
    assert.include(refused.errors, "put it into store.authToken");
    assert.notInclude(refused.errors, "w0rd");
  });

  it("W07 what is thrown anywhere behind HTTP stays out of its answers, and in the log", async () => {
    const cause = "file:/secret-place: disk full";
    const lines: string[] = [];
    const log = pino({ level: "info" }, { write: (line: string) => void lines.push(line) });
    const keeper = await startOn(world, { storeUrl: freshStoreUrl(), options: { log } });
    const open = world.openBook();
    const voucher = world.lineVoucher(open, 0, 5n);
    const { change } = keeper.store.tables.streams;
    keeper.store.tables.streams.change = () => Promise.reject(new Error(cause));
    const failed = await keeper.post("/vouchers", voucher);
    assert.deepEqual(failed, {
      status: 503,
      body: {
        status: "unavailable",
        code: "Internal",
        message: "the keeper failed; its log says more",
      },
    });
    assert.include(lines.join(""), cause);
    keeper.store.tables.streams.change = change;
    assert.equal((await keeper.post("/vouchers", voucher)).status, 202);
    await keeper.end();
  });

  it("W07 every setting that is marked secret is known to the redactor", () => {
    const config = parseConfig({
      cluster: { url: address("first"), fallbackUrls: [address("second")] },
      payer: { secret: "[1,2,3]" },
      store: { url: "libsql://host/place-of-it?authToken=token-in-url", authToken: 'tok"en' },
    });
    const redact = redactor(secretsOf(config));
    const text = `${JSON.stringify(config, (_, value) => (typeof value === "bigint" ? String(value) : value))} ${BASIC}`;
    const shown = redact(text);
    for (const part of [
      USER,
      "s3cret",
      BASIC,
      "-first",
      "-second",
      "1,2,3",
      "token-in-url",
      'tok\\"en',
      "place-of-it",
    ]) {
      assert.include(text, part);
      assert.notInclude(shown, part);
    }
  });
});
