/**
 * Class-days a record has left because its clock was moved. Copies made before are under the lock
 * of that day, so it dies when the day is over, also when no record is left under it.
 */
import { dayOf } from "../../base/calendar.ts";
import { requestDay, type Sweep } from "../destruction/request-days.ts";
import type { Sql } from "../../store/database.ts";
import type { EngineContext } from "../jikim.ts";

const DAYS_AT_ONCE = 1_000;

/** Notes days that records have just left, in the transaction that moved them. */
export async function noteVacated(
  tx: Sql,
  days: readonly { readonly recordClass: string; readonly day: string }[],
): Promise<void> {
  if (days.length === 0) return;
  await tx.query(
    `insert into vacated_day (class, day)
     select left_day.class, left_day.day::date
       from unnest($1::text[], $2::text[]) as left_day (class, day)
         on conflict (class, day) do nothing`,
    [days.map(({ recordClass }) => recordClass), days.map(({ day }) => day)],
  );
}

/** Asks for the destruction of those that are over. */
export async function requestVacated(context: EngineContext, sweep: Sweep): Promise<void> {
  const over = await context.db.query<{ class: string; day: string }>(
    `select class, day from vacated_day
      where day < $1::date order by day, class limit ${DAYS_AT_ONCE}`,
    [dayOf(sweep.at, sweep.timeZone)],
  );
  for (const { class: recordClass, day } of over) {
    if (!(await requestDay(context, sweep, { recordClass, day }))) continue;
    await context.db.query("delete from vacated_day where class = $1 and day = $2::date", [
      recordClass,
      day,
    ]);
  }
}
