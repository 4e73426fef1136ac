/** The record of processing activities: what happens to whose data, on one page and as a table. */
import {
  type ListedActivity,
  listActivities,
  type ListedPeriod,
} from "../compiler/activity-list.ts";
import type { Compiled } from "../compiler/compile.ts";
import type { UseNotice } from "../engine/notice/use-notice.ts";
import { toCsv } from "../html/csv.ts";
import { count, dayMark, plural } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import type { Lang } from "../policy/model.ts";
import { consoleNav, RECORD_PATH } from "./console-nav.ts";

type Row = Exclude<keyof ListedActivity, "id" | "occasion">;

interface Words {
  readonly title: string;
  readonly lead: (effective: Markup) => Markup;
  readonly none: string;
  readonly occasion: string;
  readonly rows: Readonly<Record<Row, string>>;
  readonly nobody: string;
  readonly until: (events: string) => string;
  readonly from: (period: string, events: string) => string;
  /** The yearly notice of use (PIPA 20의2): owed or not, and how far it has come. */
  readonly notice: (notice: UseNotice) => string;
  readonly csv: string;
  readonly json: string;
}

const WORDS: Record<UiLang, Words> = {
  ko: {
    title: "개인정보 처리 현황",
    lead: (effective) =>
      html`${effective}부터 시행하는 처리방침이 실제로 하는 일을 수집하는 때마다 적었습니다.
      처리방침과 같은 문서에서 나오므로 서로 다를 수 없습니다.`,
    none: "처리방침에 수집하는 때가 없습니다.",
    occasion: "수집하는 때",
    rows: {
      purposes: "목적",
      bases: "처리 근거",
      people: "정보주체",
      items: "항목",
      kept: "보유 기간",
      processors: "수탁자",
      overseas: "국외 이전",
      recipients: "제3자",
      safeguards: "보호조치",
    },
    nobody: "없음",
    until: (events) => `${events} 때까지`,
    from: (period, events) => `${events}부터 ${period}`,
    notice: ({ people, threshold, owed, queued }) =>
      threshold === null
        ? "이용 내역을 해마다 알릴 의무를 정한 법이 없습니다."
        : owed
          ? `정보주체가 ${count(people)}명이므로 이용 내역을 해마다 알립니다. 올해 ${count(queued)}명에게 알렸습니다.`
          : `정보주체가 ${count(people)}명입니다. ${count(threshold)}명부터 이용 내역을 해마다 알립니다 (법 제20조의2).`,
    csv: "표로 받기 (CSV)",
    json: "JSON으로 받기",
  },
  en: {
    title: "Record of processing activities",
    lead: (effective) =>
      html`What the policy in force from ${effective} really does, occasion by occasion. It comes
      from the same document as the policy, so the two cannot differ.`,
    none: "The policy has no occasion on which it collects.",
    occasion: "Occasion",
    rows: {
      purposes: "Purposes",
      bases: "Legal basis",
      people: "Data subjects",
      items: "Items",
      kept: "Kept",
      processors: "Processors",
      overseas: "Transfers abroad",
      recipients: "Third parties",
      safeguards: "Safeguards",
    },
    nobody: "none",
    until: (events) => `until ${events}`,
    from: (period, events) => `${period} from ${events}`,
    notice: ({ people, threshold, owed, queued }) =>
      threshold === null
        ? "No law asks for a yearly notice of use."
        : owed
          ? `With ${plural(people, "data subject")} each is told once a year how their data was used; ${count(queued)} so far this year.`
          : `${plural(people, "data subject")}. From ${count(threshold)} on, each is told once a year how their data was used (Act, Art. 20-2).`,
    csv: "Get as a table (CSV)",
    json: "Get as JSON",
  },
};

const ROWS = Object.keys(WORDS.ko.rows) as readonly Row[];

export const recordTitle = (lang: UiLang): string => WORDS[lang].title;

/** The page. */
export function recordPage(
  compiled: Compiled,
  lang: Lang,
  reader: Reader,
  notice: UseNotice | null,
): Markup {
  const words = WORDS[reader.lang];
  const list = listActivities(compiled, lang);
  return html`<div class="board register">
    ${consoleNav(reader, RECORD_PATH)}
    <h1>${words.title}</h1>
    <p class="lead">${words.lead(dayMark(compiled.policy.effective, reader.lang))}</p>
    ${list.length === 0 ? html`<p>${words.none}</p>` : nothing}
    ${notice === null ? nothing : html`<p class="soft">${words.notice(notice)}</p>`}
    ${list.map((activity) => section(activity, reader.lang))}
    <p class="acts no-print">
      <a href="${reader.to(`${RECORD_PATH}?format=csv`)}">${words.csv}</a>
      <a href="${reader.to(`${RECORD_PATH}?format=json`)}">${words.json}</a>
    </p>
  </div>`;
}

function section(activity: ListedActivity, lang: UiLang): Markup {
  const words = WORDS[lang];
  const title = activity.occasion.charAt(0).toLocaleUpperCase(lang) + activity.occasion.slice(1);
  return html`<section class="activity" aria-labelledby="${activity.id}">
    <h2 id="${activity.id}">${title}</h2>
    <dl>
      ${ROWS.map(
        (row) =>
          html`<div>
            <dt>${words.rows[row]}</dt>
            <dd>${cellOf(activity, row, lang)}</dd>
          </div>`,
      )}
    </dl>
  </section>`;
}

function cellOf(activity: ListedActivity, row: Row, lang: UiLang): Markup {
  const parts = textsOf(activity, row, lang);
  if (parts.length === 0) return html`<span class="soft">${WORDS[lang].nobody}</span>`;
  if (row !== "kept") return html`${parts.join(", ")}`;
  return html`<ul>
    ${parts.map((part) => html`<li>${part}</li>`)}
  </ul>`;
}

function textsOf(activity: ListedActivity, row: Row, lang: UiLang): readonly string[] {
  if (row !== "kept") return activity[row];
  return activity.kept.map((kept) => periodText(kept, lang));
}

function periodText(kept: ListedPeriod, lang: UiLang): string {
  const words = WORDS[lang];
  const events = kept.from.join(lang === "ko" ? "·" : " and ");
  const says = kept.period === null ? words.until(events) : words.from(kept.period, events);
  const law = kept.law === null ? "" : ` (${kept.law})`;
  return `${kept.records}: ${says}${law}`;
}

/** The record as a table for a spreadsheet. */
export function recordCsv(compiled: Compiled, lang: Lang, ui: UiLang): string {
  const words = WORDS[ui];
  const head = [words.occasion, ...ROWS.map((row) => words.rows[row])];
  const rows = listActivities(compiled, lang).map((activity) => [
    activity.occasion,
    ...ROWS.map((row) => textsOf(activity, row, ui).join("; ")),
  ]);
  return toCsv([head, ...rows]);
}

/** The record for programs. */
export function recordDocument(compiled: Compiled, lang: Lang): object {
  const { policy, hash } = compiled;
  return {
    policy: policy.id,
    effective: policy.effective,
    hash,
    activities: listActivities(compiled, lang),
  };
}
