/**
 * What becomes of each record when its subject leaves (retention.md R1–R17, resolutions A1, A2):
 * a statute's records move to the separate database, what was promised for a period and accepted
 * is kept for it, and everything else is destroyed at once. What is not one of the first two is
 * the third: nothing is kept by default (P5.10).
 */
import { present } from "../../base/assert.ts";
import { lastDay } from "../../base/calendar.ts";
import type { Clock } from "../../compiler/plan.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";
import { acceptedClasses } from "./accepted-period.ts";

export const FATES = ["destroyed", "moved", "kept"] as const;
/** `kept`: it stays where it is, unusable, until its own clock ends. */
export type Fate = (typeof FATES)[number];

/** What becomes of the records of a class. Names, counts and days: no value. */
export interface WithdrawalPart {
  readonly recordClass: string;
  readonly fate: Fate;
  readonly records: number;
  /** Last day of the last of them; null: they are destroyed, or wait for `waits`. */
  readonly until: string | null;
  /** Events some of them still wait for: a dispute that is open. */
  readonly waits: readonly string[];
  /** The statute's rule (`kr/ecommerce-decree-6-1-3`); null: a period of the policy, or none. */
  readonly law: string | null;
}

/** What becomes of a class; `accepted`: the person agreed to a text that states its period. */
export function fateOf({ recordClass, statutory }: Clock, accepted: boolean): Fate {
  if (recordClass.archiveBeside !== null && statutory) return "moved";
  if (statutory) return "kept";
  // A2: an internal policy is a period told at collection, or it is nothing.
  return recordClass.basis === "internal_policy" && accepted ? "kept" : "destroyed";
}

/** Events a withdrawal makes happen, by what the policy says. */
export function eventsOfWithdrawal({ plan }: EngineContext): ReadonlySet<string> {
  const marked = Object.values(plan.policy.events).filter((event) => event.atWithdrawal === true);
  return new Set(["withdrawal", ...marked.map(({ id }) => id)]);
}

type Group = {
  readonly class: string;
  /** Their clock has not started. */
  readonly endless: boolean;
  readonly seen: readonly string[];
  readonly records: number;
  readonly last: string | null;
};

/**
 * Sorts what is held of a subject, class by class, in the order of the policy. What has ended is
 * left out: it is the sweep's, and no one's to keep. One statement, and one for what was accepted.
 * @param today the day of leaving
 */
export async function sortRecords(
  context: EngineContext,
  sql: Sql,
  subject: Uint8Array,
  today: string,
): Promise<readonly WithdrawalPart[]> {
  const { plan } = context;
  const groups = await selectGroups(sql, subject, today);
  const accepted = await acceptedClasses(context, sql, subject);
  const ends = eventsOfWithdrawal(context);
  const parts: WithdrawalPart[] = [];
  for (const [name, own] of Map.groupBy(groups, (group) => group.class)) {
    const rule = plan.clocks.get(name);
    const records = own.reduce((sum, group) => sum + group.records, 0);
    // A class of an earlier text that the present one does not know has no reason to be kept.
    const fate = rule === undefined ? "destroyed" : fateOf(rule, accepted.has(name));
    const end =
      rule === undefined || fate === "destroyed"
        ? { until: null, waits: [] }
        : endOf(rule, own, { ends, today });
    parts.push({ recordClass: name, fate, records, ...end, law: rule?.recordClass.law ?? null });
  }
  const order = [...plan.clocks.keys()];
  return parts.sort((a, b) => order.indexOf(a.recordClass) - order.indexOf(b.recordClass));
}

async function selectGroups(
  sql: Sql,
  subject: Uint8Array,
  today: string,
): Promise<readonly Group[]> {
  return sql.query<Group>(
    `select class, endless, seen, count(*) as records, max(expires_on) as last
       from (select class, expires_on, expires_on is null as endless,
                    case when expires_on is null
                         then array(select event from record_event
                                     where record_event.subject = record.subject
                                       and record_event.record = record.id
                                     order by event)
                         else '{}' end as seen
               from record
              where subject = $1 and (expires_on is null or expires_on >= $2::date)) as living
      group by class, endless, seen
      order by class, endless, seen`,
    [subject, today],
  );
}

/** The last day of all, once the events of the withdrawal have happened today. */
function endOf(
  rule: Clock,
  groups: readonly Group[],
  { ends, today }: { readonly ends: ReadonlySet<string>; readonly today: string },
): Pick<WithdrawalPart, "until" | "waits"> {
  const waits = new Set<string>();
  const days: string[] = [];
  for (const group of groups) {
    if (!group.endless) {
      days.push(present(group.last, "a started clock has a last day"));
      continue;
    }
    const missing = rule.recordClass.from.laterOf.filter(
      (event) => event !== "collected" && !group.seen.includes(event) && !ends.has(event),
    );
    for (const event of missing) waits.add(event);
    // No event lies in the future, so with today's the clock starts today.
    if (missing.length === 0) days.push(rule.keep === null ? today : lastDay(today, rule.keep));
  }
  const last = days.toSorted().at(-1) ?? null;
  return { until: waits.size > 0 ? null : last, waits: [...waits] };
}
