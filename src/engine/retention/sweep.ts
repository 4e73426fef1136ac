/**
 * The retention clock: what ended before today is destroyed, key first, then rows. It may run as
 * often as anyone likes; a second run finds nothing to do.
 */
import { dayOf } from "../../base/calendar.ts";
import { type ErrorCode, JikimError } from "../../base/errors.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import { type ArchiveReach, unlessAway } from "../archive/archive-reach.ts";
import { archivedDaysDue, type DueDay, settleArchive } from "../archive/sweep-archive.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { carryOut } from "../destruction/carry-out.ts";
import { requestReleased } from "../destruction/destroy-held.ts";
import { requestDay, type Sweep, sweepAt } from "../destruction/request-days.ts";
import { forgetHolds } from "../hold/forget-holds.ts";
import type { DayReport, EngineContext, KeepOptions, KeepReport } from "../jikim.ts";
import { endUnruled } from "./end-unruled.ts";
import { shortenClocks } from "./shorten-clocks.ts";
import { requestVacated } from "./vacated-days.ts";

const RUN_BYTES = 16;
const DAYS_AT_ONCE = 1_000;

/**
 * Destroys every record past its last day.
 *
 * Throws ERR_CLOCK_WENT_BACK when the time is before that of the last run: a clock that is wrong
 * once is not believed until it has caught up, and the log says so.
 * @example const { records } = await keep(context);
 */
export async function keep(
  context: EngineContext,
  { onProgress }: KeepOptions = {},
): Promise<KeepReport> {
  const { plan, db, clock, random } = context;
  const at = clock.now();
  await refuseClockGoneBack(context, at);
  const run = hex(random.bytes(RUN_BYTES));
  await db.query("insert into sweep_run (run, started_at) values ($1, $2)", [
    bytes(run),
    moment(at),
  ]);
  const days: DayReport[] = [];
  let records = 0;
  const away = new Set<ErrorCode>();
  const sweep: Sweep = {
    ...sweepAt(context, at, run),
    onArchiveAway: (code) => void away.add(code),
    onRemoved(more: number): void {
      records += more;
      onProgress?.({ records });
    },
  };
  const isAway = (code: ErrorCode): void => void away.add(code);
  await unlessAway<unknown>(async () => forgetHolds(context), isAway);
  await shortenClocks(context);
  await endUnruled(context);
  const reach = await settleArchive(context, isAway);
  for (let more = true; more;) {
    const due = await classDaysDue(context, reach, dayOf(at, plan.timeZone));
    const before = days.length;
    await requestAll(context, sweep, due);
    await unlessAway(async () => requestVacated(context, sweep), isAway);
    await requestReleased(context, sweep);
    days.push(...(await carryOut(context, sweep)));
    // Rows another run has in hand are its work: where nothing could be taken, this one ends.
    more = due.length === DAYS_AT_ONCE && days.length > before;
  }
  await alarmOverdue(context, at, days);
  const [first] = away;
  return { at, days, records, ...(first === undefined ? {} : { archive: first }) };
}

/** A day that holds cover in an archive that is away is refused: it comes again. */
async function requestAll(
  context: EngineContext,
  sweep: Sweep,
  due: readonly DueDay[],
): Promise<void> {
  for (const { class: recordClass, expires_on: day } of due) {
    await unlessAway(
      async () => void (await requestDay(context, sweep, { recordClass, day })),
      (code) => sweep.onArchiveAway?.(code),
    );
  }
}

/** Five days are a limit (standard guidelines 10①): what was late is told, class by class. */
async function alarmOverdue(
  { db }: EngineContext,
  at: number,
  days: readonly DayReport[],
): Promise<void> {
  const late: Record<string, number> = {};
  for (const { recordClass, overdue, records } of days) {
    if (overdue) late[recordClass] = (late[recordClass] ?? 0) + records;
  }
  if (Object.keys(late).length > 0) await appendLeaf(db, at, "retention_overdue", { late });
}

/** Class-days that ended before today, oldest first: today's records are kept until midnight. */
async function classDaysDue(
  context: EngineContext,
  { archive }: ArchiveReach,
  today: string,
): Promise<readonly DueDay[]> {
  const live = await context.db.query<DueDay>(
    `select distinct expires_on, class
       from record
      where expires_on < $1::date
      order by expires_on, class
      limit ${DAYS_AT_ONCE}`,
    [today],
  );
  if (archive === null) return live;
  const archived = await unlessAway(
    async () => archivedDaysDue(archive, today, DAYS_AT_ONCE),
    () => [],
  );
  const all = new Map([...live, ...archived].map((day) => [`${day.expires_on} ${day.class}`, day]));
  return [...all]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, day]) => day)
    .slice(0, DAYS_AT_ONCE);
}

async function refuseClockGoneBack(context: EngineContext, at: number): Promise<void> {
  const [last] = await context.db.query<{ started_at: number | null }>(
    "select max(started_at) as started_at from sweep_run",
  );
  const before = last?.started_at ?? null;
  if (before === null || at >= before) return;
  await appendLeaf(context.db, at, "clock_went_back", { last_run_at: before });
  throw new JikimError(
    "ERR_CLOCK_WENT_BACK",
    "the clock is before the last run: nothing was done",
    {
      now: at,
      lastRunAt: before,
    },
  );
}
