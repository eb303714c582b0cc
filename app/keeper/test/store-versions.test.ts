import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import Database from "libsql";
import { openLibsqlStore, type StoredVoucher, StoreError } from "../src";
import { migrate } from "../src/engine/store/migrate";
import { freshStoreUrl } from "./support/running";

const stored = (signature: string): StoredVoucher => ({
  signature,
  book: "book",
  domain: "00",
  receivedAtMs: 1_700_000_000_123,
  voucher: '{"any":"text"}',
});

const refusalOf = (run: () => unknown): StoreError => {
  try {
    run();
  } catch (error) {
    assert.instanceOf(error, StoreError);
    return error as StoreError;
  }
  throw new Error("nothing was refused");
};

describe("keeper / versions of the store", () => {
  it("takes over a store of the version before, with the fees of its last hour (W01)", async () => {
    const url = freshStoreUrl();
    const old = new Database(url.slice("file:".length));
    old.exec(`
      create table spends (signature text primary key, at_ms integer not null, lamports integer not null);
      insert into spends values ('a', 1000, 15000), ('b', 2000, 5000);
      create table schema_version (id integer primary key, version integer not null);
      insert into schema_version values (1, 1);
    `);
    old.close();
    // Opened twice: the second time there is nothing to bring up to date.
    for (const _ of [1, 2]) {
      const store = openLibsqlStore({ url });
      const unknown = { scopes: [] };
      assert.deepEqual(await store.spends({ sinceMs: 0 }), [
        { signature: "a", ...unknown, atMs: 1_000, lamports: 15_000 },
        { signature: "b", ...unknown, atMs: 2_000, lamports: 5_000 },
      ]);
      await store.close();
    }
  });

  it("takes over a store of the last version before programs had their own, with all in it", async () => {
    const url = freshStoreUrl();
    const path = url.slice("file:".length);
    const old = new Database(path);
    old.exec(readFileSync(join(__dirname, "support/store-version-2.sql"), "utf8"));
    old.close();
    // Opened twice: the second time there is nothing to bring up to date.
    for (const _ of [1, 2]) {
      const store = openLibsqlStore({ url });
      const { streams } = store.tables;
      assert.deepEqual(await store.spends({ sinceMs: 0 }), [
        { signature: "s1", scopes: ["book B", "payer P"], atMs: 1_000, lamports: 10_000 },
        { signature: "s1", scopes: ["book C", "payer P"], atMs: 1_000, lamports: 5_000 },
        { signature: "s0", scopes: [], atMs: 2_000, lamports: 7_000 },
      ]);
      assert.deepEqual(await streams.vouchers(), [stored("a"), stored("b")]);
      assert.deepEqual(await streams.books(), ["B", "C"]);
      assert.isFalse(streams.bulk?.isEmpty());
      const { task, key, failures } = (await store.quarantine())[0] ?? assert.fail();
      assert.deepEqual({ task, key, failures }, { task: "claim-due", key: "B 0", failures: 2 });
      await streams.change({ insert: [stored("b")], remove: [] });
      await store.close();
    }
    const versions = new Database(path);
    const rows = versions.prepare("select program, version from schema_version order by id").all();
    versions.close();
    // A keeper of before finds a number in the first row that is too high for it.
    assert.deepEqual(rows, [
      { program: null, version: 3 },
      { program: "streams", version: 1 },
    ]);
  });

  it("refuses a store of a later version, the engine's or a program's, and changes nothing", () => {
    for (const [row, message] of [
      ["program = 'streams'", "the store has schema 9 of streams, this keeper needs 1"],
      ["id = 1", "the store has schema 9, this keeper needs 3"],
    ]) {
      const url = freshStoreUrl();
      void openLibsqlStore({ url }).close();
      const later = new Database(url.slice("file:".length));
      later.exec(`update schema_version set version = 9 where ${row}`);
      later.close();
      assert.equal(refusalOf(() => openLibsqlStore({ url })).message, message);
    }
  });

  it("brings tables forward step by step, each step whole or not at all", () => {
    const database = new Database(":memory:");
    const steps = [
      "create table a (x integer)",
      "insert into a values (1); insert into b values (1)",
    ];
    const part = { migrations: [`${"alter table schema_version add column program text"}`] };
    const bring = (...migrations: string[]) =>
      migrate(database, [part, { program: "p", migrations }]);
    const values = () => database.prepare("select x from a").all();
    assert.throws(() => bring(...steps), "no such table: b");
    assert.deepEqual(values(), []);
    bring(steps[0] ?? "", "insert into a values (2)", "insert into a values (3)");
    bring(steps[0] ?? "", "insert into a values (2)", "insert into a values (3)");
    assert.deepEqual(values(), [{ x: 2 }, { x: 3 }]);
    database.close();
  });
});
