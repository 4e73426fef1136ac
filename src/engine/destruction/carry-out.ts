/**
 * Takes every destruction that was begun as far as it goes: what is kept of given-up compartments
 * is sealed again, the index moves to a new key when it is due, the locks die, the rows go. Each
 * step finds what a crash left of it; running it again does no harm.
 */
import type { ErrorCode } from "../../base/errors.ts";
import { archiveInReach, type ArchiveReach, unlessAway } from "../archive/archive-reach.ts";
import {
  destroyArchivedDay,
  forgetRemoval,
  NOTHING_ARCHIVED,
} from "../archive/destroy-archived.ts";
import { noteKeyEpoch } from "../archive/sweep-archive.ts";
import type { DayReport, EngineContext } from "../jikim.ts";
import { destroyHeldRows, heldSlots } from "./destroy-held.ts";
import { closeLine, destroyDayRows } from "./destroy-rows.ts";
import { dropKeys } from "./drop-keys.ts";
import { lookIfPossible } from "./look-after.ts";
import { type OpenDestruction, openDestructions } from "./open-destructions.ts";
import { isOverdue, type Sweep } from "./request-days.ts";
import { forgetReseals, resealRest } from "./reseal-rest.ts";
import { deadEpochs, isRotationDue, rotateIndex } from "./rotate-index.ts";

/** Returns the class-days of which rows were removed now. */
export async function carryOut(
  context: EngineContext,
  sweep: Sweep,
): Promise<readonly DayReport[]> {
  const givenUp = await resealRest(context);
  const reach = await archiveInReach(context);
  if (reach.away !== null) sweep.onArchiveAway?.(reach.away);
  // What was held may lie in the archive: while it is away, those lines wait for it.
  const canEnd = (line: OpenDestruction): boolean => reach.away === null || line.reason !== "hold";
  const begun = (await openDestructions(context.db)).filter(canEnd);
  // A key of the index that a crash left behind goes first; then perhaps no move is due.
  if ((await deadEpochs(context)).length > 0) await dropKeys(context, [], []);
  if (await isRotationDue(context, sweep)) await rotateIndex(context, null);
  const living = begun.filter((line) => line.key_dropped_at === null);
  await dropKeys(context, living, [
    ...givenUp.map(({ slot }) => slot),
    ...(await heldSlots(context, living)),
  ]);
  await forgetReseals(context, givenUp);
  const days: DayReport[] = [];
  for (const line of (await openDestructions(context.db)).filter(canEnd)) {
    if (line.key_dropped_at === null) continue; // begun by another sweep meanwhile
    const { recordClass, expiredOn } = line;
    if (line.reason === "erasure" || line.reason === "restore") {
      await closeLine(context.db, sweep.at, line);
      continue;
    }
    const removed =
      line.reason === "hold"
        ? await destroyHeldRows(context, sweep, line)
        : await destroyDay(context, reach, sweep, line);
    const { records, subjects, state, leaves } = removed;
    if (records === 0) continue;
    days.push({
      recordClass,
      expiredOn,
      records,
      subjects,
      overdue: isOverdue(sweep, expiredOn),
      state,
      leaves,
    });
  }
  if (reach.archive !== null) {
    const { archive } = reach;
    await unlessAway(async () => noteKeyEpoch(context, archive), told(sweep));
  }
  await lookIfPossible(context);
  return days;
}

type Destroyed = Awaited<ReturnType<typeof destroyDayRows>>;

/** Rows of a class-day in both databases. One that cannot be had leaves the line open. */
async function destroyDay(
  context: EngineContext,
  { archive, away }: ArchiveReach,
  sweep: Sweep,
  line: OpenDestruction,
): Promise<Destroyed> {
  const unreached = { ...NOTHING_ARCHIVED, left: true };
  const archived =
    archive === null
      ? { ...NOTHING_ARCHIVED, left: away !== null }
      : await unlessAway(
          async () => destroyArchivedDay({ context, archive, sweep, line }),
          (code) => {
            sweep.onArchiveAway?.(code);
            return unreached;
          },
        );
  const removed = await destroyDayRows(context.db, sweep, line, archived);
  if (archive !== null && removed.state === "rows_removed") {
    await unlessAway(async () => forgetRemoval(archive, line), told(sweep));
  }
  return removed;
}

function told(sweep: Sweep): (code: ErrorCode) => void {
  return (code) => sweep.onArchiveAway?.(code);
}
