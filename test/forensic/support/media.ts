/**
 * Where bytes may stay: each medium of a stand was read, and those that keep what the database was
 * told show it by the ciphertext of destroyed rows. A search that finds nothing where nothing was
 * read would prove nothing.
 */
import type { StandName } from "./plan.ts";
import type { FileSearched } from "./search.ts";

/** Name → what a path of it contains; the first that fits counts. */
const MEDIA = [
  ["base backup", "/base-backup/"],
  ["dump of the archive", "/dump/archive.sql"],
  ["dump", "/dump/"],
  ["archive's copy of before", "/c0/archive/"],
  ["copy of before", "/c0/"],
  ["WAL archive", "/extras/archive/"],
  ["server log", "/extras/log/"],
  ["statement statistics", "pgss_query_texts"],
  ["archive's WAL", "/live/archive/pg_wal/"],
  ["archive's tables", "/live/archive/base/"],
  ["WAL", "/pg_wal/"],
  ["tables", "/base/"],
  ["keys", "/keys/"],
  ["files", "/files/"],
] as const;
export type Medium = (typeof MEDIA)[number][0];

/** A medium must have been read (0), or must also show so much of what it kept. */
const EXPECTED: Readonly<Record<StandName, Readonly<Partial<Record<Medium, number>>>>> = {
  files: {
    "copy of before": 1,
    "archive's copy of before": 1,
    tables: 0,
    "archive's tables": 0,
    WAL: 0,
    "archive's WAL": 0,
    keys: 0,
    files: 0,
  },
  postgres: {
    "base backup": 1,
    dump: 1,
    "dump of the archive": 1,
    "WAL archive": 1,
    "server log": 1,
    "statement statistics": 0,
    WAL: 0,
    tables: 0,
    keys: 0,
    files: 0,
  },
};

export interface MediumSearched {
  readonly medium: Medium;
  readonly files: number;
  /** Destroyed rows whose ciphertext still stands in it. */
  readonly rows: number;
  /** Was it read, and does it show what it must? */
  readonly ok: boolean;
}

/** @param rowsIn how many destroyed rows a set of needles tells of */
export function mediaSearched(
  stand: StandName,
  read: readonly FileSearched[],
  rowsIn: (needles: ReadonlySet<number>) => number,
): readonly MediumSearched[] {
  const byMedium = Map.groupBy(read, ({ path }) => mediumOf(path));
  return Object.entries(EXPECTED[stand]).map(([name, least]) => {
    const medium = name as Medium;
    const files = byMedium.get(medium) ?? [];
    const rows = rowsIn(new Set(files.flatMap(({ found }) => [...found])));
    return { medium, files: files.length, rows, ok: files.length > 0 && rows >= least };
  });
}

function mediumOf(path: string): Medium | null {
  return MEDIA.find(([, part]) => path.includes(part))?.[0] ?? null;
}
