/**
 * Leaving, looked at from outside the steps: nobody is shut out without a confirmed wish, nothing
 * of somebody who left is here but what they were told stays, and what was asked for is destroyed
 * in time. Classes, counts and days are looked at, never a value.
 */
import { deadlineAt, eligibleAt } from "../base/calendar.ts";
import { isConfirmed } from "../engine/withdrawal/confirmed.ts";
import { CONFIRMERS, WITHDRAWAL_CHANNELS } from "../engine/withdrawal/withdrawal-row.ts";
import type { Check, Count, Look } from "./check.ts";
import { counted, found } from "./check.ts";
import { parameterOf } from "./parameters.ts";
import { lastTolerableDay } from "./retention-checks.ts";

/** Where no wish is confirmed: each must be refused. */
const UNCONFIRMED: readonly Parameters<typeof isConfirmed>[0][] = [
  {},
  { confirmedBy: "member" },
  { channel: "site" },
  { confirmedBy: "staff", channel: "phone" },
  { confirmedBy: "representative", channel: "letter", by: "" },
];

/** P2.6: a withdrawal is carried out only after the wish is confirmed and written down. */
export const confirmWithdrawal: Check = async ({ sql }) => {
  const open = UNCONFIRMED.filter(isConfirmed);
  const rows = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (
              where confirmed_by <> all($1::text[]) or channel <> all($2::text[])
                 or confirmed_at > coalesce(frozen_at, confirmed_at)
                 or not exists (select from audit_leaf
                                 where kind = 'withdrawal_confirmed'
                                   and facts ->> 'subject' = encode(withdrawal.subject, 'hex'))
            ) as violations
       from withdrawal`,
    [CONFIRMERS, WITHDRAWAL_CHANNELS],
  );
  // Whatever shuts a person out for leaving, or starts a clock because of it, has a wish behind it.
  const shutOut = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (where not exists (
              select from withdrawal where withdrawal.subject = restriction.subject)) as violations
       from restriction
      where reason = 'withdrawal' and lifted_at is null`,
  );
  const ended = await counted(
    sql,
    `select count(*) as examined,
            count(*) filter (where not exists (
              select from withdrawal where withdrawal.subject = record_event.subject)) as violations
       from record_event
      where event = 'withdrawal'`,
  );
  return found([
    { code: "unconfirmed-wish-refused", examined: UNCONFIRMED.length, violations: open.length },
    { code: "withdrawals-confirmed", ...rows },
    { code: "shut-out-after-a-wish", ...shutOut },
    { code: "ended-after-a-wish", ...ended },
  ]);
};

/** P5.1: what has served its purpose is gone: of who left, and of what ended with an event. */
export const purposeAchieved: Check = async (look) => {
  const { plan } = look.compiled;
  const ending = [...plan.clocks.values()].filter(({ keep }) => keep === null);
  const late = await counted(
    look.sql,
    `select count(*) as examined, count(*) filter (where expires_on < $2::date) as violations
       from record
      where class = any($1::text[])`,
    [ending.map(({ recordClass }) => recordClass.id), lastTolerableDay(look)],
  );
  // Whoever left is looked for in every record there is, not only in the classes they had then.
  const left = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (where exists (
              select from record
               where record.subject = withdrawal.subject
                 and not exists (
                       select from jsonb_array_elements(withdrawal.parts::jsonb) as part
                        where part ->> 'recordClass' = record.class
                          and part ->> 'fate' = 'kept'))) as violations
       from withdrawal
      where step in ('removed', 'ordered', 'shredded', 'certified', 'told')`,
  );
  return found([
    { code: "ended-records-gone", ...late },
    { code: "only-what-was-told-stays", ...left },
    await leftInTime(look),
  ]);
};

/** P5.2: what a person asks to have destroyed is destroyed in time, with its keys. */
export const onRequest: Check = async (look) => {
  const erased = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (
              where coalesce(index_rotated_at, $1::timestamptz)
                    > eligible_at + $2 * interval '1 millisecond') as violations
       from destruction
      where reason = 'erasure'`,
    [new Date(look.now).toISOString(), graceMs(look)],
  );
  return found([{ code: "erased-in-time", ...erased }, await leftInTime(look)]);
};

/** Withdrawals that are over, or may still take their time. */
async function leftInTime(look: Look): Promise<Count> {
  const rows = await counted(
    look.sql,
    `select count(*) as examined,
            count(*) filter (
              where coalesce(done_at, $1::timestamptz)
                    > confirmed_at + $2 * interval '1 millisecond') as violations
       from withdrawal`,
    [new Date(look.now).toISOString(), graceMs(look)],
  );
  return { code: "withdrawals-in-time", ...rows };
}

export function graceMs({ compiled: { plan } }: Look): number {
  const grace = String(parameterOf(plan, "destroy_grace"));
  return deadlineAt("2000-01-01", grace, "UTC") - eligibleAt("2000-01-01", "UTC");
}
