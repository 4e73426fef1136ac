/** What the archive keeps of a person: classes, counts, days. No values; those need a ground. */
import type { EngineContext } from "../jikim.ts";
import { handleBytes } from "../subject.ts";
import { usedArchive } from "./used-archive.ts";

/** Records of one class that end on the same day. */
export interface ArchivedRecords {
  readonly recordClass: string;
  /** The rule that obliges to keep them. */
  readonly law: string;
  readonly records: number;
  /** Names of the items in any of them. */
  readonly items: readonly string[];
  /** Last day they are kept; null while the clock has not started. */
  readonly endsOn: string | null;
}

/**
 * What is kept of a subject in the archive, by class and last day. An unknown handle has nothing.
 * Throws ERR_SUBJECT_UNKNOWN for what is no handle, and what `context.archive()` throws.
 * @example await archivedOf(context, subject) // [{ recordClass: "payment", records: 3, … }]
 */
export async function archivedOf(
  context: EngineContext,
  subject: string,
): Promise<readonly ArchivedRecords[]> {
  const handle = handleBytes(subject);
  const archive = await usedArchive(context);
  if (archive === null) return [];
  const rows = await archive.query<{
    class: string;
    law: string;
    expires_on: string | null;
    records: number;
    items: readonly string[];
  }>(
    `select class, law, expires_on, count(distinct id) as records,
            array_agg(distinct item order by item) as items
       from archived_record, unnest(items) as item
      where subject = $1
      group by class, law, expires_on
      order by class, expires_on`,
    [handle],
  );
  return rows.map((row) => ({
    recordClass: row.class,
    law: row.law,
    records: row.records,
    items: row.items,
    endsOn: row.expires_on,
  }));
}
