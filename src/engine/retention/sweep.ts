/**
 * The retention clock: what ended before today is destroyed, key first, then rows. It may run as
 * often as anyone likes; a second run finds nothing to do.
 */
import { dayOf } from "../../base/calendar.ts";
import { JikimError } from "../../base/errors.ts";
import { bytes, hex, moment } from "../../store/column-value.ts";
import { appendLeaf } from "../audit/append-leaf.ts";
import { carryOut } from "../destruction/carry-out.ts";
import { requestDay, sweepAt } from "../destruction/request-days.ts";
import type { DayReport, EngineContext, KeepOptions, KeepReport } from "../jikim.ts";

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
  const sweep = {
    ...sweepAt(context, at, run),
    onRemoved(more: number): void {
      records += more;
      onProgress?.({ records });
    },
  };
  for (let more = true; more;) {
    const due = await classDaysDue(context, dayOf(at, plan.timeZone));
    const before = days.length;
    for (const { class: recordClass, expires_on: day } of due) {
      await requestDay(context, sweep, { recordClass, day });
    }
    days.push(...(await carryOut(context, sweep)));
    // Rows another run has in hand are its work: where nothing could be taken, this one ends.
    more = due.length === DAYS_AT_ONCE && days.length > before;
  }
  return { at, days, records };
}

/** Class-days that ended before today, oldest first: today's records are kept until midnight. */
async function classDaysDue(
  context: EngineContext,
  today: string,
): Promise<readonly { class: string; expires_on: string }[]> {
  return context.db.query(
    `select distinct expires_on, class
       from record
      where expires_on < $1::date
      order by expires_on, class
      limit ${DAYS_AT_ONCE}`,
    [today],
  );
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
