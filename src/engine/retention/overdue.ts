/** What is too late, for the board: ends that were missed, and runs that do not come. */
import { addDays, dayOf, deadlineAt } from "../../base/calendar.ts";
import { moment } from "../../store/column-value.ts";
import type { EngineContext } from "../jikim.ts";

/** Days for which a destruction that came too late stays on the board. */
const SHOWN_DAYS = 30;
const DAY_MS = 24 * 3_600_000;
const GRACE_UNTOLD = "P1D";

export interface Overdue {
  /** Records still here after their last day and the grace, by class. */
  readonly waiting: Readonly<Record<string, number>>;
  /** Records destroyed too late in the last thirty days, by class. */
  readonly late: Readonly<Record<string, number>>;
  /** When the sweep ran last, in milliseconds since the epoch; null: never. */
  readonly lastRunAt: number | null;
  /** It has not run for more than a day though there is something to keep. */
  readonly stopped: boolean;
}

/** Looks once. @example const { waiting } = await findOverdue(context); */
export async function findOverdue(context: EngineContext): Promise<Overdue> {
  const { plan, db, clock } = context;
  const now = clock.now();
  const grace = String(plan.parameters.get("destroy_grace")?.value ?? GRACE_UNTOLD);
  let day = addDays(dayOf(now, plan.timeZone), -1);
  while (deadlineAt(day, grace, plan.timeZone) >= now) day = addDays(day, -1);
  const waiting = await db.query<{ class: string; records: number }>(
    `select class, count(*) as records from record
      where expires_on <= $1::date group by class order by class`,
    [day],
  );
  const late = await db.query<{ class: string; records: number }>(
    `select class, sum(records)::bigint as records from destruction
      where overdue and records > 0 and requested_at > $1
      group by class order by class`,
    [moment(now - SHOWN_DAYS * DAY_MS)],
  );
  const [run] = await db.query<{ last: number | null; any: boolean }>(
    `select max(started_at) as last, exists (select from record) as any from sweep_run`,
  );
  const last = run?.last ?? null;
  return Object.freeze({
    waiting: Object.fromEntries(waiting.map((row) => [row.class, row.records])),
    late: Object.fromEntries(late.map((row) => [row.class, row.records])),
    lastRunAt: last,
    stopped: run?.any === true && last !== null && now - last > DAY_MS,
  });
}
