/**
 * The embedded database: PostgreSQL compiled to WebAssembly, in a folder or in memory.
 *
 * It never calls fsync: what it acknowledged survives `kill -9`, not the loss of power. And two
 * processes on one folder would lose rows without a word: the folder has a lock (folder-lock.ts).
 */
import { mkdir } from "node:fs/promises";
import { PGlite, type Results } from "@electric-sql/pglite";
import { JikimError } from "../base/errors.ts";
import {
  DATE_OID,
  INT8_OID,
  readDate,
  readInt8,
  readTimestamptz,
  TIMESTAMPTZ_OID,
} from "./column-value.ts";
import type { Row, SqlValue } from "./database.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import type { ScriptDatabase, ScriptSql } from "./script-database.ts";
import { storeError } from "./store-error.ts";

const PARSERS = {
  [INT8_OID]: readInt8,
  [DATE_OID]: readDate,
  [TIMESTAMPTZ_OID]: readTimestamptz,
};

/**
 * Opens the embedded database. Throws ERR_STORE_LOCKED and ERR_STORE_UNAVAILABLE.
 * @param folder made when absent; `null`: in memory, gone at close
 */
export async function openPglite(folder: string | null): Promise<ScriptDatabase> {
  const lock = folder === null ? null : await lockFolder(folder);
  let engine: PGlite;
  try {
    engine = await startEngine(folder);
  } catch (error) {
    await lock?.release();
    throw error;
  }
  return databaseOf(engine, lock);
}

async function startEngine(folder: string | null): Promise<PGlite> {
  try {
    if (folder === null) return await PGlite.create({ parsers: PARSERS });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return await PGlite.create(folder, { parsers: PARSERS });
  } catch {
    throw new JikimError("ERR_STORE_UNAVAILABLE", "the embedded database does not open", {
      reason: "start",
    });
  }
}

function databaseOf(engine: PGlite, lock: FolderLock | null): ScriptDatabase {
  let closed = false;
  return Object.freeze<ScriptDatabase>({
    kind: "pglite",
    durability: lock === null ? "in memory: gone when closed" : "survives kill -9, not power loss",
    query: (text, params) => run(engine, text, params),
    async transaction<T>(work: (tx: ScriptSql) => Promise<T>): Promise<T> {
      let refused: { readonly error: unknown } | null = null;
      try {
        return await engine.transaction(async (tx) => {
          try {
            return await work({
              query: (text, params) => run(tx, text, params),
              script: (text) => runScript(tx, text),
            });
          } catch (error) {
            refused = { error };
            throw error;
          }
        });
      } catch (error) {
        // What the work threw is the caller's own; anything else comes from the driver.
        if (refused !== null) throw (refused as { readonly error: unknown }).error;
        throw storeError(error);
      }
    },
    async close(): Promise<void> {
      if (closed) return;
      closed = true;
      await engine.close();
      await lock?.release();
    },
  });
}

interface Engine {
  query<R>(text: string, params?: unknown[]): Promise<Results<R>>;
  exec(text: string): Promise<unknown>;
}

async function run<R extends Row>(
  engine: Engine,
  text: string,
  params: readonly SqlValue[] = [],
): Promise<readonly R[]> {
  try {
    return (await engine.query<R>(text, [...params])).rows;
  } catch (error) {
    throw storeError(error);
  }
}

async function runScript(engine: Engine, text: string): Promise<void> {
  try {
    await engine.exec(text);
  } catch (error) {
    throw storeError(error);
  }
}
