/** The time machine's bar, the preview before a step, and what a step has ended. */
import type {
  Compiled,
  DestructionState,
  KeepProgress,
  KeepReport,
  Markup,
  Reader,
  UiLang,
  Upcoming,
  Verdict,
} from "jikim";
import {
  DESTRUCTION_STATES,
  count,
  dayMark,
  dayOf,
  daysBetween,
  html,
  isDestroyed,
  nothing,
  periodInWords,
  plural,
  sayHead,
} from "jikim";
import { STEPS } from "./time-machine.ts";
import type { Step } from "./time-machine.ts";

interface TimeWords {
  readonly title: string;
  readonly bar: string;
  readonly lead: string;
  readonly step: Record<Step, string>;
  readonly pick: string;
  readonly ends: string;
  readonly endsNothing: string;
  readonly what: string;
  readonly lastDay: string;
  readonly records: string;
  readonly move: (step: string) => string;
  readonly stay: string;
  readonly session: string;
  readonly moving: string;
  readonly movingLead: string;
  readonly soFar: (records: string, all: string) => string;
  readonly checking: string;
  readonly again: string;
  readonly moved: string;
  readonly movedLead: (days: string) => string;
  readonly ended: string;
  readonly endedNothing: string;
  readonly board: string;
  readonly tally: (kept: number, broken: number, all: number) => string;
  readonly next: string;
  readonly login: string;
  /** Below what was destroyed: for good, or not yet. */
  readonly done: string;
  readonly notYet: string;
  readonly state: string;
  readonly states: Record<DestructionState, string>;
}

const WORDS: Record<UiLang, TimeWords> = {
  ko: {
    title: "시간 여행",
    bar: "시간 여행",
    lead: "시연용 기능입니다. 서비스의 날짜를 앞으로 옮기면 보유 기간이 끝난 기록이 실제로 파기됩니다. 뒤로는 옮길 수 없습니다.",
    step: { P1D: "하루 뒤", P1M: "한 달 뒤", P1Y: "일 년 뒤" },
    pick: "언제로 옮기겠습니까?",
    ends: "옮기면 파기되는 것",
    endsNothing: "그사이에 보유 기간이 끝나는 기록은 없습니다.",
    what: "기록",
    lastDay: "마지막 보유일",
    records: "건수",
    move: (step) => `${step}로 옮기고 파기하기`,
    stay: "그만두기",
    session: "로그인은 12시간이 지나면 끝나므로 다시 로그인해야 합니다.",
    moving: "날짜를 옮기는 중입니다",
    movingLead: "기록이 끝나는 날마다 멈추어 파기합니다. 이 화면은 2초마다 저절로 새로 고칩니다.",
    soFar: (records, all) => `기록 ${all}건 가운데 ${records}건을 파기했습니다.`,
    checking: "파기할 기록이 끝났습니다. 이제 모든 약속을 다시 점검합니다.",
    again: "지금 다시 보기",
    moved: "날짜를 옮겼습니다",
    movedLead: (days) =>
      `${days}이 지났습니다. 기록이 끝나는 날마다 파기하고, 마지막에 모든 약속을 다시 점검했습니다.`,
    ended: "파기한 것",
    endedNothing: "보유 기간이 끝난 기록이 없어 파기한 것이 없습니다.",
    board: "약속 점검표 보기",
    tally: (kept, broken, all) =>
      `다시 점검한 결과: ${all}개 문장 가운데 지켜짐 ${kept}, 어겨짐 ${broken}`,
    next: "다음에 볼 것",
    login: "다시 로그인해서 내 정보 보기",
    done: "기록을 열 수 있는 열쇠를 없앴으므로, 백업과 로그에 남은 사본도 다시 열 수 없습니다.",
    notYet: "아직 끝나지 않은 파기가 있습니다. 다음 점검 때 이어서 합니다.",
    state: "파기 상태",
    states: {
      requested: "파기 시작",
      key_dropped: "열쇠 삭제",
      root_wiped: "뿌리 열쇠 덮어씀",
      caches_drained: "검색 색인 교체 대기",
      index_rotated: "파기 완료",
      rows_removed: "파기 완료",
    },
  },
  en: {
    title: "Time machine",
    bar: "Time machine",
    lead: "For demonstration. Moving the service’s date ahead really destroys the records whose time has ended. There is no way back.",
    step: { P1D: "One day ahead", P1M: "One month ahead", P1Y: "One year ahead" },
    pick: "How far ahead?",
    ends: "What the move destroys",
    endsNothing: "No record’s time ends in between.",
    what: "Record",
    lastDay: "Last day kept",
    records: "Records",
    move: (step) => `Move ${step.toLowerCase()} and destroy`,
    stay: "Leave it",
    session: "A log-in ends after 12 hours, so you will have to log in again.",
    moving: "The date is moving",
    movingLead:
      "It stops at every day on which a record ends, and destroys. This page looks again every 2 seconds.",
    soFar: (records, all) => `${records} of ${all} records destroyed.`,
    checking: "Nothing is left to destroy. Every promise is now being checked again.",
    again: "Look again now",
    moved: "The date has moved",
    movedLead: (days) =>
      `${days} have passed. Records were destroyed on the days they ended, and every promise was checked again.`,
    ended: "What was destroyed",
    endedNothing: "No record’s time had ended, so nothing was destroyed.",
    board: "See the promise board",
    tally: (kept, broken, all) =>
      `Checked again: of ${all} sentences ${kept} kept, ${broken} broken`,
    next: "What to see next",
    login: "Log in again and see my data",
    done: "The keys that opened these records are destroyed, so copies in backups and logs cannot be opened again either.",
    notYet: "Some destructions are not at their end. The next sweep goes on with them.",
    state: "Destruction",
    states: {
      requested: "begun",
      key_dropped: "key dropped",
      root_wiped: "root overwritten",
      caches_drained: "waits for the look-up index",
      index_rotated: "destroyed",
      rows_removed: "destroyed",
    },
  },
};

export const timeTitle = (lang: UiLang, of: "preview" | "moving" | "moved"): string =>
  of === "preview" ? WORDS[lang].title : WORDS[lang][of];

/** The bar below every page of the demonstration. */
export function timeBar(reader: Reader, today: string): Markup {
  const words = WORDS[reader.lang];
  return html`<nav class="time-bar" aria-label="${words.bar}">
    <div class="time-bar-row">
      <span><b>${words.bar}</b> ${dayMark(today, reader.lang)}</span>
      <ul>
        ${STEPS.map((step) => html`<li><a href="${stepHref(reader, step)}">+${periodInWords(step, reader.lang)}</a></li>`)}
      </ul>
      <a class="aside" href="${reader.to("/console/promises")}">${words.board}</a>
    </div>
  </nav>`;
}

const stepHref = (reader: Reader, step: Step): string => reader.to(`/time?step=${step}`);

export interface PreviewInput {
  readonly reader: Reader;
  readonly compiled: Compiled;
  readonly token: Markup;
  readonly today: string;
  readonly signedIn: boolean;
  /** The step asked about, with the day it leads to and what would end. */
  readonly asked: {
    readonly step: Step;
    readonly day: string;
    readonly ends: readonly Upcoming[];
  } | null;
}

/** The preview: nothing happens here. */
export function previewPage(input: PreviewInput): Markup {
  const { reader, asked, today } = input;
  const words = WORDS[reader.lang];
  return html`<div class="column">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    <h2>${words.pick}</h2>
    <ul class="steps">
      ${STEPS.map(
        (step) =>
          html`<li>
            <a
              class="button button-quiet"
              href="${stepHref(reader, step)}"
              ${step === asked?.step ? html`aria-current="true"` : nothing}
              >${words.step[step]}</a
            >
          </li>`,
      )}
    </ul>
    ${asked === null ? nothing : askedPart(input, asked, daysBetween(today, asked.day))}
  </div>`;
}

function askedPart(
  { reader, compiled, token, today, signedIn }: PreviewInput,
  asked: NonNullable<PreviewInput["asked"]>,
  days: number,
): Markup {
  const words = WORDS[reader.lang];
  const { lang } = reader;
  const rows = byClass(asked.ends.map((end) => ({ ...end, day: end.lastDay })));
  return html`<p class="two-days">
      <span>${dayMark(today, lang)}</span><span aria-hidden="true">→</span>
      <span>${dayMark(asked.day, lang)}</span>
      <span class="small soft">${lang === "ko" ? `${count(days)}일` : plural(days, "day")}</span>
    </p>
    <h2>${words.ends}</h2>
    ${rows.length === 0 ? html`<p>${words.endsNothing}</p>` : endsTable(rows, compiled, lang)}
    ${signedIn ? html`<p class="notice">${words.session}</p>` : nothing}
    <form class="acts" method="post" action="${reader.to("/time")}">
      ${token}<input type="hidden" name="step" value="${asked.step}" />
      <button>${words.move(words.step[asked.step])}</button>
      <a href="${reader.to("/")}">${words.stay}</a>
    </form>`;
}

interface EndRow {
  readonly recordClass: string;
  readonly first: string;
  readonly last: string;
  readonly records: number;
  /** The state of the day that has come least far; null before anything was destroyed. */
  readonly state: DestructionState | null;
}

function byClass(
  ends: readonly {
    readonly recordClass: string;
    readonly day: string;
    readonly records: number;
    readonly state?: DestructionState;
  }[],
): readonly EndRow[] {
  const rows = new Map<string, EndRow>();
  for (const { recordClass, day, records, state = null } of ends) {
    const row = rows.get(recordClass);
    rows.set(recordClass, {
      recordClass,
      first: row === undefined || day < row.first ? day : row.first,
      last: row === undefined || day > row.last ? day : row.last,
      records: (row?.records ?? 0) + records,
      state: row === undefined || !isFurther(state, row.state) ? state : row.state,
    });
  }
  return [...rows.values()];
}

const isFurther = (a: DestructionState | null, b: DestructionState | null): boolean =>
  a !== null && (b === null || DESTRUCTION_STATES.indexOf(a) > DESTRUCTION_STATES.indexOf(b));

function endsTable(rows: readonly EndRow[], { policy }: Compiled, lang: UiLang): Markup {
  const words = WORDS[lang];
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">${words.what}</th>
          <th scope="col">${words.lastDay}</th>
          <th scope="col" class="number">${words.records}</th>
          ${rows.some(({ state }) => state !== null) && html`<th scope="col">${words.state}</th>`}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <th scope="row">${sayHead(policy.records[row.recordClass]?.label ?? {}, lang)}</th>
              <td>
                ${dayMark(row.first, lang)}${row.first === row.last ? nothing : html` – ${dayMark(row.last, lang)}`}
              </td>
              <td class="number">${count(row.records)}</td>
              ${row.state !== null && html`<td>${words.states[row.state]}</td>`}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

export interface MovingInput {
  readonly reader: Reader;
  readonly start: string;
  /** How far the date has come. */
  readonly today: string;
  /** Records that end on the way. */
  readonly ending: number;
  readonly progress: KeepProgress;
}

/** A step that takes a while. */
export function movingPage({ reader, start, today, ending, progress }: MovingInput): Markup {
  const words = WORDS[reader.lang];
  const done = Math.min(progress.records, ending);
  const says = done < ending ? words.soFar(count(done), count(ending)) : words.checking;
  return html`<div class="column">
    <h1>${words.moving}</h1>
    <p class="two-days">
      <span>${dayMark(start, reader.lang)}</span><span aria-hidden="true">→</span>
      <span>${dayMark(today, reader.lang)}</span>
    </p>
    <p>${words.movingLead}</p>
    <progress
      class="journey"
      max="${Math.max(ending, 1)}"
      value="${ending === 0 ? 1 : done}"
      aria-label="${words.moving}"
    ></progress>
    <p role="status">${says}</p>
    <p><a href="${reader.to("/time/moved")}">${words.again}</a></p>
  </div>`;
}

/** What one step has done. */
export interface Move {
  readonly from: number;
  readonly report: KeepReport;
  readonly verdicts: readonly Verdict[];
}

export interface MovedInput {
  readonly reader: Reader;
  readonly compiled: Compiled;
  readonly move: Move;
}

/** The result of a step. */
export function movedPage({ reader, compiled, move }: MovedInput): Markup {
  const words = WORDS[reader.lang];
  const { lang } = reader;
  const { timeZone } = compiled.policy;
  const [from, today] = [dayOf(move.from, timeZone), dayOf(move.report.at, timeZone)];
  const days = daysBetween(from, today);
  const rows = byClass(move.report.days.map((day) => ({ ...day, day: day.expiredOn })));
  const total = (status: string): number =>
    move.verdicts.filter((verdict) => verdict.status === status).length;
  return html`<div class="column">
    <h1>${words.moved}</h1>
    <p class="two-days">
      <span>${dayMark(from, lang)}</span><span aria-hidden="true">→</span>
      <span>${dayMark(today, lang)}</span>
    </p>
    <p>${words.movedLead(lang === "ko" ? `${count(days)}일` : plural(days, "day"))}</p>
    <h2>${words.ended}</h2>
    ${
      rows.length === 0
        ? html`<p>${words.endedNothing}</p>`
        : html`${endsTable(rows, compiled, lang)}
            <p class="small soft">
              ${move.report.days.every(({ state }) => isDestroyed(state)) ? words.done : words.notYet}
            </p>`
    }
    <h2>${words.next}</h2>
    <p>${words.tally(total("kept"), total("broken"), move.verdicts.length)}</p>
    <p class="acts">
      <a class="button" href="${reader.to("/console/promises")}">${words.board}</a>
      <a href="${reader.to("/me")}">${words.login}</a>
    </p>
  </div>`;
}
