/**
 * Destruction looked at from outside: the ledger against its times, its keys, the second
 * principal's look and the log; and what legal holds keep beyond their end.
 */
import { dayOf, deadlineAt, eligibleAt } from "../base/calendar.ts";
import { lastConfirmedDay } from "../engine/destruction/certificate.ts";
import {
  destroyedAt,
  destructionState,
  type DestructionTimes,
  isDestroyed,
} from "../engine/destruction/destruction-state.ts";
import type { Check, Count, Evidence, Look } from "./check.ts";
import { counted, found } from "./check.ts";
import { parameterOf } from "./parameters.ts";
import { lastTolerableDay } from "./retention-checks.ts";

type Line = DestructionTimes & {
  readonly eligible_at: number;
  readonly irrecoverable: boolean;
  readonly looked_at: number | null;
  readonly look_found: number | null;
};

/** Most lines of the ledger one look reads. */
const MOST_LINES = 100_000;
/** Lines named on the board when they do not agree with the log. */
const MOST_NAMED = 5;

/**
 * P6.6: what has been destroyed can be reproduced from no copy: every destruction came so far
 * within the grace, no copy of its keys can exist, a second principal found nothing of it, and the
 * ledger says what the log says. A reason why that is only promised weakly is shown beside it, and
 * so is a confirmation of the officer that is missing.
 */
export const electronic: Check = async (look) => {
  const { sql, compiled, now } = look;
  const lines = await sql.query<Line>(
    `select eligible_at, irrecoverable, requested_at, key_dropped_at, root_wiped_at,
            caches_drained_at, index_rotated_at, rows_removed_at, looked_at, look_found
       from destruction
      order by requested_at desc
      limit ${MOST_LINES}`,
  );
  const grace = String(parameterOf(compiled.plan, "destroy_grace"));
  const graceMs = deadlineAt("2000-01-01", grace, "UTC") - eligibleAt("2000-01-01", "UTC");
  const late = lines.filter((line) => (destroyedAt(line) ?? now) > line.eligible_at + graceMs);
  const ended = lines.filter((line) => isDestroyed(destructionState(line)));
  const gone = lines.filter((line) => line.rows_removed_at !== null);
  const unlooked = gone.filter(
    (line) => line.looked_at === null && now > (line.rows_removed_at ?? now) + graceMs,
  );
  const log = await logCount(look);
  const looked = found([
    { code: "destroyed-in-time", examined: lines.length, violations: late.length },
    {
      code: "destroyed-with-their-keys",
      examined: ended.length,
      violations: ended.filter((line) => !line.irrecoverable).length,
    },
    { code: "looked-at-by-another", examined: gone.length, violations: unlooked.length },
    {
      code: "no-trace-found",
      examined: gone.filter((line) => line.looked_at !== null).length,
      violations: gone.filter((line) => (line.look_found ?? 0) > 0).length,
    },
    log.count,
    await heldCount(look),
  ]);
  const more = [
    ...log.named,
    ...(await confirmations(look)),
    ...(await weaknessesOf(sql)).map((reason) => ({
      code: "destruction-weakened",
      facts: { reason },
    })),
  ];
  return { ...looked, evidence: [...looked.evidence, ...more] };
};

/** A line of the ledger that was changed afterwards no longer says what its leaves say. */
async function logCount({
  sql,
}: Look): Promise<{ readonly count: Count; readonly named: readonly Evidence[] }> {
  const rows = await sql.query<{ class: string; day: string; run: string; agrees: boolean }>(
    `select class, expired_on as day, encode(run, 'hex') as run,
            records = (select coalesce(sum((facts ->> 'records')::bigint), 0)
                         from audit_leaf
                        where facts ->> 'run' = encode(destruction.run, 'hex') and facts ? 'run'
                          and kind = 'destroyed' and facts ->> 'class' = destruction.class
                          and facts ->> 'expired_on' = to_char(expired_on, 'YYYY-MM-DD')) as agrees
       from destruction
      where reason in ('expiry', 'hold')
      order by requested_at desc, class, expired_on
      limit ${MOST_LINES}`,
  );
  const altered = rows.filter(({ agrees }) => !agrees);
  return {
    count: {
      code: "ledger-agrees-with-log",
      examined: rows.length,
      violations: altered.length,
    },
    named: altered.slice(0, MOST_NAMED).map(({ class: recordClass, day, run }) => ({
      code: "ledger-line-altered",
      facts: { class: recordClass, day, run: run.slice(0, 8) },
    })),
  };
}

/** What a hold kept beyond its day must be gone so many days after the hold. */
async function heldCount(look: Look): Promise<Count> {
  const { timeZone } = look.compiled.plan;
  const counts = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (
              where not is_held(subject, class, id, $1::date)
                and greatest(expires_on, coalesce((
                      select max(least(until_on, (released_at at time zone $3)::date - 1))
                        from hold
                       where hold.subject = held_record.subject
                         and (classes = '{}' or held_record.class = any (classes))
                         and (records = '{}' or encode(held_record.id, 'hex') = any (records))
                    ), expires_on)) < $2::date) as violations
       from held_record`,
    [dayOf(look.now, timeZone), lastTolerableDay(look), timeZone],
  );
  return { code: "held-only-while-ordered", ...counts };
}

/** The officer's word is shown as such: it proves no destruction, and its lack undoes none. */
async function confirmations({ sql, compiled, now }: Look): Promise<readonly Evidence[]> {
  const { plan } = compiled;
  const [row] = await sql.query<{ late: number; by: string | null; at: number | null }>(
    `select (select count(distinct run)
               from destruction
              where rows_removed_at is not null
                and (rows_removed_at at time zone $2)::date <= $1::date
                and not exists (select from destruction_confirmation as seen
                                 where seen.run = destruction.run)) as late,
            (select confirmed_by from destruction_confirmation
              order by confirmed_at desc limit 1) as by,
            (select max(confirmed_at) from destruction_confirmation) as at`,
    [lastConfirmedDay(plan, now), plan.timeZone],
  );
  const { late = 0, by = null, at = null } = row ?? {};
  return [
    ...(by === null || at === null
      ? []
      : [{ code: "attested", facts: { by, on: dayOf(at, plan.timeZone) } }]),
    ...(late === 0 ? [] : [{ code: "confirmation-overdue", facts: { open: late } }]),
  ];
}

/** Why the present keys might not be forgotten, as the operator allowed it. */
async function weaknessesOf(sql: Look["sql"]): Promise<readonly string[]> {
  const rows = await sql.query<{ reason: string }>(
    `select jsonb_array_elements_text(convert_from(value, 'UTF8')::jsonb) as reason
       from setting
      where name = 'weaknesses'
      order by reason`,
  );
  return rows.map(({ reason }) => reason);
}
