import Database from "libsql";
import { splitToken } from "../config/credentials";
import { ConfigError, KeeperError, StoreError } from "../errors";
import { ENGINE_MIGRATIONS, openEngineTables } from "./engine-tables";
import { lockFile } from "./lock";
import { migrate } from "./migrate";
import type { ProgramTables, Store } from "./store";

/** How long a thread's connection to the same file is waited for. */
const BUSY_MS = 5_000;

/** A program whose tables are in the store. */
export interface Stored {
  name: string;
  store?: ProgramTables;
}

/**
 * A store in a libSQL (SQLite) file; `libsql:` addresses reach a libSQL server with the same SQL.
 *
 * The file is in write-ahead mode with an fsync at each commit, so what a change has
 * acknowledged survives both `kill -9` and a power cut. Nobody else may open the file until it is
 * closed: two keepers would count their fees apart and delete what the other holds.
 *
 * Throws StoreError, with the code `StoreInUse` where another keeper has the file, and ConfigError
 * where the address stands for a store without a disk.
 */
export function openStore(
  args: { url: string; authToken?: string | undefined },
  programs: readonly Stored[],
): Store {
  const { database, unlock } = guarded("open", () => open(args, programs));
  const step = async <T>(what: string, run: () => T): Promise<T> => guarded(what, run);
  const context = { database, path: fileOf(args.url), step };
  return {
    ...openEngineTables(context),
    tables: Object.fromEntries(programs.map(({ name, store }) => [name, store?.open(context)])),
    close: () =>
      step("close", () => {
        database.close();
        unlock();
      }),
  };
}

function open(
  args: { url: string; authToken?: string | undefined },
  programs: readonly Stored[],
): {
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
    const ofPrograms = programs.map(({ name, store }) => ({
      program: name,
      migrations: store?.migrations ?? [],
    }));
    migrate(database, [{ migrations: ENGINE_MIGRATIONS }, ...ofPrograms]);
    return { database, unlock };
  } catch (error) {
    database.close();
    unlock();
    throw error;
  }
}

/** The file as the database resolved it: the same by whatever path or link it was named. */
function pathOf(database: Database.Database): string {
  const row = database.prepare("select file from pragma_database_list where name = 'main'").get();
  return (row as { file: string }).file;
}

const fileOf = (url: string): string | undefined =>
  url.startsWith("file:") ? url.slice("file:".length) : undefined;

function guarded<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof KeeperError) throw cause;
    throw new StoreError(`could not ${what}: ${(cause as Error).message}`, cause);
  }
}
