import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Keypair } from "@solana/web3.js";
import { assert } from "chai";
import { parse } from "yaml";
import { ConfigError, configJsonSchema, loadConfig, loadPayer, maskConfig } from "../src";
import { freshFolder } from "./support/folder";

const directory = freshFolder();

function file(text: string): string {
  const path = join(directory, `${Math.random()}.yaml`);
  writeFileSync(path, text);
  return path;
}

/** Dotted paths of every key. */
function keysOf(tree: object, path: string[] = []): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const here = [...path, key];
    return typeof value === "object" && value !== null
      ? [here.join("."), ...keysOf(value, here)]
      : [here.join(".")];
  });
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.instanceOf(error, ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error("nothing was refused");
}

describe("keeper / config", () => {
  it("needs nothing but defaults", () => {
    const config = loadConfig({});
    assert.equal(config.intake.port, 8080);
    assert.equal(config.tasks.claimDue.minAmount, 1_000_000n);
    assert.isTrue(Object.isFrozen(config.tasks.claimDue));
  });

  it("takes the file over the defaults and the environment over the file", () => {
    const config = loadConfig({
      file: file("intake: {port: 1111, batchLimit: 7}\ntasks: {claimDue: {everyMs: 5}}\n"),
      environment: { PINFI__INTAKE__PORT: "2222", PINFI__TASKS__CLAIM_DUE__MIN_AMOUNT: "9" },
    });
    assert.deepEqual([config.intake.port, config.intake.batchLimit], [2222, 7]);
    assert.deepEqual([config.tasks.claimDue.everyMs, config.tasks.claimDue.minAmount], [5, 9n]);
  });

  it("reads amounts beyond 2^53 from text without loss", () => {
    const text = "tasks: {claimDue: {minAmount: '18446744073709551615'}}";
    assert.equal(loadConfig({ file: file(text) }).tasks.claimDue.minAmount, 2n ** 64n - 1n);
  });

  it("keeps an address of digits a text", () => {
    const environment = { PINFI__STORE__AUTH_TOKEN: "0123" };
    assert.equal(loadConfig({ environment }).store.authToken, "0123");
  });

  it("reads the committed example, and the example shows every default", () => {
    const path = join(__dirname, "../keeper.example.yaml");
    const example = loadConfig({ file: path });
    const defaults = loadConfig({});
    assert.deepEqual(example, {
      ...defaults,
      payer: { ...defaults.payer, keypair: "keeper-key.json" },
    });
    const shown = keysOf(parse(readFileSync(path, "utf8")));
    assert.includeMembers(shown, keysOf(defaults));
  });

  it("has a JSON schema that is up to date", () => {
    const committed = readFileSync(join(__dirname, "../keeper.schema.json"), "utf8");
    assert.deepEqual(JSON.parse(committed), JSON.parse(JSON.stringify(configJsonSchema())));
  });

  describe("refuses", () => {
    it("every wrong key at once, by name and with what is expected", () => {
      const message = refusal(() =>
        loadConfig({ file: file("intake: {port: high}\ncluster: {url: ftp://x, nodes: 1}\n") }),
      );
      assert.include(message, "intake.port: ");
      assert.include(message, "cluster.url: expected an http(s) address");
      assert.include(message, "cluster.nodes: no such key");
    });

    it("an unknown key of the environment, with the known ones", () => {
      const message = refusal(() => loadConfig({ environment: { PINFI__INTAKE__PROT: "1" } }));
      assert.include(message, 'PINFI__INTAKE__PROT: no key "PROT" here; known: host, port');
    });

    it("a section in place of a key", () => {
      assert.include(
        refusal(() => loadConfig({ environment: { PINFI__INTAKE: "1" } })),
        "names a section",
      );
    });

    it("a file that is no YAML, a list, or not there", () => {
      assert.include(
        refusal(() => loadConfig({ file: file("a: [") })),
        ".yaml: ",
      );
      assert.include(
        refusal(() => loadConfig({ file: file("- a") })),
        "expected sections",
      );
      assert.include(
        refusal(() => loadConfig({ file: join(directory, "none") })),
        "ENOENT",
      );
    });
  });

  describe("secrets", () => {
    const secretKey = JSON.stringify([...Keypair.generate().secretKey]);

    it("are masked in what is printed", () => {
      const config = loadConfig({
        environment: {
          PINFI__CLUSTER__URL: "https://user:word@node.example/key-1234?token=5678",
          PINFI__CLUSTER__FALLBACK_URLS: "[https://other.example/key-4321, https://third.example]",
          PINFI__PAYER__SECRET: secretKey,
          PINFI__STORE__AUTH_TOKEN: "token-9",
        },
      });
      const printed = JSON.stringify(maskConfig(config));
      for (const part of [
        "word",
        "key-1234",
        "5678",
        "key-4321",
        secretKey.slice(1, 20),
        "token-9",
      ]) {
        assert.notInclude(printed, part);
      }
      assert.include(printed, "https://node.example/***");
      assert.include(printed, '["https://other.example/***","https://third.example"]');
    });

    it("W07 are masked however little of an address is secret, the store's included", () => {
      const shown = (url: string, store = "file:keeper.db") =>
        maskConfig(
          loadConfig({ file: file(JSON.stringify({ cluster: { url }, store: { url: store } })) }),
        ) as {
          cluster: { url: string };
          store: { url: string };
        };
      for (const url of [
        "http://:word@host",
        "http://host/#key",
        "http://word@host",
        "http://host?key",
      ]) {
        assert.equal(shown(url).cluster.url, "http://host/***", url);
      }
      assert.equal(shown("http://host:8899").cluster.url, "http://host:8899");
      const { store } = shown("http://host", "libsql://host/?authToken=word");
      assert.equal(store.url, "libsql://host/***");
      assert.equal(shown("http://host", "file:data/a.db").store.url, "file:data/a.db");
    });

    it("W07 are quoted by no message about a file or a value that cannot be read", () => {
      const broken = [
        () => loadConfig({ file: file('cluster: {url: "https://host/key-1234') }),
        () => loadConfig({ file: file("cluster: *key-1234") }),
        () => loadConfig({ environment: { PINFI__CLUSTER__FALLBACK_URLS: "[https://h/key-1234" } }),
        () => loadConfig({ environment: { PINFI__CLUSTER__URL: "ftp://u:key-1234@host" } }),
        () => loadConfig({ environment: { PINFI__STORE__URL: "https://u:key-1234@host" } }),
        () => loadPayer({ keypair: "[12, 34, 1234" }),
      ];
      for (const run of broken) assert.notInclude(refusal(run), "1234", String(run));
    });

    it("W11d a key whose halves do not match is told from what is no key", () => {
      const [first, second] = [Keypair.generate(), Keypair.generate()];
      const mixed = [...first.secretKey.subarray(0, 32), ...second.secretKey.subarray(32)];
      const of = (numbers: readonly unknown[]) =>
        refusal(() => loadPayer({ secret: JSON.stringify(numbers) }));
      assert.match(of(mixed), /^payer\.secret: the halves of the key do not match/);
      const swapped = [...first.secretKey.subarray(32), ...first.secretKey.subarray(0, 32)];
      assert.match(of(swapped), /^payer\.secret: the halves of the key do not match/);
      const expected = /^payer\.secret: expected a JSON array of 64 numbers from 0 to 255/;
      const good = [...first.secretKey];
      assert.match(of(good.slice(1)), expected);
      // 256 more is the same byte, and no byte.
      assert.match(of([Number(good[0]) + 256, ...good.slice(1)]), expected);
      assert.match(of(["1", ...good.slice(1)]), expected);
      // Editors put a byte order mark before it.
      const path = file(`\uFEFF${JSON.stringify(good)}`);
      assert.isTrue(loadPayer({ keypair: path }).publicKey.equals(first.publicKey));
      assert.isTrue(loadPayer({ secret: JSON.stringify(good) }).publicKey.equals(first.publicKey));
    });

    it("are not quoted by the message about a broken key", () => {
      const message = refusal(() => loadPayer({ secret: "[1, 2, 250" }));
      assert.include(message, "payer.secret: expected a JSON array of 64 numbers");
      assert.notInclude(message, "250");
      assert.include(
        refusal(() => loadPayer({})),
        "payer.keypair: expected",
      );
    });
  });
});
