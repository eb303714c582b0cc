import Database from "libsql";
import { splitToken } from "../config/credentials";
import { ConfigError, KeeperError, StoreError } from "../errors";
import { lockFile } from "./lock";
import type { Quarantined, Spend, Store, StoredVoucher } from "./store";

/** Bumped when a table changes; a store of another version is refused, never guessed at. */
const SCHEMA_VERSION = 2;
/** How long the bulk thread's connection to the same file is waited for. */
const BUSY_MS = 5_000;

const SCHEMA = `
  create table if not exists vouchers (
    sequence integer primary key,
    signature text not null unique,
    book text not null,
    domain text not null,
    received_at_ms integer not null,
    voucher text not null
  );
  create table if not exists fees (
    signature text not null,
    book text not null,
    payer text not null,
    at_ms integer not null,
    lamports integer not null,
    primary key (signature, book)
  );
  create index if not exists fees_at on fees (at_ms);
  create table if not exists quarantine (
    task text not null,
    key text not null,
    reason text not null,
    failures integer not null,
    until_ms integer not null,
    primary key (task, key)
  );
  create table if not exists books (address text primary key);
  create table if not exists probe (id integer primary key, at_ms integer not null);
  create table if not exists schema_version (id integer primary key, version integer not null);
  insert or ignore into schema_version (id, version) values (1, ${SCHEMA_VERSION});
`;

/** From version 1, which did not know for which book a fee was: the hour's sum goes on to count. */
const FROM_VERSION_1 = `
  begin;
  insert into fees (signature, book, payer, at_ms, lamports)
    select signature, '', '', at_ms, lamports from spends;
  drop table spends;
  update schema_version set version = 2 where id = 1;
  commit;
`;

/**
 * One statement for any number of rows: ten times the rate of a statement a row. Only a known
 * signature is passed over ("or ignore" would also pass over rows that lack a value).
 */
const INSERT = `
  insert into vouchers (signature, book, domain, received_at_ms, voucher)
  select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from json_each(?)
  where true on conflict (signature) do nothing
`;
const INSERT_SPENDS = `
  insert into fees (signature, book, payer, at_ms, lamports)
  select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from json_each(?)
  where true on conflict (signature, book) do nothing
`;
const PUT_QUARANTINE = `
  insert or replace into quarantine (task, key, reason, failures, until_ms)
  select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from json_each(?)
`;
const REMOVE_QUARANTINE =
  "delete from quarantine where task = ? and key in (select value from json_each(?))";
const PUT_BOOKS = "insert or ignore into books (address) select value from json_each(?)";
const REMOVE_BOOKS = "delete from books where address in (select value from json_each(?))";
const REMOVE = "delete from vouchers where signature in (select value from json_each(?))";

/**
 * A store in a libSQL (SQLite) file; `libsql:` addresses reach a libSQL server with the same SQL.
 *
 * The file is in write-ahead mode with an fsync at each commit, so what `change` has
 * acknowledged survives both `kill -9` and a power cut. Nobody else may open the file until it is
 * closed: two keepers would count their fees apart and delete each other's vouchers.
 *
 * Throws StoreError, with the code `StoreInUse` where another keeper has the file, and ConfigError
 * where the address stands for a store without a disk.
 */
export function openLibsqlStore(args: { url: string; authToken?: string | undefined }): Store {
  const { database, unlock } = guarded("open", () => open(args));
  const insert = database.prepare(INSERT);
  const remove = database.prepare(REMOVE);
  const change = database.transaction((rows: string, signatures: string) => {
    insert.run(rows);
    remove.run(signatures);
  });
  const changeQuarantine = database.transaction((rows: string, task: string, keys: string) => {
    database.prepare(PUT_QUARANTINE).run(rows);
    database.prepare(REMOVE_QUARANTINE).run(task, keys);
  });
  const changeBooks = database.transaction((put: string, gone: string) => {
    database.prepare(PUT_BOOKS).run(put);
    database.prepare(REMOVE_BOOKS).run(gone);
  });
  const step = async <T>(what: string, run: () => T): Promise<T> => guarded(what, run);

  const path = fileOf(args.url);
  return {
    ...(path !== undefined && { bulk: { path, isEmpty: () => isBulkEmpty(database) } }),
    change: (wanted) =>
      step("change vouchers", () => {
        const rows = wanted.insert.map((stored) => [
          stored.signature,
          stored.book,
          stored.domain,
          stored.receivedAtMs,
          stored.voucher,
        ]);
        change(JSON.stringify(rows), JSON.stringify(wanted.remove));
      }),
    vouchers: () =>
      step("read vouchers", () =>
        database.prepare("select * from vouchers order by sequence").all().map(storedVoucher),
      ),
    recordSpends: (spends) =>
      step("record spends", () => {
        const rows = spends.map((spend) => [
          spend.signature,
          spend.book,
          spend.payer,
          spend.atMs,
          spend.lamports,
        ]);
        database.prepare(INSERT_SPENDS).run(JSON.stringify(rows));
      }),
    forgetSpend: (signature) =>
      step("forget a spend", () => {
        database.prepare("delete from fees where signature = ?").run(signature);
      }),
    spends: ({ sinceMs }) =>
      step("read spends", () => {
        database.prepare("delete from fees where at_ms < ?").run(sinceMs);
        return database.prepare("select * from fees order by at_ms").all().map(storedSpend);
      }),
    quarantine: () =>
      step("read the quarantine", () =>
        database.prepare("select * from quarantine").all().map(storedQuarantine),
      ),
    changeQuarantine: ({ task, put, remove: keys }) =>
      step("change the quarantine", () => {
        const rows = put.map(({ key, reason, failures, untilMs }) => [
          task,
          key,
          reason,
          failures,
          untilMs,
        ]);
        changeQuarantine(JSON.stringify(rows), task, JSON.stringify(keys));
      }),
    books: () =>
      step("read books", () =>
        database
          .prepare("select address from books")
          .all()
          .map((row) => String((row as Columns).address)),
      ),
    changeBooks: ({ put, remove: gone }) =>
      step("change books", () => changeBooks(JSON.stringify(put), JSON.stringify(gone))),
    probe: () =>
      step("write a probe", () => {
        database.prepare("insert or replace into probe (id, at_ms) values (1, ?)").run(Date.now());
      }),
    close: () =>
      step("close", () => {
        database.close();
        unlock();
      }),
  };
}

function open(args: { url: string; authToken?: string | undefined }): {
  database: Database.Database;
  unlock: () => void;
} {
  const local = fileOf(args.url);
  const given: ReturnType<typeof splitToken> =
    local === undefined ? splitToken(args.url) : { url: local };
  const authToken = args.authToken ?? given.authToken;
  const options = { timeout: BUSY_MS, ...(authToken !== undefined && { authToken }) };
  const database = new Database(given.url, options);
  let unlock = (): void => {};
  try {
    if (local !== undefined) {
      const path = pathOf(database);
      if (path === "") throw new ConfigError(`store.url: ${args.url} keeps nothing on a disk`);
      unlock = lockFile(path);
      database.exec("pragma journal_mode = wal");
      database.exec("pragma synchronous = full");
    }
    database.exec(SCHEMA);
    if (versionOf(database) === 1) database.exec(FROM_VERSION_1);
    const version = versionOf(database);
    if (version === SCHEMA_VERSION) return { database, unlock };
    throw new StoreError(`the store has schema ${version}, this keeper needs ${SCHEMA_VERSION}`);
  } catch (error) {
    database.close();
    unlock();
    throw error;
  }
}

function versionOf(database: Database.Database): number {
  const row = database.prepare("select version from schema_version where id = 1").get();
  return (row as { version: number }).version;
}

/** The file as the database resolved it: the same by whatever path or link it was named. */
function pathOf(database: Database.Database): string {
  const row = database.prepare("select file from pragma_database_list where name = 'main'").get();
  return (row as { file: string }).file;
}

const fileOf = (url: string): string | undefined =>
  url.startsWith("file:") ? url.slice("file:".length) : undefined;

/** The bulk thread makes its table itself, on its own connection. */
function isBulkEmpty(database: Database.Database): boolean {
  const named = "select 1 from sqlite_master where type = 'table' and name = 'bulk_vouchers'";
  if (database.prepare(named).get() === undefined) return true;
  return database.prepare("select 1 from bulk_vouchers limit 1").get() === undefined;
}

type Columns = Readonly<Record<string, unknown>>;

function storedVoucher(row: unknown): StoredVoucher {
  const columns = row as Columns;
  return {
    signature: String(columns.signature),
    book: String(columns.book),
    domain: String(columns.domain),
    receivedAtMs: Number(columns.received_at_ms),
    voucher: String(columns.voucher),
  };
}

function storedSpend(row: unknown): Spend {
  const columns = row as Columns;
  return {
    signature: String(columns.signature),
    book: String(columns.book),
    payer: String(columns.payer),
    atMs: Number(columns.at_ms),
    lamports: Number(columns.lamports),
  };
}

function storedQuarantine(row: unknown): Quarantined {
  const columns = row as Columns;
  return {
    task: String(columns.task),
    key: String(columns.key),
    reason: String(columns.reason),
    failures: Number(columns.failures),
    untilMs: Number(columns.until_ms),
  };
}

function guarded<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof KeeperError) throw cause;
    throw new StoreError(`could not ${what}: ${(cause as Error).message}`, cause);
  }
}
