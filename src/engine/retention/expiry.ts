/** Last days of records, by the clock of their class. Days, never milliseconds. */
import { addDays, lastDay } from "../../base/calendar.ts";
import type { Clock } from "../../compiler/plan.ts";

/** Events and the day each happened, as far as known: `collected` is known from the first moment. */
export type Happened = ReadonlyMap<string, string>;

/**
 * The last day a record of this clock is kept, or `null` while an event it waits for is missing.
 *
 * The clock starts at the later of its events; that day is not counted (민법 제157조). A class
 * without a period dies with the event itself: the last day is the one before, so that the record
 * is unreadable and due at once.
 * @example expiresOn(usageClock, new Map([["collected", "2026-01-31"]])) // "2027-01-31" for P1Y
 */
export function expiresOn(clock: Clock, happened: Happened): string | null {
  const days = clock.recordClass.from.laterOf.map((event) => happened.get(event));
  let start: string | null = null;
  for (const day of days) {
    if (day === undefined) return null;
    if (start === null || day > start) start = day;
  }
  if (start === null) return null;
  return clock.keep === null ? addDays(start, -1) : lastDay(start, clock.keep);
}
