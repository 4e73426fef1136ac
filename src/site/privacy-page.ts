/** The policy as published, with what surrounds it: which version this is, and the others. */
import type { Compiled } from "../compiler/compile.ts";
import { pageToHtml } from "../compiler/page-html.ts";
import { dayMark } from "../html/figures.ts";
import { labelMarkText } from "../html/label-marks.ts";
import { html, nothing, trusted } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import { verdictText } from "../html/verdict-mark.ts";
import type { Lang } from "../policy/model.ts";
import type { Status } from "../proof/verdict.ts";
import type { SentenceChange, WordRun } from "./sentence-changes.ts";
import { inOrder, stateOf, versionBefore } from "./versions.ts";
import type { VersionState } from "./versions.ts";

interface PrivacyWords {
  readonly state: Record<VersionState, (effective: Markup) => Markup>;
  readonly current: string;
  readonly versions: string;
  readonly version: string;
  readonly announced: string;
  readonly effective: string;
  readonly status: string;
  readonly states: Record<VersionState, string>;
  readonly only: string;
  readonly changes: string;
  readonly changesTitle: string;
  readonly changesLead: (before: Markup, after: Markup) => Markup;
  readonly noChanges: string;
  readonly kinds: Record<SentenceChange["kind"], string>;
  readonly markNote: (board: string) => Markup;
  readonly back: string;
}

const WORDS: Record<UiLang, PrivacyWords> = {
  ko: {
    state: {
      in_force: (effective) => html`${effective}부터 지금까지 시행 중인 처리방침입니다.`,
      upcoming: (effective) => html`공고된 처리방침입니다. ${effective}부터 시행합니다.`,
      past: (effective) => html`지난 처리방침입니다. ${effective}에 시행했습니다.`,
    },
    current: "지금 시행 중인 처리방침 보기",
    versions: "지난 처리방침",
    version: "판",
    announced: "공고",
    effective: "시행",
    status: "상태",
    states: { in_force: "시행 중", upcoming: "시행 전", past: "지남" },
    only: "이전 판은 없습니다. 처리방침이 바뀌면 옛 판이 여기에 남습니다.",
    changes: "바뀐 점",
    changesTitle: "바뀐 점",
    changesLead: (before, after) =>
      html`${before} 시행한 처리방침과 ${after} 시행하는 처리방침을 문장마다 견주었습니다.`,
    noChanges: "문장이 바뀐 곳은 없습니다.",
    kinds: { added: "더함", removed: "뺌", changed: "고침" },
    markNote: (board) =>
      html`문장마다 붙은 번호를 누르면 그 약속이 지켜지고 있는지
        <a href="${board}">약속 점검표</a>에서 볼 수 있습니다.`,
    back: "처리방침으로 돌아가기",
  },
  en: {
    state: {
      in_force: (effective) => html`This policy has been in force since ${effective}.`,
      upcoming: (effective) => html`Announced. It takes effect on ${effective}.`,
      past: (effective) => html`A past version. It took effect on ${effective}.`,
    },
    current: "See the version in force",
    versions: "Past versions",
    version: "Version",
    announced: "Announced",
    effective: "In force from",
    status: "Status",
    states: { in_force: "in force", upcoming: "upcoming", past: "past" },
    only: "There is no earlier version. When the policy changes, the old one stays here.",
    changes: "What changed",
    changesTitle: "What changed",
    changesLead: (before, after) =>
      html`The version in force from ${before} and the one from ${after}, sentence by sentence.`,
    noChanges: "No sentence has changed.",
    kinds: { added: "Added", removed: "Removed", changed: "Changed" },
    markNote: (board) =>
      html`Each sentence carries a number. It leads to the <a href="${board}">promise board</a>,
        which says whether that promise is being kept.`,
    back: "Back to the policy",
  },
};

export interface PrivacyPageInput {
  readonly compiled: Compiled;
  readonly versions: readonly Compiled[];
  readonly reader: Reader;
  readonly today: string;
  readonly path: string;
  readonly boardPath: string;
  /** promise → its verdict, for the version the engine runs; empty for other versions. */
  readonly statuses: ReadonlyMap<string, Status>;
}

/** The language the page can be shown in: the reader's, where the policy is published in it. */
export function pageLang({ policy }: Compiled, reader: Reader): Lang {
  return policy.languages.includes(reader.lang) ? reader.lang : (policy.languages[0] ?? "en");
}

/** The policy page. */
export function privacyPage(input: PrivacyPageInput): Markup {
  const { compiled, versions, reader, today, path, boardPath } = input;
  const words = WORDS[reader.lang];
  const state = stateOf(versions, compiled, today);
  const fragment = pageToHtml(compiled.page(pageLang(compiled, reader)), {
    markHref: (promise) => reader.to(`${boardPath}#${promise.replace(".", "-")}`),
    markDrawing: labelMarkText,
    markVerdict: (promise) => {
      const status = input.statuses.get(promise);
      return status === undefined ? "" : verdictText(status, reader.lang);
    },
  });
  return html`<div class="privacy">
    <div class="edition no-print">
      <p>
        ${words.state[state](dayMark(compiled.policy.effective, reader.lang))}
        ${state === "in_force" ? nothing : html`<a href="${reader.to(path)}">${words.current}</a>`}
      </p>
      <p class="soft">${words.markNote(reader.to(boardPath))}</p>
    </div>
    ${trusted(fragment)}
    <section class="versions no-print" id="versions">
      <h2>${words.versions}</h2>
      ${versions.length < 2 ? html`<p class="soft">${words.only}</p>` : versionTable(input)}
    </section>
  </div>`;
}

function versionTable({ versions, reader, today, path }: PrivacyPageInput): Markup {
  const words = WORDS[reader.lang];
  const rows = inOrder(versions)
    .toReversed()
    .filter(({ policy }) => policy.announced <= today)
    .map((version) => {
      const { announced, effective } = version.policy;
      const at = `${path}/${effective}`;
      const changes = versionBefore(versions, version);
      return html`<tr>
        <th scope="row"><a href="${reader.to(at)}">${dayMark(effective, reader.lang)}</a></th>
        <td>${dayMark(announced, reader.lang)}</td>
        <td>${words.states[stateOf(versions, version, today)]}</td>
        <td>
          ${changes === null ? nothing : html`<a href="${reader.to(`${at}/changes`)}">${words.changes}</a>`}
        </td>
      </tr>`;
    });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${words.versions}">
    <table>
      <thead>
        <tr>
          <th scope="col">${words.effective}</th>
          <th scope="col">${words.announced}</th>
          <th scope="col">${words.status}</th>
          <th scope="col">${words.changes}</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

export const changesTitle = (lang: UiLang): string => WORDS[lang].changesTitle;

export interface ChangesPageInput {
  readonly before: Compiled;
  readonly after: Compiled;
  readonly changes: readonly SentenceChange[];
  readonly reader: Reader;
  readonly path: string;
}

/** Before and after. Removed and added words are marked by `del` and `ins`, not by colour alone. */
export function changesPage({ before, after, changes, reader, path }: ChangesPageInput): Markup {
  const words = WORDS[reader.lang];
  const day = (version: Compiled): Markup => dayMark(version.policy.effective, reader.lang);
  return html`<div class="column">
    <h1>${words.changesTitle}</h1>
    <p class="lead">${words.changesLead(day(before), day(after))}</p>
    ${
      changes.length === 0
        ? html`<p>${words.noChanges}</p>`
        : html`<ol class="changes">
            ${changes.map(
              ({ promise, kind, runs }) =>
                html`<li>
                  <p class="small soft"><b>${words.kinds[kind]}</b> ${promise}</p>
                  <p>${runs.map(runMark)}</p>
                </li>`,
            )}
          </ol>`
    }
    <p><a href="${reader.to(`${path}/${after.policy.effective}`)}">${words.back}</a></p>
  </div>`;
}

function runMark({ text, on }: WordRun): Markup {
  if (on === "same") return html`${text}`;
  return on === "added" ? html`<ins>${text}</ins>` : html`<del>${text}</del>`;
}
