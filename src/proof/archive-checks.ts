/**
 * The separate database looked at from both sides: what had to move is not here, what is there is
 * what the policy declares and no more, it ends on its day, and nothing opens it but the rule that
 * keeps it or the person's own request. Names, counts, days and the numbers of locks are looked at,
 * never a value.
 */
import { dayOf } from "../base/calendar.ts";
import type { Plan } from "../compiler/plan.ts";
import { type ArchivedClass, archivedClasses } from "../engine/archive/archived-classes.ts";
import { versionClocks, type VersionClocks } from "../engine/retention/version-clocks.ts";
import { openedBy } from "../engine/use/read-archived.ts";
import { hex } from "../store/column-value.ts";
import type { Sql } from "../store/database.ts";
import type { Check, Count, Look } from "./check.ts";
import { counted, found } from "./check.ts";
import { lastTolerableDay } from "./retention-checks.ts";
import { graceMs } from "./withdrawal-checks.ts";

/** Most people of whom both databases are compared in one look. */
const MOST_PEOPLE = 10_000;
/** Most ended class-days that are looked for in the archive. */
const MOST_DAYS = 10_000;

/** P6.1: what must be kept after its purpose is in the separate database, and only there. */
export const separateDatabase: Check = async (look) => {
  const archive = await look.archive();
  const here = [await movedOfLeavers(look), await movesEnded(look)];
  if (archive === null) return found(here);
  const clocks = await versionClocks({ plan: look.compiled.plan }, look.sql);
  return found([
    ...here,
    await declaredItems(archive, clocks),
    await ownLocks(look, archive),
    await nobodyInBoth(look, archive),
  ]);
};

/** P6.3: it stays for the period of the policy and is destroyed then. */
export const afterPeriod: Check = async (look) => {
  const { plan } = look.compiled;
  const tolerable = lastTolerableDay(look);
  const statutory = [...plan.clocks.values()].filter((clock) => clock.statutory);
  const live = await counted(
    look.sql,
    `select count(*) as examined, count(*) filter (where expires_on < $2::date) as violations
       from record
      where class = any($1::text[])`,
    [statutory.map(({ recordClass }) => recordClass.id), tolerable],
  );
  const archive = await look.archive();
  if (archive === null) return found([{ code: "records-past-their-day", ...live }]);
  const archived = await counted(
    archive,
    `select count(*) as examined, count(*) filter (where expires_on < $1::date) as violations
       from archived_record`,
    [tolerable],
  );
  const clocks = await versionClocks({ plan }, look.sql);
  return found([
    { code: "records-past-their-day", ...live },
    { code: "archived-past-their-day", ...archived },
    await lastDays(archive, plan, clocks),
    await endedDaysEmpty(look, archive),
  ]);
};

/** P6.4: what lies there is only stored; a ground of the law opens it, a purpose never does. */
export const noOtherUse: Check = async (look) => {
  const archive = await look.archive();
  return found([
    ...closedToPurposes(look.compiled.plan),
    await looksWithGround(look),
    ...(archive === null ? [] : [await ownLocks(look, archive)]),
  ]);
};

/** P5.9: what a statute keeps serves that keeping alone. */
export const statutoryUse: Check = async (look) =>
  found([
    ...closedToPurposes(look.compiled.plan),
    await looksAtWhatIsKept(look),
    await shutOut(look),
    await nothingSent(look),
  ]);

/** Nobody who has left has a living record here of a class that moves. */
async function movedOfLeavers({ compiled: { plan }, sql, now }: Look): Promise<Count> {
  const rows = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (where exists (
              select from record
               where record.subject = withdrawal.subject and record.class = any($1::text[])
                 and (expires_on is null or expires_on >= $2::date))) as violations
       from withdrawal
      where step in ('moved', 'removed', 'ordered', 'shredded', 'certified', 'told')`,
    [[...archivedClasses(plan).keys()], dayOf(now, plan.timeZone)],
  );
  return { code: "statutory-records-moved", ...rows };
}

/** A move that was begun is over within the time that destruction has. */
async function movesEnded(look: Look): Promise<Count> {
  const rows = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (where began_at < $1::timestamptz) as violations
       from archive_move`,
    [new Date(look.now - graceMs(look)).toISOString()],
  );
  return { code: "moves-ended", ...rows };
}

/** Classes and items that some version of the policy lets into the archive, and nothing beside. */
async function declaredItems(archive: Sql, clocks: VersionClocks): Promise<Count> {
  const holds = new Map<string, Set<string>>();
  const besides = new Map<string, Set<string>>();
  for (const version of clocks.byHash.values()) {
    for (const [name, { recordClass, statutory }] of version) {
      if (!statutory || recordClass.archiveBeside === null) continue;
      holds.set(name, new Set([...(holds.get(name) ?? []), ...recordClass.holds]));
      besides.set(name, new Set([...(besides.get(name) ?? []), ...recordClass.archiveBeside]));
    }
  }
  const names = [...holds.keys()];
  const joined = (sets: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] =>
    names.map((name) => [...(sets.get(name) ?? [])].join(" "));
  const rows = await counted(
    archive,
    `select count(*) as examined,
            count(*) filter (
              where declared.class is null
                 or not (kept.beside <@ string_to_array(declared.beside, ' '))
                 or not (kept.items <@ (string_to_array(declared.holds, ' ') || kept.beside))
            ) as violations
       from archived_record as kept
       left join unnest($1::text[], $2::text[], $3::text[]) as declared (class, holds, beside)
         on declared.class = kept.class`,
    [names, joined(holds), joined(besides)],
  );
  return { code: "archived-items-declared", ...rows };
}

type Lock = { readonly subject: Uint8Array; readonly lock: string };

/**
 * No record here is under a lock of the archive: what opens the one opens nothing of the other. The
 * lock of the subject is named in the head of a sealed value (bytes 4 to 9).
 */
async function ownLocks(look: Look, archive: Sql): Promise<Count> {
  const rows = await archive.query<Lock>(
    `select distinct subject, encode(substring(sealed from 4 for 6), 'hex') as lock
       from archived_record
      order by subject, lock
      limit ${MOST_PEOPLE}`,
  );
  const shared = await look.sql.query(
    `select distinct record.subject
       from record
       join unnest($1::text[], $2::text[]) as archived (subject, lock)
         on record.subject = decode(archived.subject, 'hex')
        and encode(substring(record.sealed from 4 for 6), 'hex') = archived.lock`,
    [rows.map(({ subject }) => hex(subject)), rows.map(({ lock }) => lock)],
  );
  return { code: "archive-own-locks", examined: rows.length, violations: shared.length };
}

/** Of whom something lies in the archive, nothing of the same kind is left here. */
async function nobodyInBoth(look: Look, archive: Sql): Promise<Count> {
  const { plan } = look.compiled;
  const people = await archive.query<{ subject: Uint8Array }>(
    `select distinct subject from archived_record order by subject limit ${MOST_PEOPLE}`,
  );
  const rows = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (
              where not exists (select from archive_move
                                 where archive_move.subject = decode(archived.subject, 'hex'))
                and exists (select from record
                             where record.subject = decode(archived.subject, 'hex')
                               and record.class = any($2::text[])
                               and (expires_on is null or expires_on >= $3::date))) as violations
       from unnest($1::text[]) as archived (subject)`,
    [
      people.map(({ subject }) => hex(subject)),
      [...archivedClasses(plan).keys()],
      dayOf(look.now, plan.timeZone),
    ],
  );
  return { code: "nobody-in-both", ...rows };
}

/** Last days as they follow from the events beside each record, by the soonest rule that governs. */
async function lastDays(archive: Sql, plan: Plan, clocks: VersionClocks): Promise<Count> {
  const rules = [...clocks.byHash.keys()].flatMap((hash) =>
    [...archivedClasses(plan).keys()].flatMap((name) =>
      clocks.governing(hash, name).map(({ recordClass, keep }) => ({
        hash,
        name,
        events: recordClass.from.laterOf.join(" "),
        keep: keep ?? "P0D",
      })),
    ),
  );
  const rows = await counted(
    archive,
    `select count(*) as examined,
            count(*) filter (where expires_on is distinct from expected) as violations
       from (select kept.expires_on,
                    min(case when complete then (start + keep::interval)::date end) as expected
               from archived_record as kept
               left join lateral (
                      select rule.keep, bool_and(day is not null) as complete, max(day) as start
                        from unnest($1::text[], $2::text[], $3::text[], $4::text[])
                             as rule (hash, class, events, keep)
                       cross join unnest(string_to_array(rule.events, ' ')) as event
                       cross join lateral (
                               select case when event = 'collected' then kept.collected_on
                                           else (select happened_on from archived_event as seen
                                                  where seen.subject = kept.subject
                                                    and seen.record = kept.id
                                                    and seen.event = event.event) end as day
                             ) as happened
                       where rule.class = kept.class
                         and rule.hash = case when kept.policy_hash = any($1::text[])
                                              then kept.policy_hash else $5 end
                       group by rule.hash, rule.events, rule.keep) as ruled on true
              group by kept.subject, kept.id, kept.expires_on) as looked`,
    [
      rules.map(({ hash }) => hash),
      rules.map(({ name }) => name),
      rules.map(({ events }) => events),
      rules.map(({ keep }) => keep),
      plan.hash,
    ],
  );
  return { code: "archived-last-day", ...rows };
}

/** Class-days whose destruction is over have no row in the archive. */
async function endedDaysEmpty(look: Look, archive: Sql): Promise<Count> {
  const days = await look.sql.query<{ class: string; expired_on: string }>(
    `select distinct class, expired_on
       from destruction
      where reason = 'expiry' and rows_removed_at is not null
      order by expired_on desc, class
      limit ${MOST_DAYS}`,
  );
  const rows = await counted(
    archive,
    `select count(*) as examined,
            count(*) filter (where exists (
              select from archived_record
               where archived_record.class = ended.class
                 and archived_record.expires_on = ended.day::date)) as violations
       from unnest($1::text[], $2::text[]) as ended (class, day)`,
    [days.map((day) => day.class), days.map((day) => day.expired_on)],
  );
  return { code: "archived-days-empty", ...rows };
}

/** The rule itself is asked: no purpose opens the archive, and each law only what it keeps. */
function closedToPurposes(plan: Plan): readonly Count[] {
  const archived = archivedClasses(plan);
  const items = [...new Set([...archived.values()].flatMap(itemsOf))];
  const strangers = [...plan.uses.keys(), "undeclared", ""];
  const open = strangers.flatMap((ground) =>
    items.filter((item) => openedBy(plan, [item], ground).reasons.length === 0),
  );
  const laws = new Set([...archived.values()].map(({ law }) => law));
  const wide = [...laws].filter((law) => {
    const own = [...archived.values()].filter((each) => each.law === law).flatMap(itemsOf);
    return [...plan.items.keys()].some(
      (item) => (openedBy(plan, [item], law).reasons.length === 0) !== own.includes(item),
    );
  });
  return [
    {
      code: "archive-closed-to-purposes",
      examined: strangers.length * items.length,
      violations: open.length,
    },
    { code: "laws-open-what-they-keep", examined: laws.size, violations: wide.length },
  ];
}

function itemsOf({ clock, beside }: ArchivedClass): readonly string[] {
  return [...clock.recordClass.holds, ...beside];
}

/**
 * Every look into the archive that was allowed named a ground: the rule that keeps the records, the
 * person's request, or a document that binds and was released; and who looked has that charge.
 */
async function looksWithGround({ compiled: { plan }, sql }: Look): Promise<Count> {
  const laws = [...archivedClasses(plan).values()].map(({ law }) => law);
  const rows = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (
              where purpose is not null or ground is null
                 or (policy_hash = $2 and ground <> 'request' and ground <> all($1::text[])
                     and not exists (select from provision_document as document
                                      where document.subject = access_log.subject
                                        and document.kind = ground and released_at is not null))
                 or not exists (select from staff
                                 where staff.id = access_log.staff and 'archive' = any(roles))
            ) as violations
       from access_log
      where place = 'archive' and refused = '{}'`,
    [laws, plan.hash],
  );
  return { code: "archive-looks-with-ground", ...rows };
}

/** A look on the ground of a law was at items which that law keeps. */
async function looksAtWhatIsKept({ compiled: { plan }, sql }: Look): Promise<Count> {
  const laws = Map.groupBy(archivedClasses(plan).values(), ({ law }) => law);
  const rows = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (
              where not access_log.items <@ string_to_array(kept.items, ' ')) as violations
       from access_log
       join unnest($1::text[], $2::text[]) as kept (law, items) on kept.law = ground
      where place = 'archive' and refused = '{}' and policy_hash = $3`,
    [
      [...laws.keys()],
      [...laws.values()].map((classes) => classes.flatMap(itemsOf).join(" ")),
      plan.hash,
    ],
  );
  return { code: "archive-looks-at-what-is-kept", ...rows };
}

/** Whoever has left is restricted as a whole: no purpose reads what is still here of them. */
async function shutOut({ sql }: Look): Promise<Count> {
  const rows = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (where not exists (
              select from restriction
               where restriction.subject = withdrawal.subject and reason = 'withdrawal'
                 and items is null and purposes is null and lifted_at is null)) as violations
       from withdrawal
      where step <> 'confirmed'
        and exists (select from record where record.subject = withdrawal.subject)`,
  );
  return { code: "left-people-shut-out", ...rows };
}

/** After the freeze nothing of a person went to a processor or a third party by consent. */
async function nothingSent({ sql }: Look): Promise<Count> {
  const rows = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (
              where exists (select from processor_export as sent
                             where sent.subject = withdrawal.subject and sent.at > frozen_at)
                 or exists (select from provision as sent
                             where sent.subject = withdrawal.subject and sent.at > frozen_at
                               and sent.basis = 'consent')) as violations
       from withdrawal
      where frozen_at is not null`,
  );
  return { code: "nothing-sent-after-leaving", ...rows };
}
