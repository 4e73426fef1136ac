/**
 * What lies over the records of a subject when they are used: restrictions of the person, and
 * purposes stopped for everyone. Each is one row, laid over in process; nothing is copied into the
 * records. The rows come with the look at the subject itself, in one statement: asking the store
 * whether a remembered answer is still true would cost the same trip, so none is remembered, and
 * what was revoked is revoked before the next use in every process.
 */
import type { Row, Sql } from "../../store/database.ts";
import type { RestrictionReason } from "./restriction.ts";

/** A restriction that holds. */
export interface Restriction {
  readonly reason: RestrictionReason;
  /** `null`: all of them. */
  readonly items: readonly string[] | null;
  readonly purposes: readonly string[] | null;
}

export interface Overlay {
  /** Anything of the subject exists: a record, a consent, a declaration. */
  readonly known: boolean;
  /** The purpose is stopped for everyone. */
  readonly stopped: boolean;
  readonly restrictions: readonly Restriction[];
}

const NOTHING: Overlay = Object.freeze({ known: false, stopped: false, restrictions: [] });

/**
 * Overlays of subjects, by handle.
 * @param purpose `null`: none is asked about
 * @param subjects handles in hex; at most 1,000
 */
export async function overlaysOf(
  sql: Sql,
  purpose: string | null,
  subjects: readonly string[],
): Promise<(subject: string) => Overlay> {
  const rows = await sql.query<Overlay & { readonly subject: string } & Row>(
    `select asked.subject,
            exists (select from record where record.subject = decode(asked.subject, 'hex'))
              or exists (select from consent where consent.subject = decode(asked.subject, 'hex'))
              or exists (select from declaration
                          where declaration.subject = decode(asked.subject, 'hex')) as known,
            coalesce((select stopped from purpose_stop
                       where purpose = $2 order by seq desc limit 1), false) as stopped,
            coalesce((select jsonb_agg(jsonb_build_object('reason', reason, 'items', items,
                                                          'purposes', purposes) order by seq)
                        from restriction
                       where restriction.subject = decode(asked.subject, 'hex')
                         and lifted_at is null), '[]'::jsonb) as restrictions
       from unnest($1::text[]) as asked (subject)
      order by asked.subject`,
    [subjects, purpose],
  );
  const overlays = new Map(rows.map(({ subject, ...overlay }) => [subject, overlay]));
  return (subject) => overlays.get(subject) ?? NOTHING;
}

/**
 * Does a restriction cover this item for this purpose?
 * @param purpose `null`: for logging in, which serves the service as a whole; only a restriction of
 *   all purposes stops it
 */
export function isRestricted(
  { restrictions }: Overlay,
  item: string,
  purpose: string | null,
): boolean {
  return restrictions.some(
    ({ items, purposes }) =>
      (items === null || items.includes(item)) &&
      (purposes === null || (purpose !== null && purposes.includes(purpose))),
  );
}
