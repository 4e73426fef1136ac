/**
 * Retention looked at from outside the clocks: the last day is computed again, by the database's
 * own calendar, and compared with what the engine wrote beside each record.
 */
import { addDays, dayOf, deadlineAt } from "../base/calendar.ts";
import type { Clock } from "../compiler/plan.ts";
import { versionClocks } from "../engine/retention/version-clocks.ts";
import type { Check, Count, Look } from "./check.ts";
import { counted, found, wordsOnly } from "./check.ts";
import { evidenceOverCount } from "./consent-checks.ts";
import { parameterOf } from "./parameters.ts";

const startsAtCollection = ({ recordClass }: Clock): boolean =>
  recordClass.from.laterOf.length === 1 && recordClass.from.laterOf[0] === "collected";

/** The last day a record may have had so that today is still within the grace period. */
export function lastTolerableDay(look: Look): string {
  const { timeZone } = look.compiled.plan;
  const grace = String(parameterOf(look.compiled.plan, "destroy_grace"));
  let day = addDays(dayOf(look.now, timeZone), -1);
  while (deadlineAt(day, grace, timeZone) > look.now) day = addDays(day, -1);
  return addDays(day, 1);
}

/** Records past their last day and grace, and records with another last day than promised. */
async function clockCounts(look: Look, clock: Clock): Promise<readonly Count[]> {
  const name = clock.recordClass.id;
  const late = await counted(
    look.sql,
    `select count(*) as examined, count(*) filter (where expires_on < $2::date) as violations
       from record
      where class = $1`,
    [name, lastTolerableDay(look)],
  );
  const wrongDay = await lastDayCounts(look, clock);
  const survived = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (where exists (
              select from record
               where record.class = destruction.class
                 and record.expires_on = destruction.expired_on)) as violations
       from destruction
      where class = $1 and reason = 'expiry'`,
    [name],
  );
  return [
    { code: "records-past-their-day", ...late },
    { code: "last-day-as-promised", ...wrongDay },
    { code: "destroyed-days-empty", ...survived },
  ];
}

/**
 * Last days as they follow from the events beside each record, by the rule of the version it was
 * collected under or the present one, whichever ends sooner: so a period that became longer for
 * data already there is found too.
 */
async function lastDayCounts(
  look: Look,
  clock: Clock,
): Promise<{ examined: number; violations: number }> {
  const { plan } = look.compiled;
  const name = clock.recordClass.id;
  const clocks = await versionClocks({ plan }, look.sql);
  const rules = [...clocks.byHash.keys()].flatMap((hash) =>
    clocks.governing(hash, name).map(({ recordClass, keep }) => ({
      hash,
      events: recordClass.from.laterOf.join(" "),
      keep: keep ?? "",
    })),
  );
  return counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (where expires_on is distinct from expected) as violations
       from (select record.expires_on,
                    case when $6 and withdrawn_on is not null then withdrawn_on - 1
                         else min(case when not complete then null
                                       when keep = '' then start - 1
                                       else (start + keep::interval)::date end) end as expected
               from record
               left join lateral (
                      select max(happened_on) as withdrawn_on
                        from record_event as seen
                       where seen.subject = record.subject and seen.record = record.id
                         and seen.event = 'consent_withdrawn') as withdrawal on true
               left join lateral (
                      select rule.keep, bool_and(day is not null) as complete, max(day) as start
                        from unnest($2::text[], $3::text[], $4::text[])
                             as rule (hash, events, keep)
                       cross join unnest(string_to_array(rule.events, ' ')) as event
                       cross join lateral (
                               select case when event = 'collected' then record.collected_on
                                           else (select happened_on from record_event as seen
                                                  where seen.subject = record.subject
                                                    and seen.record = record.id
                                                    and seen.event = event.event) end as day
                             ) as happened
                       where rule.hash = case when record.policy_hash = any($2::text[])
                                              then record.policy_hash else $5 end
                       group by rule.hash, rule.events, rule.keep) as ruled on true
              where record.class = $1
              group by record.subject, record.id, record.expires_on, withdrawn_on) as looked`,
    [
      name,
      rules.map(({ hash }) => hash),
      rules.map(({ events }) => events),
      rules.map(({ keep }) => keep),
      plan.hash,
      clock.recordClass.basis === "consent",
    ],
  );
}

/** P5.3–P5.8: one row of the retention table. */
export const row: Check = async (look, promise) => {
  const clock = look.compiled.plan.clocks.get(promise.ref ?? "");
  if (clock === undefined) return wordsOnly("class-without-clock");
  return found(await clockCounts(look, clock));
};

/** P5.10: no record outside the classes of the plan, none without an end. */
export const noDefault: Check = async (look) => {
  const clocks = [...look.compiled.plan.clocks.values()];
  const known = clocks.map(({ recordClass }) => recordClass.id);
  const dated = clocks.filter(startsAtCollection).map(({ recordClass }) => recordClass.id);
  const stray = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (where class <> all($1::text[])) as violations
       from record`,
    [known],
  );
  const endless = await counted(
    look.sql,
    `select count(*) as examined, count(*) filter (where expires_on is null) as violations
       from record
      where class = any($1::text[])`,
    [dated],
  );
  const made = [...look.compiled.plan.gates.values()].flatMap(({ occasion }) => occasion.makes);
  return found([
    {
      code: "classes-with-a-rule",
      examined: made.length,
      violations: made.filter((name) => !known.includes(name)).length,
    },
    { code: "records-of-known-classes", ...stray },
    { code: "records-with-an-end", ...endless },
    await evidenceOverCount(look),
  ]);
};
