/** What the two drivers offer beyond `Database`, for migrations alone. */
import type { Database, Sql } from "./database.ts";

export interface ScriptSql extends Sql {
  /** Runs a whole migration file: many statements, no parameters. */
  script(text: string): Promise<void>;
}

export interface ScriptDatabase extends Database {
  transaction<T>(work: (tx: ScriptSql) => Promise<T>): Promise<T>;
}
