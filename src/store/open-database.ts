/** The one door to a database: PGlite in a folder or in memory, PostgreSQL at a URL. */
import type { Database } from "./database.ts";
import { migrate } from "./migrate.ts";
import { openPglite } from "./pglite.ts";
import { openPostgres } from "./postgres.ts";
import { type MigrationSet, readMigrations } from "./read-migrations.ts";

export interface DatabaseOptions {
  /** `postgres://…` of a PostgreSQL ≥ 15. */
  readonly url?: string;
  /** Role the sessions of the url become. */
  readonly role?: string;
  /** Folder of an embedded database, made when absent. Neither url nor folder: in memory. */
  readonly folder?: string;
  /** Migrations brought up to date at opening. */
  readonly migrations: MigrationSet;
}

/**
 * Opens a database and brings its schema up to date.
 *
 * Throws ERR_STORE_LOCKED (another process uses the folder), ERR_STORE_UNAVAILABLE (it cannot be
 * opened or reached), ERR_STORE_DRIFT (an applied or shipped migration was changed) and
 * ERR_STORE_NEWER (the store was written by a newer version).
 * @example const db = await openDatabase({ folder: "data/records", migrations: "data" });
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const files = await readMigrations(options.migrations);
  const db =
    options.url === undefined
      ? await openPglite(options.folder ?? null)
      : await openPostgres(options.url, options.role);
  try {
    await migrate(db, files);
  } catch (error) {
    await db.close();
    throw error;
  }
  return db;
}
