/** Handles of data subjects: 8 random bytes, 16 hex digits, pointing at nobody by themselves. */
import { JikimError } from "../base/errors.ts";
import { bytes } from "../store/column-value.ts";
import type { Sql } from "../store/database.ts";

const HANDLE = /^[0-9a-f]{16}$/;

/** The handle as bytes. Throws ERR_SUBJECT_UNKNOWN when it is none. */
export function handleBytes(subject: string): Uint8Array {
  if (!HANDLE.test(subject)) throw subjectUnknown();
  return bytes(subject);
}

/** Does anything of this subject exist: a record, a consent, a declaration? */
export async function subjectExists(sql: Sql, subject: Uint8Array): Promise<boolean> {
  const [row] = await sql.query<{ known: boolean }>(
    `select exists (select from record where subject = $1)
         or exists (select from consent where subject = $1)
         or exists (select from declaration where subject = $1) as known`,
    [subject],
  );
  return row?.known === true;
}

export function subjectUnknown(): JikimError {
  return new JikimError("ERR_SUBJECT_UNKNOWN", "no data subject has this handle");
}
