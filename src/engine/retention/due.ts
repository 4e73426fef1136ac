/** What ends when, for pages: the schedule ahead, including what is already due. */
import { addDays, dayOf, deadlineAt, eligibleAt } from "../../base/calendar.ts";
import type { Sql } from "../../store/database.ts";
import { archiveInReach, unlessAway } from "../archive/archive-reach.ts";
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

type Due = {
  readonly class: string;
  readonly expires_on: string;
  readonly records: number;
  readonly subjects: number;
};

/**
 * What ends within so many days from today, here and in the archive, oldest first, at most 1,000
 * class-days. While the archive is away, what ends there is not among it.
 * @param days calendar days ahead; 0: what is due now
 * @example await upcoming(context, 30)
 */
export async function upcoming(context: EngineContext, days: number): Promise<readonly Upcoming[]> {
  const { plan, clock } = context;
  const until = addDays(dayOf(clock.now(), plan.timeZone), days);
  const grace = plan.parameters.get("destroy_grace")?.value;
  return (await dueUntil(context, until)).map((row) => ({
    recordClass: row.class,
    lastDay: row.expires_on,
    eligibleAt: eligibleAt(row.expires_on, plan.timeZone),
    deadlineAt:
      grace === undefined ? null : deadlineAt(row.expires_on, String(grace), plan.timeZone),
    records: row.records,
    subjects: row.subjects,
  }));
}

/** Who has records of a class-day in both is one of them in each: so it is while a move lasts. */
async function dueUntil(context: EngineContext, until: string): Promise<readonly Due[]> {
  const live = await context.db.query<Due>(
    `select class, expires_on, count(*) as records, count(distinct subject) as subjects
       from record
      where expires_on < $1::date
      group by expires_on, class
      order by expires_on, class
      limit ${MOST_ROWS}`,
    [until],
  );
  const { archive } = await archiveInReach(context);
  if (archive === null) return live;
  const archived = await unlessAway(
    async () => archivedUntil(archive, until),
    () => [],
  );
  const sums = new Map<string, Due>();
  for (const row of [...live, ...archived]) {
    const name = `${row.expires_on} ${row.class}`;
    const { records = 0, subjects = 0 } = sums.get(name) ?? {};
    const sum = { records: records + row.records, subjects: subjects + row.subjects };
    sums.set(name, { ...row, ...sum });
  }
  return [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MOST_ROWS)
    .map(([, row]) => row);
}

async function archivedUntil(archive: Sql, until: string): Promise<readonly Due[]> {
  return archive.query<Due>(
    `select class, expires_on, count(*) as records, count(distinct subject) as subjects
       from archived_record
      where expires_on < $1::date
      group by expires_on, class
      order by expires_on, class
      limit ${MOST_ROWS}`,
    [until],
  );
}
