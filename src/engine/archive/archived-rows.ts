/** Rows of the archive: how they are removed, events first. */
import { assert } from "../../base/assert.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";

/** Removes rows, with the events that point at them. */
export async function removeArchivedRows(
  tx: Sql,
  doomed: readonly { readonly subject: Uint8Array; readonly id: Uint8Array }[],
): Promise<void> {
  if (doomed.length === 0) return;
  const keys = [doomed.map(({ subject }) => hex(subject)), doomed.map(({ id }) => hex(id))];
  await tx.query(
    `delete from archived_event
      where (subject, record) in (select decode(subject, 'hex'), decode(id, 'hex')
                                    from unnest($1::text[], $2::text[]) as doomed (subject, id))`,
    keys,
  );
  const gone = await tx.query(
    `delete from archived_record
      where (subject, id) in (select decode(subject, 'hex'), decode(id, 'hex')
                                from unnest($1::text[], $2::text[]) as doomed (subject, id))
    returning id`,
    keys,
  );
  assert(gone.length === doomed.length, "every row chosen is removed");
}
