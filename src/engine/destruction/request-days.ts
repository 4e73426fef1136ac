/**
 * The first step of a destruction: it is written down which lock is to die. From then on nothing
 * is sealed under it, and whatever a crash leaves half done is found by the next sweep.
 */
import { deadlineAt, eligibleAt } from "../../base/calendar.ts";
import type { ErrorCode } from "../../base/errors.ts";
import { bytes, moment } from "../../store/column-value.ts";
import type { Sql } from "../../store/database.ts";
import { archiveInReach } from "../archive/archive-reach.ts";
import { isDayHeld, setAsideDay } from "../hold/set-aside.ts";
import type { EngineContext } from "../jikim.ts";
import { holdLocks } from "../locks.ts";

/** One sweep, at one moment. */
export interface Sweep {
  /** 16 bytes, hex. */
  readonly run: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly timeZone: string;
  /** How long destruction may take at most (PIPA enforcement rules: five days). */
  readonly grace: string;
  /** Told after each batch how many rows went. */
  readonly onRemoved?: (records: number) => void;
  /** Told why the archive could not be had. */
  readonly onArchiveAway?: (code: ErrorCode) => void;
}

// Where neither policy nor law says how long destruction may take, a missed daily run is late.
const GRACE_UNTOLD = "P1D";

/** A sweep of a run at a moment, with what the plan says about the time allowed. */
export function sweepAt({ plan }: EngineContext, at: number, run: string): Sweep {
  const grace = String(plan.parameters.get("destroy_grace")?.value ?? GRACE_UNTOLD);
  return { run, at, timeZone: plan.timeZone, grace };
}

/** Later than allowed? The deadline itself is still in time. */
export function isOverdue(sweep: Sweep, expiredOn: string): boolean {
  return sweep.at > deadlineAt(expiredOn, sweep.grace, sweep.timeZone);
}

/**
 * Begins the destruction of a class-day, unless it is under way already. What legal holds cover of
 * it is set aside first; a day with anything of that left is refused, never half destroyed, and
 * comes again with the next sweep.
 * @returns whether it has begun, now or before
 */
export async function requestDay(
  context: EngineContext,
  sweep: Sweep,
  { recordClass, day }: { readonly recordClass: string; readonly day: string },
): Promise<boolean> {
  await setAsideDay(context, { recordClass, day });
  // Without holds the day goes on without it; with one, `setAsideDay` has refused before this.
  const { archive } = await archiveInReach(context);
  return context.db.transaction(async (tx) => {
    await holdLocks(tx, [{ recordClass, day }]);
    if (await isDayHeld(context, tx, { recordClass, day }, archive)) return false;
    const [slot] = await context.keeper.daySlots([{ recordClass, day }]);
    await insertRequest(tx, sweep, { recordClass, day, slot: slot ?? null });
    return true;
  });
}

async function insertRequest(
  tx: Sql,
  sweep: Sweep,
  { recordClass, day, slot }: { recordClass: string; day: string; slot: number | null },
): Promise<void> {
  await tx.query(
    `insert into destruction (run, class, expired_on, reason, records, subjects, eligible_at,
                              requested_at, executed_at, overdue, irrecoverable, slot,
                              touches_index)
     select $1, $2, $3::date, 'expiry', 0, 0, $4, $5, $5, $6, false, $7,
            exists (select from record
                      join lookup on lookup.subject = record.subject
                                 and lookup.record = record.id
                     where record.class = $2 and record.expires_on = $3::date)
      where not exists (select from destruction
                         where class = $2 and expired_on = $3::date
                           and reason = 'expiry' and rows_removed_at is null)`,
    [
      bytes(sweep.run),
      recordClass,
      day,
      moment(eligibleAt(day, sweep.timeZone)),
      moment(sweep.at),
      isOverdue(sweep, day),
      slot,
    ],
  );
}
