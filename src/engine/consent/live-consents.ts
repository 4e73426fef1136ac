/** Which consents live: those whose last act is a giving. */
import type { Sql } from "../../store/database.ts";

/** Consents of a subject whose last act is a giving. */
export async function liveConsents(sql: Sql, subject: Uint8Array): Promise<ReadonlySet<string>> {
  const rows = await sql.query<{ consent: string; given: boolean }>(
    `select distinct on (consent) consent, given
       from consent
      where subject = $1
      order by consent, seq desc`,
    [subject],
  );
  return new Set(rows.filter(({ given }) => given).map(({ consent }) => consent));
}
