import Database from "libsql";
import { StoreError } from "../errors";

/**
 * Takes a store for this process alone; returns what gives it back.
 *
 * The lock is the database's own, on an empty file beside the store: the operating system takes it
 * from a process that ends, however it ends, so a store left by `kill -9` opens at once. It is not
 * on the store itself, which the bulk thread of the same keeper opens too.
 *
 * Throws StoreError `StoreInUse`, without waiting, when another keeper has it.
 */
export function lockFile(path: string): () => void {
  const lock = new Database(`${path}.lock`, { timeout: 0 });
  try {
    lock.exec("begin exclusive");
  } catch (cause) {
    lock.close();
    if ((cause as { code?: unknown }).code !== "SQLITE_BUSY") throw cause;
    const message = `another keeper uses ${path}: stop it, or give this one a store of its own (store.url)`;
    throw new StoreError(message, cause, "StoreInUse");
  }
  return () => lock.close();
}
