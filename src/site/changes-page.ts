/**
 * Before and after: how important a change is and by which rule, how early it could take effect,
 * what changes thing by thing, and then every sentence that differs, old and new side by side.
 */
import { daysBetween } from "../base/calendar.ts";
import { count, dayMark, periodInWords, plural } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import type { ChangeKind } from "../policy/change-rules.ts";
import type { Change } from "../policy/diff-policies.ts";
import type { Lang } from "../policy/model.ts";
import { changeSubject, changeValues } from "./change-subject.ts";
import { CLASS_WORDS, KIND_WORDS, reasonWords } from "./change-words.ts";
import { sentenceChanges } from "./sentence-changes.ts";
import type { SentenceChange } from "./sentence-changes.ts";
import { stateOf } from "./versions.ts";
import type { VersionPair } from "./versions.ts";
import type { Compiled } from "../compiler/compile.ts";

interface ChangesWords {
  readonly title: string;
  readonly lead: string;
  readonly none: string;
  readonly heading: (upcoming: boolean) => string;
  readonly announced: string;
  readonly effective: string;
  readonly class: string;
  readonly decided: (kinds: string) => string;
  readonly earliest: string;
  readonly notice: (period: string) => string;
  readonly early: (days: number) => string;
  readonly what: string;
  readonly datesOnly: string;
  readonly sentences: string;
  readonly noSentences: string;
  readonly otherLanguage: string;
  readonly kinds: Record<SentenceChange["kind"], string>;
  readonly before: string;
  readonly after: string;
  readonly read: string;
  readonly back: string;
}

const WORDS: Record<UiLang, ChangesWords> = {
  ko: {
    title: "바뀐 점",
    lead: "처리방침이 바뀔 때마다 무엇이 어떻게 바뀌었는지 앞뒤를 나란히 보여 드립니다.",
    none: "아직 바뀐 적이 없습니다. 처리방침이 바뀌면 앞뒤가 여기에 나란히 나타납니다.",
    heading: (upcoming) => (upcoming ? "시행을 앞둔 변경" : "시행한 변경"),
    announced: "공고일",
    effective: "시행일",
    class: "변경의 종류",
    decided: (kinds) => `정한 까닭: ${kinds}`,
    earliest: "가장 이른 시행일",
    notice: (period) => `공고한 날부터 ${period} 뒤입니다.`,
    early: (days) => `시행일이 ${count(days)}일 이릅니다. 약속한 공고 기간을 지키지 못했습니다.`,
    what: "바뀌는 것",
    datesOnly: "날짜만 바뀝니다.",
    sentences: "문장의 앞과 뒤",
    noSentences: "문장이 바뀐 곳은 없습니다.",
    otherLanguage: "두 판을 함께 공개한 언어가 없어 문장을 견줄 수 없습니다.",
    kinds: { added: "더한 문장", removed: "뺀 문장", changed: "고친 문장" },
    before: "전",
    after: "후",
    read: "바뀐 처리방침 전문 보기",
    back: "처리방침으로 돌아가기",
  },
  en: {
    title: "What changed",
    lead: "Each time the privacy policy changes, what was there before and what comes after, side by side.",
    none: "It has not changed yet. When the policy changes, before and after show here.",
    heading: (upcoming) => (upcoming ? "A change to come" : "A change in force"),
    announced: "Announced",
    effective: "In force from",
    class: "Kind of change",
    decided: (kinds) => `decided by: ${kinds}`,
    earliest: "Earliest possible day",
    notice: (period) => `${period} after the announcement.`,
    early: (days) =>
      `It takes effect ${plural(days, "day")} too early: the notice that was promised was not given.`,
    what: "What changes",
    datesOnly: "Only the dates change.",
    sentences: "The sentences, before and after",
    noSentences: "No sentence has changed.",
    otherLanguage: "The two versions share no language, so their sentences cannot be compared.",
    kinds: { added: "New sentence", removed: "Sentence taken out", changed: "Changed sentence" },
    before: "Before",
    after: "After",
    read: "Read the changed policy in full",
    back: "Back to the policy",
  },
};

export const changesTitle = (lang: UiLang): string => WORDS[lang].title;

export interface ChangesPageInput {
  readonly versions: readonly Compiled[];
  /** Newest first. */
  readonly pairs: readonly VersionPair[];
  readonly reader: Reader;
  readonly today: string;
  /** Where the policy is published. */
  readonly path: string;
}

/** The page: one pair or all of them. */
export function changesPage(input: ChangesPageInput): Markup {
  const { pairs, reader, path } = input;
  const words = WORDS[reader.lang];
  return html`<div class="changes-page">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${
      pairs.length === 0
        ? html`<p class="notice">${words.none}</p>`
        : pairs.map((pair) => pairPart(pair, input))
    }
    <p><a href="${reader.to(path)}">${words.back}</a></p>
  </div>`;
}

function pairPart(pair: VersionPair, input: ChangesPageInput): Markup {
  const { reader, path } = input;
  const { before, after } = pair;
  const words = WORDS[reader.lang];
  const upcoming = stateOf(input.versions, after, input.today) === "upcoming";
  const { effective } = after.policy;
  return html`<section class="pair" id="on-${effective}">
    <p class="soft">${words.heading(upcoming)}</p>
    <h2 class="two-days">
      <span>${dayMark(before.policy.effective, reader.lang)}</span><span aria-hidden="true">→</span>
      <span>${dayMark(effective, reader.lang)}</span>
    </h2>
    ${factsPart(pair, reader.lang)}
    <h3>${words.what}</h3>
    ${kindsPart(pair, reader.lang)}
    <h3>${words.sentences}</h3>
    ${sentencesPart(pair, reader.lang)}
    <p><a href="${reader.to(`${path}/${effective}`)}">${words.read}</a></p>
  </section>`;
}

function factsPart({ diff, after, earliest }: VersionPair, lang: UiLang): Markup {
  const words = WORDS[lang];
  const { announced, effective } = after.policy;
  const early = daysBetween(effective, earliest);
  const decided = [...told(diff.decidedBy)].map((kind) => KIND_WORDS[kind][lang]).join(", ");
  const row = (head: string, text: Markup): Markup =>
    html`<div>
      <dt>${head}</dt>
      <dd>${text}</dd>
    </div>`;
  return html`<dl class="terms">
      ${row(words.announced, dayMark(announced, lang))}
      ${row(words.effective, dayMark(effective, lang))}
      ${row(
        words.class,
        html`<b>${CLASS_WORDS[diff.class][lang]}</b>
          ${decided === "" ? nothing : html`<span class="small soft">${words.decided(decided)}</span>`}`,
      )}
      ${
        diff.notice === null
          ? nothing
          : row(
              words.earliest,
              html`${dayMark(earliest, lang)}
                <span class="small soft">${words.notice(periodInWords(diff.notice, lang))}</span>`,
            )
      }
    </dl>
    ${early > 0 ? html`<p class="notice notice-wrong">${words.early(early)}</p>` : nothing}`;
}

/** The dates stand above; they are told as a change only where nothing else decided. */
function told(decidedBy: VersionPair["diff"]["decidedBy"]): ReadonlySet<ChangeKind> {
  const kinds = decidedBy.filter((kind) => kind !== "raised");
  const others = kinds.filter((kind) => kind !== "version-dated");
  return new Set(others.length > 0 ? others : kinds);
}

/** Changes of one kind stand together, the important ones first. */
function kindsPart({ diff, before, after }: VersionPair, lang: UiLang): Markup {
  const words = WORDS[lang];
  const changes = diff.changes.filter(({ kind }) => kind !== "version-dated");
  if (changes.length === 0) return html`<p>${words.datesOnly}</p>`;
  const versions = { before: before.policy, after: after.policy };
  const kinds = [...Map.groupBy(changes, ({ kind }) => kind).values()];
  const important = (same: readonly Change[]): number => (same[0]?.class === "important" ? 0 : 1);
  const ordered = kinds.toSorted((a, b) => important(a) - important(b));
  return html`<ul class="kinds">
    ${ordered.map((same) => kindLine(same, versions, lang))}
  </ul>`;
}

type Versions = Parameters<typeof changeSubject>[1];

function kindLine(same: readonly Change[], versions: Versions, lang: UiLang): Markup {
  const [first] = same;
  if (first === undefined) return nothing;
  const things = new Map(same.map((change) => thing(change, versions, lang)));
  return html`<li>
    <p>
      <b>${KIND_WORDS[first.kind][lang]}</b>
      <span class="class-${first.class}">${CLASS_WORDS[first.class][lang]}</span>
    </p>
    <ul class="things">
      ${[...things.values()]}
    </ul>
    <p class="small soft">${reasonWords(first.reason, lang)}${lang === "ko" ? "." : nothing}</p>
  </li>`;
}

function thing(change: Change, versions: Versions, lang: UiLang): readonly [string, Markup] {
  const subject = changeSubject(change.ref, versions, lang);
  const values = changeValues(change, versions, lang);
  const key = JSON.stringify([subject, values]);
  if (subject === "" && values === null) return [key, nothing];
  const { before, after } = values ?? {};
  return [
    key,
    html`<li>
      ${subject}
      ${values === null ? nothing : html`<span class="values-pair"><del>${before}</del> <ins>${after}</ins></span>`}
    </li>`,
  ];
}

function sentencesPart({ before, after }: VersionPair, lang: UiLang): Markup {
  const words = WORDS[lang];
  const shared = sharedLang(before, after, lang);
  if (shared === null) return html`<p>${words.otherLanguage}</p>`;
  const changes = sentenceChanges(before, after, shared);
  if (changes.length === 0) return html`<p>${words.noSentences}</p>`;
  return html`<ol class="changes">
    ${changes.map(
      ({ promise, kind, runs }) =>
        html`<li>
          <p class="small soft">${promise} <b>${words.kinds[kind]}</b></p>
          <div class="two-sides">${side(runs, "removed", lang)} ${side(runs, "added", lang)}</div>
        </li>`,
    )}
  </ol>`;
}

/** One side of a sentence. What goes is marked by `del`, what comes by `ins`: not by colour alone. */
function side(runs: SentenceChange["runs"], on: "removed" | "added", lang: UiLang): Markup {
  const own = runs.filter((run) => run.on === on || run.on === "same");
  if (own.length === 0) return nothing;
  const head = on === "removed" ? WORDS[lang].before : WORDS[lang].after;
  return html`<div class="side side-${on}">
    <p class="small soft">${head}</p>
    <p>
      ${own.map(({ text, on: run }) =>
        run === "same"
          ? html`${text}`
          : on === "added"
            ? html`<ins>${text}</ins>`
            : html`<del>${text}</del>`,
      )}
    </p>
  </div>`;
}

function sharedLang(before: Compiled, after: Compiled, lang: UiLang): Lang | null {
  const shared = after.policy.languages.filter((each) => before.policy.languages.includes(each));
  return shared.find((each) => each === lang) ?? shared[0] ?? null;
}
