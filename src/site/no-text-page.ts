/** `/privacy/<day>` where no text can be shown: before the first version, and on days to come. */
import { dayInWords, dayMark } from "../html/figures.ts";
import { html } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import type { ShownOn } from "./versions.ts";

type NoText = Extract<ShownOn, { readonly on: "before_first" | "not_yet" }>;

interface NoTextWords {
  readonly title: Record<NoText["on"], string>;
  readonly before: (day: Markup, first: Markup) => Markup;
  readonly ahead: (day: Markup) => Markup;
  readonly first: (day: string) => string;
  readonly current: string;
}

const WORDS: Record<UiLang, NoTextWords> = {
  ko: {
    title: {
      before_first: "그날에는 처리방침이 없었습니다",
      not_yet: "아직 오지 않은 날입니다",
    },
    before: (day, first) =>
      html`${day}에는 시행 중인 처리방침이 없었습니다. 첫 처리방침의 시행일은 ${first}입니다.`,
    ahead: (day) =>
      html`${day}에 무엇이 시행될지는 아직 바뀔 수 있어 보여 드리지 않습니다. 시행을 앞둔 처리방침이
      있으면 지금 시행 중인 처리방침 위에 알립니다.`,
    first: (day) => `${day} 시행 첫 처리방침 보기`,
    current: "지금 시행 중인 처리방침 보기",
  },
  en: {
    title: {
      before_first: "There was no policy on that day",
      not_yet: "That day has not come yet",
    },
    before: (day, first) =>
      html`No policy was in force on ${day}. The first is in force from ${first}.`,
    ahead: (day) =>
      html`What will hold on ${day} can still change, so it is not shown. A policy that is about to
      take effect is announced above the one in force.`,
    first: (day) => `See the first policy, of ${day}`,
    current: "See the version in force",
  },
};

export const noTextTitle = (shown: NoText, lang: UiLang): string => WORDS[lang].title[shown.on];

export interface NoTextInput {
  readonly shown: NoText;
  readonly day: string;
  readonly reader: Reader;
  /** Where the policy is published. */
  readonly path: string;
}

/** The page. */
export function noTextPage({ shown, day, reader, path }: NoTextInput): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const asked = dayMark(day, lang);
  if (shown.on === "not_yet") {
    return html`<div class="column">
      <h1>${words.title.not_yet}</h1>
      <p>${words.ahead(asked)}</p>
      <p><a href="${reader.to(path)}">${words.current}</a></p>
    </div>`;
  }
  const { effective } = shown.first.policy;
  return html`<div class="column">
    <h1>${words.title.before_first}</h1>
    <p>${words.before(asked, dayMark(effective, lang))}</p>
    <p class="acts">
      <a href="${reader.to(`${path}/${effective}`)}">${words.first(dayInWords(effective, lang))}</a>
      <a href="${reader.to(path)}">${words.current}</a>
    </p>
  </div>`;
}
