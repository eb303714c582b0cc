import Database from "libsql";

/** A voucher as the bulk thread stores it. */
export interface Row {
  /** Place in the table: taken again by a later voucher once its own is recorded on chain. */
  slot: number;
  /** The voucher domain of the book that it was verified under. */
  domain: Uint8Array;
  receivedAtMs: number;
  /** The SDK's packed form. */
  voucher: Uint8Array;
}

/** The bulk thread's own table in the keeper's store file. */
export interface Rows {
  all(): Row[];
  /** On the disk when it returns; all or nothing. Throws when it could not. */
  put(rows: readonly Row[]): void;
  remove(slots: readonly number[]): void;
  close(): void;
}

/** A table of this thread alone; made by whichever connection comes first. */
export const BULK_TABLE = `
  create table if not exists bulk_vouchers (
    slot integer primary key,
    domain blob not null,
    received_at_ms integer not null,
    voucher blob not null
  )
`;

/** How long the other connection of the keeper is waited for. */
const BUSY_MS = 5_000;

/**
 * Opens the table through a connection of this thread's own, with the same promise as the store:
 * write-ahead log and an fsync at each commit.
 */
export function openRows(path: string): Rows {
  const database = new Database(path, { timeout: BUSY_MS });
  database.exec("pragma journal_mode = wal");
  database.exec("pragma synchronous = full");
  database.exec(BULK_TABLE);
  const insert = database.prepare("insert or replace into bulk_vouchers values (?, ?, ?, ?)");
  const erase = database.prepare(
    "delete from bulk_vouchers where slot in (select value from json_each(?))",
  );
  const put = database.transaction((rows: readonly Row[]) => {
    for (const { slot, domain, receivedAtMs, voucher } of rows) {
      insert.run(slot, domain, receivedAtMs, voucher);
    }
  });
  return {
    all: () =>
      database
        .prepare("select * from bulk_vouchers order by slot")
        .all()
        .map((row) => {
          const columns = row as Record<string, unknown>;
          return {
            slot: Number(columns.slot),
            domain: new Uint8Array(columns.domain as ArrayBuffer),
            receivedAtMs: Number(columns.received_at_ms),
            voucher: new Uint8Array(columns.voucher as ArrayBuffer),
          };
        }),
    put: (rows) => put(rows),
    remove(slots) {
      erase.run(JSON.stringify(slots));
    },
    close: () => database.close(),
  };
}
