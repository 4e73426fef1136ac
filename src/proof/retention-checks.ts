/**
 * Retention looked at from outside the clocks: the last day is computed again, by the database's
 * own calendar, and compared with what the engine wrote beside each record.
 */
import { addDays, dayOf, deadlineAt, eligibleAt } from "../base/calendar.ts";
import type { Clock } from "../compiler/plan.ts";
import {
  destroyedAt,
  destructionState,
  type DestructionTimes,
  isDestroyed,
} from "../engine/destruction/destruction-state.ts";
import type { Check, Count, Look } from "./check.ts";
import { counted, found, wordsOnly } from "./check.ts";
import { parameterOf } from "./parameters.ts";

const startsAtCollection = ({ recordClass }: Clock): boolean =>
  recordClass.from.laterOf.length === 1 && recordClass.from.laterOf[0] === "collected";

/** The last day a record may have had so that today is still within the grace period. */
function lastTolerableDay(look: Look): string {
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
  const wrongDay = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (
              where expires_on is distinct from (collected_on + $2::interval)::date
            ) as violations
       from record
      where class = $1`,
    [name, clock.keep ?? "P0D"],
  );
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

/** P5.3–P5.8: one row of the retention table. */
export const row: Check = async (look, promise) => {
  const clock = look.compiled.plan.clocks.get(promise.ref ?? "");
  if (clock === undefined) return wordsOnly("class-without-clock");
  if (!startsAtCollection(clock)) return wordsOnly("clock-event-not-reported-yet");
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
  ]);
};

type Line = DestructionTimes & {
  readonly eligible_at: number;
  readonly irrecoverable: boolean;
};

/** Most lines of the ledger one look reads. */
const MOST_LINES = 100_000;

/**
 * P6.6: what has been destroyed can be reproduced from no copy: every destruction came so far
 * within the grace, and no copy of its keys can exist. A reason why that is only promised weakly
 * is shown beside it.
 */
export const electronic: Check = async ({ sql, compiled, now }) => {
  const lines = await sql.query<Line>(
    `select eligible_at, irrecoverable, requested_at, key_dropped_at, root_wiped_at,
            caches_drained_at, index_rotated_at, rows_removed_at
       from destruction
      order by requested_at desc
      limit ${MOST_LINES}`,
  );
  const grace = String(parameterOf(compiled.plan, "destroy_grace"));
  const graceMs = deadlineAt("2000-01-01", grace, "UTC") - eligibleAt("2000-01-01", "UTC");
  const late = lines.filter((line) => (destroyedAt(line) ?? now) > line.eligible_at + graceMs);
  const ended = lines.filter((line) => isDestroyed(destructionState(line)));
  const looked = found([
    { code: "destroyed-in-time", examined: lines.length, violations: late.length },
    {
      code: "destroyed-with-their-keys",
      examined: ended.length,
      violations: ended.filter((line) => !line.irrecoverable).length,
    },
  ]);
  const reasons = await weaknessesOf(sql);
  const weak = reasons.map((reason) => ({ code: "destruction-weakened", facts: { reason } }));
  return { ...looked, evidence: [...looked.evidence, ...weak] };
};

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
