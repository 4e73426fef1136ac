/** Numbers, days and periods in words: the ornaments of our pages. Days stay calendar days. */
import { Temporal } from "temporal-polyfill";
import { dayOf } from "../base/calendar.ts";
import { html } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { UiLang } from "./reader.ts";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/**
 * A calendar day in words.
 * @example dayInWords("2026-11-23", "ko") // "2026년 11월 23일"
 */
export function dayInWords(day: string, lang: UiLang): string {
  const date = Temporal.PlainDate.from(day);
  if (lang === "ko") return `${date.year}년 ${date.month}월 ${date.day}일`;
  return `${date.day} ${MONTHS[date.month - 1]} ${date.year}`;
}

/** A day as `<time>`, so that machines read the same day people do. */
export function dayMark(day: string, lang: UiLang): Markup {
  return html`<time datetime="${day}">${dayInWords(day, lang)}</time>`;
}

/** A moment to the minute in a time zone; `now` in milliseconds since the epoch. */
export function momentMark(now: number, timeZone: string, lang: UiLang): Markup {
  const at = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const clock = `${String(at.hour).padStart(2, "0")}:${String(at.minute).padStart(2, "0")}`;
  const machine = at.toInstant().toString();
  return html`<time datetime="${machine}"
    >${dayInWords(dayOf(now, timeZone), lang)} ${clock}</time
  >`;
}

/** A whole number with thousands apart: 2,310. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** "365일 남음", "365 days left"; today is "오늘까지". */
export function daysLeft(days: number, lang: UiLang): string {
  if (days < 0) return lang === "ko" ? `${count(-days)}일 지남` : `${plural(-days, "day")} past`;
  if (days === 0) return lang === "ko" ? "오늘까지" : "ends today";
  return lang === "ko" ? `${count(days)}일 남음` : `${plural(days, "day")} left`;
}

/** "1 day", "3 days". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** An ISO 8601 calendar period in words: "1년 6개월", "1 year 6 months". */
export function periodInWords(period: string, lang: UiLang): string {
  const { years, months, weeks, days, hours } = Temporal.Duration.from(period);
  const parts: readonly (readonly [number, string, string])[] = [
    [years, "년", "year"],
    [months, "개월", "month"],
    [weeks, "주", "week"],
    [days, "일", "day"],
    [hours, "시간", "hour"],
  ];
  return parts
    .filter(([value]) => value > 0)
    .map(([value, ko, en]) => (lang === "ko" ? `${value}${ko}` : plural(value, en)))
    .join(" ");
}
