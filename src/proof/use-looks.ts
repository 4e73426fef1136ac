/**
 * What use left behind: the access log, the ledgers, and the leaves that tell of them. All three
 * must say the same, and none of it may lie beyond a purpose or under a restriction.
 */
import type { Count, Look } from "./check.ts";
import { counted } from "./check.ts";

/** Allowed looks at the living records under this version: each at items of its purpose. */
export async function looksWithin(
  { compiled, sql }: Look,
  purpose: string,
  items: readonly string[],
): Promise<Count> {
  const looks = await counted(
    sql,
    `select count(*) as examined, count(*) filter (where not items <@ $2::text[]) as violations
       from access_log
      where purpose = $1 and place = 'live' and refused = '{}' and policy_hash = $3`,
    [purpose, items, compiled.hash],
  );
  return { code: "looks-within-purpose", ...looks, facts: { purpose } };
}

/** Looks under a task that records are kept for: at those records' items alone. */
export async function looksForDisputes(
  { compiled, sql }: Look,
  tasks: readonly { readonly purpose: string; readonly task: string }[],
  items: readonly string[],
): Promise<Count> {
  const looks = await counted(
    sql,
    `select count(*) as examined, count(*) filter (where not items <@ $3::text[]) as violations
       from access_log
       join unnest($1::text[], $2::text[]) as kept (purpose, task)
            on kept.purpose = access_log.purpose and kept.task = access_log.task
      where place = 'live' and ground is null and refused = '{}' and policy_hash = $4`,
    [tasks.map(({ purpose }) => purpose), tasks.map(({ task }) => task), items, compiled.hash],
  );
  return { code: "dispute-looks", ...looks };
}

/**
 * While a restriction held, nothing under it was looked at, given to a processor or provided. What
 * the person asked to see themselves is no use of it, and a document that binds is stopped by a
 * dispute alone.
 */
export async function restrictedNotUsed({ compiled, sql }: Look): Promise<Count> {
  const works = Object.values(compiled.policy.works);
  const uses = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (
              where exists (
                select from access_log as used
                 where used.subject = held.subject and used.at > held.placed_at
                   and (held.lifted_at is null or used.at < held.lifted_at)
                   and used.place = 'live' and used.refused = '{}' and used.ground is null
                   and (held.items is null or held.items && used.items)
                   and (held.purposes is null or used.purpose = any(held.purposes)))
              or exists (
                select from processor_export as used
                  left join unnest($1::text[], $2::text[]) as given (work, purpose)
                         on given.work = used.work
                 where used.subject = held.subject and used.at > held.placed_at
                   and (held.lifted_at is null or used.at < held.lifted_at)
                   and (held.items is null or held.items && used.items)
                   and (held.purposes is null or given.purpose = any(held.purposes)))
              or exists (
                select from provision as used
                 where used.subject = held.subject and used.at > held.placed_at
                   and (held.lifted_at is null or used.at < held.lifted_at)
                   and (used.basis = 'consent' or held.reason = 'correction')
                   and (held.items is null or held.items && used.items)
                   and (held.purposes is null or used.purpose = any(held.purposes))))
              as violations
       from restriction as held`,
    [works.map(({ id }) => id), works.map(({ purpose }) => purpose)],
  );
  return { code: "restricted-not-used", ...uses };
}

/** Every look the log tells of has its lines, one a person, until their time is over. */
export async function looksInTheLog({ sql, now }: Look): Promise<Count> {
  const looks = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (where told.subjects <> coalesce(line.lines, 0)) as violations
       from (select decode(facts ->> 'access', 'hex') as id, (facts ->> 'subjects')::int as subjects
               from audit_leaf
              where kind = 'staff_accessed'
                -- A year at least is any controller's (안전성 확보조치 기준 §8①).
                and at > to_timestamp($1::float8 / 1000) - interval '1 year') as told
       left join (select id, count(*) as lines from access_log group by id) as line
              on line.id = told.id`,
    [now],
  );
  return { code: "looks-in-the-log", ...looks };
}
