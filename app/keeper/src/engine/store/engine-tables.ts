import type Database from "libsql";
import type { Migration } from "./migrate";
import type { Columns, EngineTables, Quarantined, Spend, TableContext } from "./store";

/** Versions 1 and 2 stood in one schema with the tables of streams, made where they were missing. */
export const ENGINE_MIGRATIONS: readonly Migration[] = [
  `
    create table if not exists spends (
      signature text primary key,
      at_ms integer not null,
      lamports integer not null
    );
  `,
  // What version 1 did not know, for which book a fee was, stays empty: the hour's sum goes on to count.
  `
    create table if not exists fees (
      signature text not null,
      book text not null,
      payer text not null,
      at_ms integer not null,
      lamports integer not null,
      primary key (signature, book)
    );
    create table if not exists quarantine (
      task text not null,
      key text not null,
      reason text not null,
      failures integer not null,
      until_ms integer not null,
      primary key (task, key)
    );
    create table if not exists probe (id integer primary key, at_ms integer not null);
    insert into fees (signature, book, payer, at_ms, lamports)
      select signature, '', '', at_ms, lamports from spends;
    drop table spends;
  `,
  // A spend is for whatever a program counts apart; each program has a version of its own.
  `
    alter table schema_version add column program text;
    create table spends (
      signature text not null,
      scopes text not null,
      at_ms integer not null,
      lamports integer not null,
      primary key (signature, scopes)
    );
    create index spends_at on spends (at_ms);
    insert into spends (signature, scopes, at_ms, lamports)
      select
        signature,
        case when book = '' then '[]' else json_array('book ' || book, 'payer ' || payer) end,
        at_ms,
        lamports
      from fees;
    drop table fees;
  `,
];

/** One statement for any number of rows: ten times the rate of a statement a row. */
const INSERT_SPENDS = `
  insert into spends (signature, scopes, at_ms, lamports)
  select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from json_each(?)
  where true on conflict (signature, scopes) do nothing
`;
const PUT_QUARANTINE = `
  insert or replace into quarantine (task, key, reason, failures, until_ms)
  select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from json_each(?)
`;
const REMOVE_QUARANTINE =
  "delete from quarantine where task = ? and key in (select value from json_each(?))";

/** The engine's own tables. */
export function openEngineTables({ database, step }: TableContext): EngineTables {
  const changeQuarantine = transaction(database);
  return {
    recordSpends: (spends) =>
      step("record spends", () => {
        const rows = spends.map(({ signature, scopes, atMs, lamports }) => [
          signature,
          JSON.stringify(scopes),
          atMs,
          lamports,
        ]);
        database.prepare(INSERT_SPENDS).run(JSON.stringify(rows));
      }),
    forgetSpend: (signature) =>
      step("forget a spend", () => {
        database.prepare("delete from spends where signature = ?").run(signature);
      }),
    spends: ({ sinceMs }) =>
      step("read spends", () => {
        database.prepare("delete from spends where at_ms < ?").run(sinceMs);
        return database.prepare("select * from spends order by at_ms").all().map(storedSpend);
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
    probe: () =>
      step("write a probe", () => {
        database.prepare("insert or replace into probe (id, at_ms) values (1, ?)").run(Date.now());
      }),
  };
}

const transaction = (database: Database.Database) =>
  database.transaction((rows: string, task: string, keys: string) => {
    database.prepare(PUT_QUARANTINE).run(rows);
    database.prepare(REMOVE_QUARANTINE).run(task, keys);
  });

function storedSpend(row: unknown): Spend {
  const columns = row as Columns;
  return {
    signature: String(columns.signature),
    scopes: JSON.parse(String(columns.scopes)) as string[],
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
