/**
 * One database, two drivers: PGlite in a folder, PostgreSQL over a socket. Statements are plain
 * PostgreSQL 15 SQL with `$1` parameters; no personal value is ever one of them unsealed.
 */

export type SqlValue = string | number | bigint | boolean | null | Uint8Array | readonly string[];
export type Row = Readonly<Record<string, unknown>>;

/** Something that runs statements: a database, or a transaction of it. */
export interface Sql {
  /** Runs one statement and returns its rows. `bytea` arrives as Uint8Array, `date` as "YYYY-MM-DD",
   * `timestamptz` as milliseconds since the epoch, `int8` as number (checked to be safe). */
  query<R extends Row = Row>(text: string, params?: readonly SqlValue[]): Promise<readonly R[]>;
}

export interface Database extends Sql {
  readonly kind: "pglite" | "postgres";
  /** For people: what survives ("survives kill -9, not power loss"). */
  readonly durability: string;
  /** Runs `work` in one transaction: all of it or nothing. */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
