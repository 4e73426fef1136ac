/** What ends when, for pages: the schedule ahead, including what is already due. */
import { addDays, dayOf, deadlineAt, eligibleAt } from "../../base/calendar.ts";
import type { EngineContext } from "../jikim.ts";

const MOST_ROWS = 1_000;

/** Records of a class that end on the same day. */
export interface Upcoming {
  readonly recordClass: string;
  /** Last day they are kept. */
  readonly lastDay: string;
  /** When they may and must go, milliseconds since the epoch: 00:00 after the last day. */
  readonly eligibleAt: number;
  /** Limit for carrying it out; `null` where neither policy nor law names one. */
  readonly deadlineAt: number | null;
  readonly records: number;
  readonly subjects: number;
}

/**
 * What ends within so many days from today, oldest first, at most 1,000 class-days.
 * @param days calendar days ahead; 0: what is due now
 * @example await upcoming(context, 30)
 */
export async function upcoming(context: EngineContext, days: number): Promise<readonly Upcoming[]> {
  const { plan, db, clock } = context;
  const until = addDays(dayOf(clock.now(), plan.timeZone), days);
  const rows = await db.query<{
    class: string;
    expires_on: string;
    records: number;
    subjects: number;
  }>(
    `select class, expires_on, count(*) as records, count(distinct subject) as subjects
       from record
      where expires_on < $1::date
      group by expires_on, class
      order by expires_on, class
      limit ${MOST_ROWS}`,
    [until],
  );
  const grace = plan.parameters.get("destroy_grace")?.value;
  return rows.map((row) => ({
    recordClass: row.class,
    lastDay: row.expires_on,
    eligibleAt: eligibleAt(row.expires_on, plan.timeZone),
    deadlineAt:
      grace === undefined ? null : deadlineAt(row.expires_on, String(grace), plan.timeZone),
    records: row.records,
    subjects: row.subjects,
  }));
}
