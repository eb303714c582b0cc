import type { Config } from "./config";
import { type Keeper, startEngine } from "./engine/keeper";
import type { EngineOptions } from "./engine/options";
import { openStore } from "./engine/store/database";
import type { Store as EngineStore, ProgramTables } from "./engine/store/store";
import { PROGRAMS } from "./programs";

type Program = (typeof PROGRAMS)[number];

/** What the keeper remembers between runs, with the tables of every program. */
export type Store = EngineStore<{
  [Name in Program["name"]]: Extract<Program, { name: Name }> extends {
    store: ProgramTables<infer Tables>;
  }
    ? Tables
    : undefined;
}>;

/** What a keeper is started with. */
export interface KeeperOptions extends Omit<EngineOptions, "config" | "programs" | "store"> {
  config: Config;
  /** Stays the caller's to close. */
  store: Store;
}

/** Starts a keeper for all programs; rejects as `startEngine` does. */
export const startKeeper = (options: KeeperOptions): Promise<Keeper> =>
  startEngine({ ...options, programs: PROGRAMS });

/** The store of such a keeper. See `openStore`. */
export const openLibsqlStore = (args: { url: string; authToken?: string | undefined }): Store =>
  openStore(args, PROGRAMS) as unknown as Store;
