/**
 * Consents looked at as they lie in the ledger: each with its evidence, the result of advertising
 * told in time, asked again before its anniversary, and nothing left of what rested on a consent
 * that was withdrawn.
 */
import { present } from "../base/assert.ts";
import { dayOf } from "../base/calendar.ts";
import type { Plan } from "../compiler/plan.ts";
import { advertisingConsents } from "../engine/consent/advertising.ts";
import { evidencePeriod } from "../engine/consent/end-evidence.ts";
import { occasionsAsking } from "../engine/consent/end-resting.ts";
import { reconfirmPeriod } from "../engine/consent/run-consent-clocks.ts";
import { addressWay } from "../engine/message/read-address.ts";
import type { Check, Count, Look } from "./check.ts";
import { counted, found } from "./check.ts";
import { parameterOf } from "./parameters.ts";
import * as purpose from "./purpose-checks.ts";

/** P2.5: the use rests on consent, and the consents are what the law makes of them. */
export const purposeConsent: Check = async (look, promise) => {
  const id = present(promise.ref, "a promise about a purpose names it");
  const { plan, policy } = look.compiled;
  const known = Object.values(policy.consents)
    .filter(({ purposes }) => purposes.includes(id))
    .map((act) => act.id);
  const advertising = advertisingConsents(plan).filter((each) => known.includes(each));
  const rests = await purpose.consent(look, promise);
  const own = found([
    await evidenceCount(look, known),
    ...(await toldCounts(look, advertising)),
    await confirmedCount(look, advertising),
    await endedCount(look, known),
  ]);
  return {
    status: [rests, own].some(({ status }) => status === "broken") ? "broken" : rests.status,
    examined: rests.examined + own.examined,
    violations: rests.violations + own.violations,
    evidence: [...rests.evidence, ...own.evidence],
  };
};

/** Version (the text of it still here), language and channel of each act. */
async function evidenceCount({ sql }: Look, consents: readonly string[]): Promise<Count> {
  const acts = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (where lang = '' or method = '' or version.hash is null) as violations
       from consent
       left join policy_version as version on version.hash = consent.policy_hash
      where consent.consent = any($1::text[])`,
    [consents],
  );
  return { code: "consents-evidenced", ...acts };
}

/** Acts on advertising of people who can be reached, and what they were told (영 62의2). */
async function toldCounts(look: Look, consents: readonly string[]): Promise<readonly Count[]> {
  const { plan } = look.compiled;
  const way = addressWay(plan);
  const counts = await look.sql.query<{ acts: number; untold: number; late: number }>(
    `select count(*) as acts,
            count(*) filter (where told.id is null) as untold,
            count(*) filter (where told.state <> 'sent' and told.due_on < $4::date) as late
       from consent as act
       left join message as told on told.subject = act.subject and told.about = act.id
                                and told.kind = 'marketing_result'
      where act.consent = any($1::text[])
        and exists (select from record
                     where record.subject = act.subject and record.occasion = any($2::text[])
                       and $3 = any(record.items) and record.collected_at <= act.at)`,
    [consents, way?.occasions ?? [], way?.item ?? "", dayOf(look.now, plan.timeZone)],
  );
  const { acts, untold, late } = present(counts[0], "a count is a row");
  return [
    { code: "results-of-advertising-told", examined: acts, violations: untold },
    { code: "results-told-in-time", examined: acts, violations: late },
  ];
}

/** Living consents to advertising whose last anniversary is over: asked before it (영 62의3). */
async function confirmedCount(look: Look, consents: readonly string[]): Promise<Count> {
  const { plan } = look.compiled;
  const period = reconfirmPeriod(plan);
  const counts = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (where not exists (
              select from message
               where message.subject = act.subject and message.about = act.id
                 and message.kind = 'marketing_reconfirm' and message.state = 'sent'
                 and message.due_on = act.due_on
                 and (message.sent_at at time zone $2)::date <= act.due_on)) as violations
       from (select subject, id,
                    (select max(((at at time zone $2)::date + round * $3::interval)::date)
                       from generate_series(1, 60) as round
                      where ((at at time zone $2)::date + round * $3::interval)::date < $4::date)
                      as due_on
               from consent as last
              where consent = any($1::text[]) and given and ended_on is null
                and not exists (select from consent as later
                                 where later.subject = last.subject
                                   and later.consent = last.consent
                                   and later.seq > last.seq)) as act
      where act.due_on is not null`,
    [consents, plan.timeZone, period, dayOf(look.now, plan.timeZone)],
  );
  return { code: "advertising-confirmed-again", ...counts };
}

/** Withdrawn consents, and records that rested on them and are still there after the grace. */
async function endedCount(look: Look, consents: readonly string[]): Promise<Count> {
  const { plan } = look.compiled;
  const pairs = consents.flatMap((id) => occasionsAsking(plan, id).map((at) => [id, at] as const));
  const counts = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (where exists (
              select from record
                join unnest($2::text[], $3::text[]) as asked (consent, occasion)
                  on asked.occasion = record.occasion and asked.consent = act.consent
               where record.subject = act.subject and record.class = any($4::text[])
                 and (act.at at time zone $5)::date + $6::interval < $7::date)) as violations
       from consent as act
      where act.consent = any($1::text[]) and not act.given
        and not exists (select from consent as later
                         where later.subject = act.subject and later.consent = act.consent
                           and later.seq > act.seq)`,
    [
      consents,
      pairs.map(([id]) => id),
      pairs.map(([, at]) => at),
      classesOnConsent(plan),
      plan.timeZone,
      String(parameterOf(plan, "destroy_grace")),
      dayOf(look.now, plan.timeZone),
    ],
  );
  return { code: "withdrawn-consents-ended", ...counts };
}

function classesOnConsent(plan: Plan): readonly string[] {
  return [...plan.clocks.values()]
    .filter(({ recordClass }) => recordClass.basis === "consent")
    .map(({ recordClass }) => recordClass.id);
}

/** R11: evidence past its own last day and the grace after it. */
export async function evidenceOverCount(look: Look): Promise<Count> {
  const { plan } = look.compiled;
  const counts = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (
              where (ended_on + $1::interval)::date + $2::interval < $3::date) as violations
       from (select ended_on from consent
             union all select ended_on from declaration
             union all select ended_on from message) as evidence`,
    [
      evidencePeriod(plan),
      String(parameterOf(plan, "destroy_grace")),
      dayOf(look.now, plan.timeZone),
    ],
  );
  return { code: "evidence-not-past-its-day", ...counts };
}
