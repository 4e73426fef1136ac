/** Handles of data subjects: 8 random bytes, 16 hex digits, pointing at nobody by themselves. */
import { JikimError } from "../base/errors.ts";
import { bytes } from "../store/column-value.ts";
import type { Sql } from "../store/database.ts";

const HANDLE = /^[0-9a-f]{16}$/;

/** The handle as bytes. Throws ERR_SUBJECT_UNKNOWN when it is none. */
export function handleBytes(subject: string): Uint8Array {
  if (!isHandle(subject)) throw subjectUnknown();
  return bytes(subject);
}

/** Is it of the shape of a handle? */
export function isHandle(subject: string): boolean {
  return HANDLE.test(subject);
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

/**
 * Does anything of this subject exist, or have they left? From the freeze of a withdrawal on
 * nothing is taken for the handle any more. A caller who seals for it asks while it shares the
 * compartments (locks.ts); the freeze holds those alone, so no record slips in behind it.
 */
export async function subjectState(
  sql: Sql,
  subject: Uint8Array,
): Promise<"unknown" | "present" | "left"> {
  const [row] = await sql.query<{ left: boolean; known: boolean }>(
    `select exists (select from withdrawal
                     where subject = $1 and frozen_at is not null) as left,
            exists (select from record where subject = $1)
         or exists (select from consent where subject = $1)
         or exists (select from declaration where subject = $1) as known`,
    [subject],
  );
  if (row?.left === true) return "left";
  return row?.known === true ? "present" : "unknown";
}

export function subjectUnknown(): JikimError {
  return new JikimError("ERR_SUBJECT_UNKNOWN", "no data subject has this handle");
}
