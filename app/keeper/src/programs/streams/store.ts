import type { Columns, ProgramTables } from "../../engine/store/store";
import { BULK_TABLE } from "./bulk/rows";

/** A voucher as it is kept: the fact somebody signed, and when it came. */
export interface StoredVoucher {
  /** Base58 signature: what tells two vouchers apart. */
  signature: string;
  /** Base58 address. */
  book: string;
  /** Hex of the book's voucher domain that the signature was made for. */
  domain: string;
  /** Unix milliseconds of this host at which it was accepted. */
  receivedAtMs: number;
  /** The SDK's JSON form, as text. */
  voucher: string;
}

/**
 * Vouchers and known books: a cache of signed facts. With an empty store nothing is lost but what
 * providers would have to post again, and nothing is paid twice, because the watermarks are on chain.
 *
 * Every method rejects with StoreError when it could not do all of what was asked.
 */
export interface VoucherStore {
  /** Where the bulk thread may open the same store by itself; missing where that is not possible. */
  readonly bulk?: {
    /** File of the store. */
    path: string;
    /** Whether an earlier run left vouchers of the bulk thread. */
    isEmpty(): boolean;
  };
  /** All or nothing, and on the disk when it resolves. Inserting a known signature changes nothing. */
  change(args: { insert: readonly StoredVoucher[]; remove: readonly string[] }): Promise<void>;
  /** In the order of arrival. */
  vouchers(): Promise<StoredVoucher[]>;
  /** Addresses of the books that were known when this was told last, in base58. */
  books(): Promise<string[]>;
  /** Remembers and forgets books. All or nothing. */
  changeBooks(args: { put: readonly string[]; remove: readonly string[] }): Promise<void>;
}

/**
 * One statement for any number of rows: ten times the rate of a statement a row. Only a known
 * signature is passed over ("or ignore" would also pass over rows that lack a value).
 */
const INSERT = `
  insert into vouchers (signature, book, domain, received_at_ms, voucher)
  select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 from json_each(?)
  where true on conflict (signature) do nothing
`;
const REMOVE = "delete from vouchers where signature in (select value from json_each(?))";
const PUT_BOOKS = "insert or ignore into books (address) select value from json_each(?)";
const REMOVE_BOOKS = "delete from books where address in (select value from json_each(?))";

export const STREAMS_TABLES: ProgramTables<VoucherStore> = {
  migrations: [
    // Stores of before programs had versions of their own have these tables, or some of them.
    `
      create table if not exists vouchers (
        sequence integer primary key,
        signature text not null unique,
        book text not null,
        domain text not null,
        received_at_ms integer not null,
        voucher text not null
      );
      create table if not exists books (address text primary key);
      ${BULK_TABLE};
    `,
  ],
  open({ database, path, step }) {
    const insert = database.prepare(INSERT);
    const remove = database.prepare(REMOVE);
    const change = database.transaction((rows: string, signatures: string) => {
      insert.run(rows);
      remove.run(signatures);
    });
    const changeBooks = database.transaction((put: string, gone: string) => {
      database.prepare(PUT_BOOKS).run(put);
      database.prepare(REMOVE_BOOKS).run(gone);
    });
    const oneOfBulk = "select 1 from bulk_vouchers limit 1";
    const isEmpty = (): boolean => database.prepare(oneOfBulk).get() === undefined;
    return {
      ...(path !== undefined && { bulk: { path, isEmpty } }),
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
      books: () =>
        step("read books", () =>
          database
            .prepare("select address from books")
            .all()
            .map((row) => String((row as Columns).address)),
        ),
      changeBooks: ({ put, remove: gone }) =>
        step("change books", () => changeBooks(JSON.stringify(put), JSON.stringify(gone))),
    };
  },
};

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
