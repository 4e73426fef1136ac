/** What is too late, at the head of the board: it stands there until it is mended or a month old. */
import type { Overdue } from "../engine/retention/overdue.ts";
import { count, momentMark, plural } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { UiLang } from "../html/reader.ts";
import { statusShape } from "../html/verdict-mark.ts";
import type { Policy } from "../policy/model.ts";

interface Words {
  readonly title: string;
  /** Nothing is late yet, but nothing runs either. */
  readonly titleStopped: string;
  readonly waiting: (what: string) => string;
  readonly late: (what: string) => string;
  readonly stopped: (when: Markup) => Markup;
  readonly next: Markup;
}

const WORDS: Record<UiLang, Words> = {
  ko: {
    title: "파기 기한을 넘겼습니다",
    titleStopped: "파기 작업이 멈춰 있습니다",
    waiting: (what) => `기한이 지났는데 남아 있는 기록: ${what}`,
    late: (what) => `지난 30일 동안 기한을 넘겨 파기한 기록: ${what}`,
    stopped: (when) => html`파기 작업이 하루 넘게 돌지 않았습니다. 마지막 실행: ${when}`,
    next: html`<code>jikim keep</code>을 지금 실행하고, 매일 도는지 확인해 주십시오.`,
  },
  en: {
    title: "Destruction is late",
    titleStopped: "The sweep has stopped",
    waiting: (what) => `Past their limit and still here: ${what}`,
    late: (what) => `Destroyed too late in the last 30 days: ${what}`,
    stopped: (when) => html`The sweep has not run for more than a day. Last run: ${when}`,
    next: html`Run <code>jikim keep</code> now and see that it runs daily.`,
  },
};

/** Nothing where nothing is late. */
export function alarmPart(overdue: Overdue, policy: Policy, lang: UiLang): Markup {
  const words = WORDS[lang];
  const waiting = list(overdue.waiting, policy, lang);
  const late = list(overdue.late, policy, lang);
  if (waiting === "" && late === "" && !overdue.stopped) return nothing;
  const title = waiting === "" && late === "" ? words.titleStopped : words.title;
  return html`<section class="alarm" role="alert" aria-labelledby="alarm">
    <h2 id="alarm">
      <span class="verdict verdict-broken">${statusShape("broken")}<span>${title}</span></span>
    </h2>
    ${waiting !== "" && html`<p>${words.waiting(waiting)}</p>`}
    ${late !== "" && html`<p>${words.late(late)}</p>`}
    ${
      overdue.stopped && overdue.lastRunAt !== null
        ? html`<p>${words.stopped(momentMark(overdue.lastRunAt, policy.timeZone, lang))}</p>`
        : nothing
    }
    ${(waiting !== "" || overdue.stopped) && html`<p class="soft">${words.next}</p>`}
  </section>`;
}

function list(
  classes: Readonly<Record<string, number>>,
  { records }: Policy,
  lang: UiLang,
): string {
  return Object.entries(classes)
    .map(([id, many]) => {
      const label = records[id]?.label[lang] ?? id;
      return lang === "ko" ? `${label} ${count(many)}건` : `${label}, ${plural(many, "record")}`;
    })
    .join(lang === "ko" ? ", " : "; ");
}
