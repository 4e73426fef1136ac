/**
 * Days counted by hand, without the calendar the engine uses: what both say must agree, or one of
 * them is wrong. A day is its text, `2026-11-23`.
 */

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const SEOUL_MS = 9 * 3_600_000; // no summer time since 1988
const DAY_MS = 86_400_000;

interface Ymd {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The day it is in Seoul at a moment (milliseconds since the epoch). */
export function seoulDay(at: number): string {
  return textOf(fromCount(Math.floor((at + SEOUL_MS) / DAY_MS)));
}

/** Midnight in Seoul at which a day begins, in milliseconds since the epoch. */
export function seoulMidnight(day: string): number {
  return countOf(day) * DAY_MS - SEOUL_MS;
}

/** A day so many days later; earlier, when negative. */
export function daysAfter(day: string, days: number): string {
  return textOf(fromCount(countOf(day) + days));
}

/**
 * The day a period after another ends: years and months by the calendar, a day that does not exist
 * is the month's last.
 * @param period one part: `P5Y`, `P3M` or `P10D`
 */
export function periodAfter(day: string, period: string): string {
  const match = /^P(\d+)([YMD])$/.exec(period);
  if (match === null) throw new Error(`a period of one part, not ${period}`);
  const count = Number(match[1]);
  if (match[2] === "D") return daysAfter(day, count);
  const { year, month, day: date } = parse(day);
  const months = year * 12 + (month - 1) + (match[2] === "Y" ? 12 * count : count);
  const target = { year: Math.floor(months / 12), month: (months % 12) + 1 };
  return textOf({ ...target, day: Math.min(date, daysIn(target.year, target.month)) });
}

function parse(day: string): Ymd {
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  return { year, month, day: date };
}

function textOf({ year, month, day }: Ymd): string {
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

function daysIn(year: number, month: number): number {
  if (month === 2 && isLeap(year)) return 29;
  return MONTH_DAYS[month - 1] ?? 0;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days since 1970-01-01, added up year by year. */
function countOf(text: string): number {
  const { year, month, day } = parse(text);
  let count = day - 1;
  for (let each = 1970; each < year; each += 1) count += isLeap(each) ? 366 : 365;
  for (let each = 1; each < month; each += 1) count += daysIn(year, each);
  return count;
}

function fromCount(days: number): Ymd {
  let left = days;
  let year = 1970;
  for (; left >= (isLeap(year) ? 366 : 365); year += 1) left -= isLeap(year) ? 366 : 365;
  let month = 1;
  for (; left >= daysIn(year, month); month += 1) left -= daysIn(year, month);
  return { year, month, day: left + 1 };
}
