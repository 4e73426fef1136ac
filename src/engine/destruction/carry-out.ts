/**
 * Takes every destruction that was begun as far as it goes: what is kept of given-up compartments
 * is sealed again, the index moves to a new key when it is due, the locks die, the rows go. Each
 * step finds what a crash left of it; running it again does no harm.
 */
import type { DayReport, EngineContext } from "../jikim.ts";
import { closeLine, destroyDayRows } from "./destroy-rows.ts";
import { dropKeys } from "./drop-keys.ts";
import { openDestructions } from "./open-destructions.ts";
import { isOverdue, type Sweep } from "./request-days.ts";
import { forgetReseals, resealRest } from "./reseal-rest.ts";
import { deadEpochs, isRotationDue, rotateIndex } from "./rotate-index.ts";

/** Returns the class-days of which rows were removed now. */
export async function carryOut(
  context: EngineContext,
  sweep: Sweep,
): Promise<readonly DayReport[]> {
  const givenUp = await resealRest(context);
  const begun = await openDestructions(context.db);
  // A key of the index that a crash left behind goes first; then perhaps no move is due.
  if ((await deadEpochs(context)).length > 0) await dropKeys(context, [], []);
  if (await isRotationDue(context, sweep)) await rotateIndex(context, null);
  const living = begun.filter((line) => line.key_dropped_at === null);
  await dropKeys(
    context,
    living,
    givenUp.map(({ slot }) => slot),
  );
  await forgetReseals(context, givenUp);
  const days: DayReport[] = [];
  for (const line of await openDestructions(context.db)) {
    if (line.key_dropped_at === null) continue; // begun by another sweep meanwhile
    const { recordClass, expiredOn } = line;
    if (line.reason !== "expiry") {
      await closeLine(context.db, sweep.at, line);
      continue;
    }
    const removed = await destroyDayRows(context.db, sweep, line);
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
  return days;
}
