/** Notices (공지사항): each announced version of the policy, newest first. */
import type { Compiled } from "../compiler/compile.ts";
import { dayMark } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import { CLASS_WORDS } from "./change-words.ts";
import { announcedBy, versionPairs } from "./versions.ts";

interface NoticeWords {
  readonly title: string;
  readonly lead: string;
  readonly none: string;
  readonly first: string;
  readonly revised: string;
  readonly says: (effective: Markup, upcoming: boolean) => Markup;
  readonly waiting: string;
  readonly read: string;
  readonly changes: string;
}

const WORDS: Record<UiLang, NoticeWords> = {
  ko: {
    title: "공지사항",
    lead: "처리방침이 바뀌면 시행하기 전에 여기에 먼저 알립니다.",
    none: "아직 공지가 없습니다. 처리방침을 정하거나 바꾸면 시행하기 전에 여기에 나타납니다.",
    first: "개인정보 처리방침 시행 안내",
    revised: "개인정보 처리방침 변경 안내",
    says: (effective, upcoming) =>
      upcoming ? html`${effective}부터 시행합니다.` : html`${effective}에 시행했습니다.`,
    waiting: "아직 시행 전입니다.",
    read: "전문 보기",
    changes: "바뀐 점 보기",
  },
  en: {
    title: "Notices",
    lead: "When the privacy policy changes, it is announced here before it takes effect.",
    none: "No notices yet. When the privacy policy is set or changed, it shows here beforehand.",
    first: "Privacy policy takes effect",
    revised: "Privacy policy is changing",
    says: (effective, upcoming) =>
      upcoming ? html`It takes effect on ${effective}.` : html`It took effect on ${effective}.`,
    waiting: "It is not in force yet.",
    read: "Read the full text",
    changes: "See what changed",
  },
};

export const noticesTitle = (lang: UiLang): string => WORDS[lang].title;

export interface NoticesInput {
  readonly versions: readonly Compiled[];
  readonly reader: Reader;
  readonly today: string;
  readonly policyPath: string;
}

/** The page. */
export function noticesPage({ versions, reader, today, policyPath }: NoticesInput): Markup {
  const words = WORDS[reader.lang];
  const announced = announcedBy(versions, today).toReversed();
  const pairs = versionPairs(versions, today);
  const notice = (version: Compiled): Markup => {
    const { announced: day, effective } = version.policy;
    const pair = pairs.find(({ after }) => after === version) ?? null;
    const upcoming = effective > today;
    const at = `${policyPath}/${effective}`;
    return html`<li class="notice-line">
      <p class="soft">${dayMark(day, reader.lang)}</p>
      <div>
        <h2>${pair === null ? words.first : words.revised}</h2>
        <p>
          ${words.says(dayMark(effective, reader.lang), upcoming)}
          ${upcoming ? html`<b>${words.waiting}</b>` : nothing}
        </p>
        ${pair === null ? nothing : html`<p><span class="class-${pair.diff.class}">${CLASS_WORDS[pair.diff.class][reader.lang]}</span></p>`}
        <p class="acts">
          <a href="${reader.to(at)}">${words.read}</a>
          ${pair === null ? nothing : html`<a href="${reader.to(`${at}/changes`)}">${words.changes}</a>`}
        </p>
      </div>
    </li>`;
  };
  return html`<div class="notices">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${
      announced.length === 0
        ? html`<p class="notice">${words.none}</p>`
        : html`<ol>
            ${announced.map(notice)}
          </ol>`
    }
  </div>`;
}
