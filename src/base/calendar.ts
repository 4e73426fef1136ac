/**
 * Retention counts days on a calendar, in the policy's time zone: the first day is excluded,
 * months and years go by the calendar, a day that does not exist becomes the month's last
 * (민법 157, 159, 160). Never milliseconds: "3 months" is not 90 × 86,400,000.
 */
import { Temporal } from "temporal-polyfill";

const MAX_PERIOD_YEARS = 200; // a longer period is a typing error, not a promise

/**
 * Is this an ISO 8601 duration of one or more positive calendar or time parts, within 200 years?
 * @example isPeriod("P3M") // true; isPeriod("3 months"), isPeriod("P0D"), isPeriod("-P1D") // false
 */
export function isPeriod(text: string): boolean {
  if (text.length > 32 || !text.startsWith("P")) return false;
  try {
    const duration = Temporal.Duration.from(text);
    if (duration.sign !== 1) return false;
    return duration.total({ unit: "years", relativeTo: "2000-01-01" }) <= MAX_PERIOD_YEARS;
  } catch {
    return false;
  }
}

/** Is this a day that exists, written `YYYY-MM-DD`? */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  try {
    return Temporal.PlainDate.from(text, { overflow: "reject" }).toString() === text;
  } catch {
    return false;
  }
}

/** Is this a time zone the platform knows (`Asia/Seoul`)? */
export function isTimeZone(id: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(id);
    return true;
  } catch {
    return false;
  }
}

/** The calendar day of a moment (milliseconds since the epoch) in a time zone. */
export function dayOf(now: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(now)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString();
}

/** The day `days` days after a day (before it, when negative). */
export function addDays(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/**
 * The last day of a period that starts on `startDay`, which itself is not counted.
 * @example lastDay("2026-08-23", "P3M") // "2026-11-23"
 * @example lastDay("2024-02-29", "P5Y") // "2029-02-28"
 */
export function lastDay(startDay: string, period: string): string {
  return Temporal.PlainDate.from(startDay).add(period, { overflow: "constrain" }).toString();
}

/** The moment a period has run out: 00:00 after its last day, in milliseconds since the epoch. */
export function eligibleAt(last: string, timeZone: string): number {
  return Temporal.PlainDate.from(last).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds;
}

/**
 * The limit for carrying a destruction out: so many times 24 hours after `eligibleAt`.
 * @param grace ISO 8601 period of days (`P5D`).
 */
export function deadlineAt(last: string, grace: string, timeZone: string): number {
  const hours = Temporal.Duration.from(grace).total({ unit: "hours", relativeTo: "2000-01-01" });
  return eligibleAt(last, timeZone) + hours * 3_600_000;
}

/** Whole days from one day to another; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Temporal.PlainDate.from(from).until(to, { largestUnit: "day" }).days;
}

/** Compares two periods by the calendar from a common day: negative, zero or positive. */
export function comparePeriods(a: string, b: string): number {
  return Temporal.Duration.compare(a, b, { relativeTo: "2001-01-01" });
}
