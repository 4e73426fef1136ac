/** The policy as published, with what surrounds it: which version this is, and the others. */
import { addDays } from "../base/calendar.ts";
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
import { CLASS_WORDS } from "./change-words.ts";
import { announcedBy, inForceOn, stateOf, upcomingOn, versionPairs } from "./versions.ts";
import type { VersionState } from "./versions.ts";

interface PrivacyWords {
  readonly state: Record<VersionState, (effective: Markup, until: Markup) => Markup>;
  readonly asked: (asked: Markup, effective: Markup) => Markup;
  readonly stillInForce: string;
  readonly behind: (running: Markup) => Markup;
  readonly coming: (effective: Markup) => Markup;
  readonly readNext: string;
  readonly seeChanges: string;
  readonly current: string;
  readonly versions: string;
  readonly announced: string;
  readonly effective: string;
  readonly status: string;
  readonly states: Record<VersionState, string>;
  readonly only: string;
  readonly changes: string;
  readonly onDay: string;
  readonly look: string;
  readonly markNote: (board: string) => Markup;
}

const WORDS: Record<UiLang, PrivacyWords> = {
  ko: {
    state: {
      in_force: (effective) => html`${effective}부터 지금까지 시행 중인 처리방침입니다.`,
      upcoming: (effective) => html`공고된 처리방침입니다. ${effective}부터 시행합니다.`,
      past: (effective, until) =>
        html`지난 처리방침입니다. ${effective}부터 ${until}까지 시행했습니다.`,
    },
    asked: (asked, effective) =>
      html`${asked}에 시행 중이던 처리방침입니다. ${effective}에 시행한 판입니다.`,
    stillInForce: "지금도 시행 중입니다.",
    behind: (running) =>
      html`서비스는 아직 ${running}에 시행한 판에 따라 움직입니다. 이 판으로 옮기려면 서비스를 다시
      시작해야 합니다.`,
    coming: (effective) => html`${effective}부터 처리방침이 바뀝니다`,
    readNext: "바뀔 처리방침 보기",
    seeChanges: "바뀌는 점 보기",
    current: "지금 시행 중인 처리방침 보기",
    versions: "지난 처리방침",
    announced: "공고",
    effective: "시행",
    status: "상태",
    states: { in_force: "시행 중", upcoming: "시행 전", past: "지남" },
    only: "이전 판은 없습니다. 처리방침이 바뀌면 옛 판이 여기에 남습니다.",
    changes: "바뀐 점",
    onDay: "그날 시행하던 처리방침",
    look: "보기",
    markNote: (board) =>
      html`문장마다 붙은 번호를 누르면 그 약속이 지켜지고 있는지
        <a href="${board}">약속 점검표</a>에서 볼 수 있습니다.`,
  },
  en: {
    state: {
      in_force: (effective) => html`This policy has been in force since ${effective}.`,
      upcoming: (effective) => html`Announced. It takes effect on ${effective}.`,
      past: (effective, until) =>
        html`A past version. It was in force from ${effective} to ${until}.`,
    },
    asked: (asked, effective) =>
      html`This is what held on ${asked}: the version that took effect on ${effective}.`,
    stillInForce: "It is still in force.",
    behind: (running) =>
      html`The service still runs under the version of ${running}. It moves to this one when it is
      started again.`,
    coming: (effective) => html`The policy changes on ${effective}`,
    readNext: "Read the policy to come",
    seeChanges: "See what changes",
    current: "See the version in force",
    versions: "Past versions",
    announced: "Announced",
    effective: "In force from",
    status: "Status",
    states: { in_force: "in force", upcoming: "upcoming", past: "past" },
    only: "There is no earlier version. When the policy changes, the old one stays here.",
    changes: "What changed",
    onDay: "The policy that held on",
    look: "Show",
    markNote: (board) =>
      html`Each sentence carries a number. It leads to the <a href="${board}">promise board</a>,
        which says whether that promise is being kept.`,
  },
};

export interface PrivacyPageInput {
  readonly compiled: Compiled;
  readonly versions: readonly Compiled[];
  readonly reader: Reader;
  readonly today: string;
  /** The past day that was asked about, when it is not the version's own; null otherwise. */
  readonly asked: string | null;
  /** The version the engine runs. */
  readonly running: Compiled;
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
  const { compiled, reader, boardPath } = input;
  const words = WORDS[reader.lang];
  const fragment = pageToHtml(compiled.page(pageLang(compiled, reader)), {
    markHref: (promise) => reader.to(`${boardPath}#${promise.replace(".", "-")}`),
    markDrawing: labelMarkText,
    markVerdict: (promise) => {
      const status = input.statuses.get(promise);
      return status === undefined ? "" : verdictText(status, reader.lang);
    },
  });
  return html`<div class="privacy">
    ${edition(input)} ${coming(input)} ${trusted(fragment)}
    <section class="versions no-print" id="versions">
      <h2>${words.versions}</h2>
      ${input.versions.length < 2 ? html`<p class="soft">${words.only}</p>` : versionTable(input)}
      ${dayForm(input)}
    </section>
  </div>`;
}

/** Which version this is, and whether it is the one that runs. */
function edition(input: PrivacyPageInput): Markup {
  const { compiled, versions, reader, today, asked, running, path } = input;
  const words = WORDS[reader.lang];
  const state = stateOf(versions, compiled, today);
  const effective = dayMark(compiled.policy.effective, reader.lang);
  const next = inOrderAfter(input);
  const until =
    next === null ? effective : dayMark(addDays(next.policy.effective, -1), reader.lang);
  const says =
    asked === null
      ? words.state[state](effective, until)
      : html`${words.asked(dayMark(asked, reader.lang), effective)}
        ${state === "in_force" ? words.stillInForce : nothing}`;
  const behind = state === "in_force" && compiled.hash !== running.hash;
  return html`<div class="edition no-print">
      <p>
        ${says}
        ${
          state === "in_force" && asked === null
            ? nothing
            : html`<a href="${reader.to(path)}">${words.current}</a>`
        }
      </p>
      <p class="soft">${words.markNote(reader.to(input.boardPath))}</p>
    </div>
    ${
      behind
        ? html`<p class="notice notice-wrong no-print">
            ${words.behind(dayMark(running.policy.effective, reader.lang))}
          </p>`
        : nothing
    }`;
}

function inOrderAfter({ compiled, versions, today }: PrivacyPageInput): Compiled | null {
  const { effective } = compiled.policy;
  return announcedBy(versions, today).find(({ policy }) => policy.effective > effective) ?? null;
}

/** On the page in force: what has been announced and waits for its day. */
function coming({ compiled, versions, reader, today, path }: PrivacyPageInput): Markup {
  const words = WORDS[reader.lang];
  const next = upcomingOn(versions, today);
  const pair = versionPairs(versions, today).find(({ after }) => after === next);
  if (next === null || pair === undefined || inForceOn(versions, today) !== compiled)
    return nothing;
  const at = `${path}/${next.policy.effective}`;
  return html`<div class="notice coming no-print">
    <p>
      <b>${words.coming(dayMark(next.policy.effective, reader.lang))}</b>
      <span class="class-${pair.diff.class}">${CLASS_WORDS[pair.diff.class][reader.lang]}</span>
    </p>
    <p class="acts">
      <a href="${reader.to(`${at}/changes`)}">${words.seeChanges}</a>
      <a href="${reader.to(at)}">${words.readNext}</a>
    </p>
  </div>`;
}

/** "What held on 1 March 2021?" */
function dayForm({ versions, reader, today, path, asked }: PrivacyPageInput): Markup {
  const words = WORDS[reader.lang];
  const [first] = announcedBy(versions, today);
  return html`<form class="day-form" method="get" action="${path}">
    <label for="on">${words.onDay}</label>
    <input
      id="on"
      name="on"
      type="date"
      min="${first?.policy.effective ?? today}"
      max="${today}"
      value="${asked ?? today}"
    />
    <input type="hidden" name="lang" value="${reader.lang}" />
    <button class="button-quiet">${words.look}</button>
  </form>`;
}

function versionTable({ versions, reader, today, path }: PrivacyPageInput): Markup {
  const words = WORDS[reader.lang];
  const shown = announcedBy(versions, today);
  const rows = shown.toReversed().map((version) => {
    const { announced, effective } = version.policy;
    const at = `${path}/${effective}`;
    return html`<tr>
      <th scope="row"><a href="${reader.to(at)}">${dayMark(effective, reader.lang)}</a></th>
      <td>${dayMark(announced, reader.lang)}</td>
      <td>${words.states[stateOf(versions, version, today)]}</td>
      <td>
        ${version === shown[0] ? nothing : html`<a href="${reader.to(`${at}/changes`)}">${words.changes}</a>`}
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
