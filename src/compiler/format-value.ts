/**
 * Figures and names as people read them, in one language.
 */
import { Temporal } from "temporal-polyfill";
import type { Day, Label, Lang, Period } from "../policy/model.ts";
import type { Value } from "./promise.ts";
import { OPEN_WORDS } from "./words.ts";

/** How the members of a list are joined before the last one. */
export type Conjunction = "and" | "or";

/** A label in a language; the other language where a statute has only that one. */
export function labelIn(label: Label, lang: Lang): string {
  return label[lang] ?? label.en ?? label.ko ?? "";
}

/**
 * A period in words.
 * @example formatPeriod("P1Y6M", "ko") // "1년 6개월"
 * @example formatPeriod("P7D", "en") // "7 days"
 */
export function formatPeriod(period: Period, lang: Lang): string {
  const duration = Temporal.Duration.from(period);
  const parts = UNITS.flatMap(({ part, ko, en }) => {
    const number = duration[part];
    if (number === 0) return [];
    return lang === "ko" ? [`${number}${ko}`] : [`${number} ${en}${number === 1 ? "" : "s"}`];
  });
  return lang === "ko" ? parts.join(" ") : formatList(parts, lang);
}

const UNITS = [
  { part: "years", ko: "년", en: "year" },
  { part: "months", ko: "개월", en: "month" },
  { part: "weeks", ko: "주", en: "week" },
  { part: "days", ko: "일", en: "day" },
  { part: "hours", ko: "시간", en: "hour" },
  { part: "minutes", ko: "분", en: "minute" },
  { part: "seconds", ko: "초", en: "second" },
] as const;

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
] as const;

/**
 * A calendar day in words.
 * @example formatDay("2021-01-28", "ko") // "2021년 1월 28일"; "en": "28 January 2021"
 */
export function formatDay(day: Day, lang: Lang): string {
  const date = Temporal.PlainDate.from(day);
  return lang === "ko"
    ? `${date.year}년 ${date.month}월 ${date.day}일`
    : `${date.day} ${MONTHS[date.month - 1]} ${date.year}`;
}

/** A country's name in a language; its code where the platform knows no name. */
export function formatCountry(code: string, lang: Lang): string {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames([lang], { type: "region", fallback: "code" }).of(code) ?? code;
}

/**
 * "a, b, and c" in English, "a, b, c" in Korean; with `or`: "a, b, or c", "a, b 또는 c". English
 * has a comma before the last of three or more, and of two where one holds an "and", an "or" or a
 * comma of its own, so that nobody has to guess where a member ends.
 */
export function formatList(
  words: readonly string[],
  lang: Lang,
  conjunction: Conjunction = "and",
): string {
  if (words.length < 2) return words[0] ?? "";
  if (lang === "ko" && conjunction === "and") return words.join(", ");
  const last = lang === "ko" ? "또는" : conjunction;
  const apart = words.length > 2 || words.some((word) => /,| (and|or) /.test(word));
  const comma = lang === "en" && apart ? "," : "";
  return `${words.slice(0, -1).join(", ")}${comma} ${last} ${words.at(-1) ?? ""}`;
}

/** In English the first letter is a capital, whatever label stands there. */
export function sentenceCase(text: string, lang: Lang): string {
  return lang === "en" ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/** The text of a value. */
export function formatValue(value: Value, lang: Lang, conjunction: Conjunction = "and"): string {
  switch (value.kind) {
    case "labels":
      return formatList(
        value.labels.map((each) => labelIn(each, lang)),
        lang,
        conjunction,
      );
    case "label":
      return labelIn(value.label, lang);
    case "period":
      return formatPeriod(value.period, lang);
    case "day":
      return formatDay(value.day, lang);
    case "count":
      return String(value.count);
    case "word":
      return value.word;
    case "open":
      return OPEN_WORDS[lang];
    default:
      throw new Error("unknown value", { cause: value satisfies never });
  }
}
