/** Legal holds for staff: those in force, those that ended, and the form that places one. */
import { dayOf } from "../base/calendar.ts";
import { type Hold, isHolding } from "../engine/hold/hold.ts";
import { count, dayMark } from "../html/figures.ts";
import { choice, errorSummary, field } from "../html/form-parts.ts";
import type { FieldError } from "../html/form-parts.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import type { Policy } from "../policy/model.ts";
import { consoleNav, HOLDS_PATH } from "./console-nav.ts";

interface Words {
  readonly title: string;
  readonly lead: string;
  readonly living: string;
  readonly noLiving: string;
  readonly ended: (total: number) => string;
  readonly columns: Readonly<
    Record<"document" | "scope" | "until" | "kept" | "placed" | "act", string>
  >;
  readonly all: string;
  readonly some: (records: number) => string;
  readonly kept: (records: number) => string;
  readonly by: (staff: string) => string;
  readonly over: (day: Markup) => Markup;
  readonly release: string;
  readonly sure: (records: number) => string;
  readonly released: string;
  readonly placed: string;
  readonly tooLate: string;
  readonly place: string;
  readonly subject: string;
  readonly subjectHint: string;
  readonly class: string;
  readonly documentHint: string;
  readonly untilHint: string;
  readonly button: string;
  readonly act: Markup;
  readonly faults: Readonly<Record<HoldField, string>>;
}

/** Fields of the form. */
export type HoldField = "subject" | "document" | "until" | "sure";

export const HOLD_NOTES = ["placed", "too-late", "released"] as const;
export type HoldNote = (typeof HOLD_NOTES)[number];

const WORDS: Record<UiLang, Words> = {
  ko: {
    title: "파기 보류",
    lead: "법원이나 수사기관의 문서가 있을 때 파기만 멈춥니다. 기간은 그대로 흐르고, 다시 쓸 수 있게 되지도 않습니다. 풀면 닷새 안에 파기합니다.",
    living: "보류하고 있는 것",
    noLiving: "보류하고 있는 것이 없습니다. 문서를 받으면 아래에서 보류합니다.",
    ended: (total) => `끝난 보류 ${count(total)}건`,
    columns: {
      document: "문서",
      scope: "범위",
      until: "마지막 날",
      kept: "기간이 지나 남은 것",
      placed: "보류한 날",
      act: "풀기",
    },
    all: "모든 기록",
    some: (records) => `지정한 기록 ${count(records)}건`,
    kept: (records) => `${count(records)}건`,
    by: (staff) => `담당자 ${staff}`,
    over: (day) => html`${day}에 끝남`,
    release: "보류 풀기",
    sure: (records) =>
      records === 0
        ? "풀면 기간이 끝나는 대로 파기합니다. 되돌릴 수 없습니다."
        : `풀면 기간이 지난 기록 ${count(records)}건을 파기합니다. 되돌릴 수 없습니다.`,
    released: "보류를 풀었습니다. 다음 정기 실행 때 파기합니다.",
    placed: "보류했습니다. 지금부터 파기하지 않습니다.",
    tooLate:
      "보류했지만 일부는 이미 키를 없앤 뒤여서 되살릴 수 없습니다. 문서를 보낸 곳에 알려 주십시오.",
    place: "새로 보류하기",
    subject: "정보주체 번호",
    subjectHint: "16자리 16진수입니다. 이름이나 주소를 적지 않습니다.",
    class: "기록 종류",
    documentHint: "사건 번호나 문서 번호입니다. 암호화해 둡니다.",
    untilHint: "2026-11-23처럼 씁니다. 10년 안이어야 합니다.",
    button: "보류하기",
    act: html`보류와 해제는 <code>jikim hold</code>로도 합니다.`,
    faults: {
      subject: "이 번호의 정보주체가 없습니다. 번호를 다시 확인해 주십시오.",
      document: "문서 번호를 200자 안으로 적어 주십시오.",
      until: "오늘부터 10년 안의 날을 2026-11-23처럼 적어 주십시오.",
      sure: "파기되는 것을 확인했다고 표시해 주십시오.",
    },
  },
  en: {
    title: "Legal holds",
    lead: "A document of a court or an investigation stops destruction, and nothing else: periods run on, and nothing is opened again for use. What is released is destroyed within five days.",
    living: "In force",
    noLiving: "No hold is in force. When a document arrives, place one below.",
    ended: (total) => `${count(total)} that ended`,
    columns: {
      document: "Document",
      scope: "Scope",
      until: "Last day",
      kept: "Kept past its day",
      placed: "Placed",
      act: "Release",
    },
    all: "all records",
    some: (records) => `${count(records)} records named`,
    kept: (records) => count(records),
    by: (staff) => `staff ${staff}`,
    over: (day) => html`ended ${day}`,
    release: "Release",
    sure: (records) =>
      records === 0
        ? "Released, its records are destroyed when their periods end. That cannot be undone."
        : `Released, ${count(records)} past the last day are destroyed. That cannot be undone.`,
    released: "The hold is released. The next daily run destroys what it kept.",
    placed: "The hold is in force. From now on nothing of it is destroyed.",
    tooLate:
      "The hold is in force, but for some records it came too late: their key was gone. Please tell whoever sent the document.",
    place: "Place a hold",
    subject: "Handle of the person",
    subjectHint: "16 hex digits. No name and no address.",
    class: "Records",
    documentHint: "Number of the case or the document. It is sealed.",
    untilHint: "As in 2026-11-23, within ten years.",
    button: "Place the hold",
    act: html`Holds are placed and released with <code>jikim hold</code> too.`,
    faults: {
      subject: "Nobody has this handle. Please check it.",
      document: "Please enter the document’s number, at most 200 characters.",
      until: "Please enter a day from today within ten years, as in 2026-11-23.",
      sure: "Please tick that you have seen what is destroyed.",
    },
  },
};

export const holdsTitle = (lang: UiLang): string => WORDS[lang].title;

/** What is wrong with a field, in words. */
export function holdFault(name: HoldField, lang: UiLang): string {
  return WORDS[lang].faults[name];
}

export interface HoldsInput {
  readonly policy: Policy;
  readonly reader: Reader;
  readonly holds: readonly Hold[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** For officers at a desk. */
  readonly desk: {
    readonly token: Markup;
    readonly values: Readonly<Record<string, string>>;
    readonly errors: readonly FieldError[];
    /** The hold whose release is asked for. */
    readonly releasing: string | null;
  } | null;
  readonly note: HoldNote | null;
}

/** The page. */
export function holdsPage(input: HoldsInput): Markup {
  const { reader, holds, policy, now, desk, note } = input;
  const words = WORDS[reader.lang];
  const today = dayOf(now, policy.timeZone);
  const living = holds.filter((hold) => isHolding(hold, today));
  const ended = holds.filter((hold) => !isHolding(hold, today));
  const notes = { placed: words.placed, "too-late": words.tooLate, released: words.released };
  return html`<div class="board register">
    ${consoleNav(reader, HOLDS_PATH)}
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${note === null ? nothing : html`<p class="notice" role="status">${notes[note]}</p>`}
    <section aria-labelledby="living">
      <h2 id="living">${words.living}</h2>
      ${living.length === 0 ? html`<p class="soft">${words.noLiving}</p>` : table(input, living)}
    </section>
    ${desk === null ? nothing : placeForm(input, desk)}
    ${
      ended.length === 0
        ? nothing
        : html`<details>
            <summary>${words.ended(ended.length)}</summary>
            <ul class="fold settled">
              ${ended.map((hold) => endedLine(input, hold))}
            </ul>
          </details>`
    }
    <p class="small soft">${words.act}</p>
  </div>`;
}

function table(input: HoldsInput, holds: readonly Hold[]): Markup {
  const { columns } = WORDS[input.reader.lang];
  const shown = Object.entries(columns).filter(([name]) => name !== "act" || input.desk !== null);
  return html`<table class="stacked">
    <thead>
      <tr>
        ${shown.map(([, column]) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${holds.map((hold) => row(input, hold))}
    </tbody>
  </table>`;
}

function row(input: HoldsInput, hold: Hold): Markup {
  const { policy, reader, desk } = input;
  const { lang } = reader;
  const words = WORDS[lang];
  const { columns } = words;
  return html`<tr>
    <th scope="row">${hold.document} <code title="${hold.id}">${hold.id.slice(0, 8)}</code></th>
    <td data-label="${columns.scope}">${scopeOf(policy, hold, lang)}</td>
    <td data-label="${columns.until}">${dayMark(hold.until, lang)}</td>
    <td data-label="${columns.kept}"><span class="figure">${words.kept(hold.kept)}</span></td>
    <td data-label="${columns.placed}">
      ${dayMark(dayOf(hold.placedAt, policy.timeZone), lang)}
      <span class="small soft">${words.by(hold.placedBy)}</span>
    </td>
    ${desk === null ? nothing : html`<td data-label="${columns.act}">${releaseForm(input, desk, hold)}</td>`}
  </tr>`;
}

/** First what would be destroyed, then the button: two pages, no script. */
function releaseForm(
  { reader }: HoldsInput,
  desk: NonNullable<HoldsInput["desk"]>,
  hold: Hold,
): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  if (desk.releasing !== hold.id) {
    const to = `${HOLDS_PATH}?release=${hold.id}#release`;
    return html`<a href="${reader.to(to)}" aria-label="${words.release}: ${hold.document}"
      >${words.release}…</a
    >`;
  }
  const error = desk.errors.find((each) => each.field === "sure")?.says;
  return html`<form
    class="form"
    id="release"
    method="post"
    action="${reader.to(`${HOLDS_PATH}/release`)}"
  >
    ${desk.token}<input type="hidden" name="id" value="${hold.id}" />
    ${choice({ name: "sure", label: words.sure(hold.kept), required: true, error }, lang)}
    <button>${words.release}</button>
  </form>`;
}

function placeForm(
  { policy, reader }: HoldsInput,
  { token, values, errors }: NonNullable<HoldsInput["desk"]>,
): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const wrong = (name: string): string | undefined =>
    errors.find((error) => error.field === name)?.says;
  const text = (name: HoldField, label: string, hint: string, maxLength: number): Markup =>
    field(
      { name, label, hint, maxLength, required: true, value: values[name], error: wrong(name) },
      lang,
    );
  const classes = Object.values(policy.records).map(
    ({ id, label }) => [id, label[lang] ?? id] as const,
  );
  return html`<section aria-labelledby="place">
    <h2 id="place">${words.place}</h2>
    ${errorSummary(
      errors.filter((error) => error.field !== "sure"),
      lang,
    )}
    <form
      class="form"
      method="post"
      action="${reader.to(`${HOLDS_PATH}/place`)}"
      novalidate
      autocomplete="off"
    >
      ${token} ${text("subject", words.subject, words.subjectHint, 16)}
      ${field(
        {
          name: "class",
          label: words.class,
          required: false,
          value: values["class"],
          choices: [["", words.all], ...classes],
        },
        lang,
      )}
      ${text("document", words.columns.document, words.documentHint, 200)}
      ${text("until", words.columns.until, words.untilHint, 10)}
      <button>${words.button}</button>
    </form>
  </section>`;
}

function endedLine({ policy, reader }: HoldsInput, hold: Hold): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const day = hold.releasedAt === null ? hold.until : dayOf(hold.releasedAt, policy.timeZone);
  return html`<li>
    ${hold.document} <code title="${hold.id}">${hold.id.slice(0, 8)}</code> ·
    ${scopeOf(policy, hold, lang)} · ${words.over(dayMark(day, lang))}
    ${hold.releasedBy === null ? nothing : html`(${words.by(hold.releasedBy)})`}
  </li>`;
}

function scopeOf(policy: Policy, hold: Hold, lang: UiLang): string {
  const words = WORDS[lang];
  const classes = hold.classes.map((id) => policy.records[id]?.label[lang] ?? id);
  const named = hold.records.length === 0 ? [] : [words.some(hold.records.length)];
  const all = [...classes, ...named];
  return all.length === 0 ? words.all : all.join(", ");
}
