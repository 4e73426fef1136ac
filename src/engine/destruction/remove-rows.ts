/** How rows of records go: with all that points at them, and counted. */
import { assert } from "../../base/assert.ts";
import { hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";

/** Tags and events first: they point at the record. */
export async function removeRows(
  tx: Sql,
  doomed: readonly { readonly subject: Uint8Array; readonly id: Uint8Array }[],
): Promise<void> {
  const keys = [doomed.map(({ subject }) => hex(subject)), doomed.map(({ id }) => hex(id))];
  await tx.query(
    `delete from lookup
      where (subject, record) in (select decode(subject, 'hex'), decode(id, 'hex')
                                    from unnest($1::text[], $2::text[]) as doomed (subject, id))`,
    keys,
  );
  await tx.query(
    `delete from record_event
      where (subject, record) in (select decode(subject, 'hex'), decode(id, 'hex')
                                    from unnest($1::text[], $2::text[]) as doomed (subject, id))`,
    keys,
  );
  const gone = await tx.query(
    `delete from record
      where (subject, id) in (select decode(subject, 'hex'), decode(id, 'hex')
                                from unnest($1::text[], $2::text[]) as doomed (subject, id))
    returning id`,
    keys,
  );
  assert(gone.length === doomed.length, "every row chosen is removed");
}
