import type Database from "libsql";
import { StoreError } from "../errors";

/** One step from a version of some tables to the next: SQL, or what runs it. All or nothing. */
export type Migration = string | ((database: Database.Database) => void);

/** Tables of one part of the keeper, brought forward by themselves. */
export interface Versioned {
  /** Undefined: the engine's. */
  program?: string;
  /** The first makes version 1 of nothing, the next version 2 of that, and so on. Append-only. */
  migrations: readonly Migration[];
}

/**
 * The engine's version stands in the row 1, as before there were programs: a keeper of that time
 * finds a number that is too high for it there, and leaves the store alone.
 */
const VERSIONS = `
  create table if not exists schema_version (id integer primary key, version integer not null);
  insert or ignore into schema_version (id, version) values (1, 0);
`;
const ENGINE = "id = 1";
const ofProgram = (name: string): string => `program = '${name.replaceAll("'", "''")}'`;

/**
 * Brings all tables to the version of this keeper, the engine's first. Throws StoreError where the
 * store is of a later version: it is refused, never guessed at.
 */
export function migrate(database: Database.Database, parts: readonly Versioned[]): void {
  database.exec(VERSIONS);
  for (const { program, migrations } of parts) {
    const row = program === undefined ? ENGINE : ofProgram(program);
    const found = database.prepare(`select version from schema_version where ${row}`).get();
    const { version } = (found ?? { version: 0 }) as { version: number };
    if (version > migrations.length) {
      const whose = program === undefined ? "" : ` of ${program}`;
      const message = `the store has schema ${version}${whose}, this keeper needs ${migrations.length}`;
      throw new StoreError(message);
    }
    for (const [index, step] of migrations.entries()) {
      if (index < version) continue;
      inTransaction(database, () => {
        if (typeof step === "string") database.exec(step);
        else step(database);
        if (program !== undefined && index === 0) {
          database
            .prepare("insert into schema_version (version, program) values (0, ?)")
            .run(program);
        }
        database.exec(`update schema_version set version = ${index + 1} where ${row}`);
      });
    }
  }
}

function inTransaction(database: Database.Database, run: () => void): void {
  database.exec("begin");
  try {
    run();
  } catch (error) {
    database.exec("rollback");
    throw error;
  }
  database.exec("commit");
}
