/**
 * A few of what a line of the ledger destroys, so that a second principal can search for them
 * afterwards: record ids, and look-up tags as the index held them. They stay until that look.
 */
import { bytes, hex } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";

/** Most records of a line that are searched for. */
const MOST = 20;

/** Which line of the ledger. */
export interface LineName {
  /** 16 bytes, hex. */
  readonly run: string;
  readonly recordClass: string;
  readonly expiredOn: string;
}

/**
 * Remembers some of the rows that are about to go, spread over all of them. Their tags are read
 * here, so this comes before the removal.
 * @param items of records that go on without these: then only their tags are searched for
 */
export async function keepSample(
  tx: Sql,
  line: LineName,
  doomed: readonly { readonly subject: Uint8Array; readonly id: Uint8Array }[],
  items: readonly string[] | null = null,
): Promise<void> {
  const step = Math.max(1, Math.ceil(doomed.length / MOST));
  const chosen = doomed.filter((_, index) => index % step === 0);
  if (chosen.length === 0) return;
  await tx.query(
    // A tag that another record of the same person has too is no trace of this one.
    `insert into look_sample (subject, run, id, class, expired_on, needles)
     select doomed.subject, $1, doomed.id, $2, $3::date,
            case when $6::text[] is null then array[encode(doomed.id, 'hex')]
                 else array[]::text[] end
              || array(select encode(tag, 'hex')
                         from lookup
                        where lookup.subject = doomed.subject and lookup.record = doomed.id
                          and octet_length(tag) = 16
                          and ($6::text[] is null or item = any ($6::text[]))
                          and not exists (select from lookup as other
                                           where other.subject = lookup.subject
                                             and other.record <> lookup.record
                                             and other.tag = lookup.tag))
       from (select decode(subject, 'hex') as subject, decode(id, 'hex') as id
               from unnest($4::text[], $5::text[]) as row (subject, id)) as doomed
      where (select count(*) from look_sample
              where run = $1 and class = $2 and expired_on = $3::date) < ${MOST}
         on conflict (subject, run, id) do nothing`,
    [
      bytes(line.run),
      line.recordClass,
      line.expiredOn,
      chosen.map(({ subject }) => hex(subject)),
      chosen.map(({ id }) => hex(id)),
      items,
    ],
  );
}
