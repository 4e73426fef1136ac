/** The promise board as a page: a number that cannot flatter, then every sentence, red first. */
import { dayOf } from "../base/calendar.ts";
import type { Overdue } from "../engine/retention/overdue.ts";
import { count, dayMark, momentMark } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import { shareStrip } from "../html/share-strip.ts";
import { STATUS_WORDS, statusShape, verdictMark } from "../html/verdict-mark.ts";
import type { Policy } from "../policy/model.ts";
import type { Status } from "../proof/verdict.ts";
import { alarmPart } from "./alarm.ts";
import { BOARD_ORDER } from "./board.ts";
import type { Board, BoardLine } from "./board.ts";
import { consoleNav } from "./console-nav.ts";
import { evidenceWords } from "./evidence-words.ts";

interface BoardWords {
  readonly title: string;
  readonly lead: string;
  readonly ofAll: (kept: number, all: number) => Markup;
  readonly never: string;
  readonly looked: string;
  readonly all: string;
  readonly filter: string;
  readonly group: Record<Status, string>;
  readonly none: string;
  readonly since: (day: Markup) => Markup;
  readonly json: string;
  readonly log: string;
}

const WORDS: Record<UiLang, BoardWords> = {
  ko: {
    title: "약속 점검표",
    lead: "공개한 처리방침의 문장을 하나씩 실제 상태와 맞춰 봅니다. 살펴보지 못한 문장은 지켜진 것으로 세지 않습니다.",
    ofAll: (kept, all) =>
      html`<b class="figure">${count(all)}</b>개 문장 가운데
        <b class="figure">${count(kept)}</b>개를 지키고 있음을 확인했습니다.`,
    never:
      "아직 한 번도 점검하지 않았습니다. 점검을 실행하면 문장마다 결과와 근거가 여기에 나타납니다.",
    looked: "마지막 점검",
    all: "모두",
    filter: "상태로 거르기",
    group: {
      broken: "약속과 다른 것이 발견되었습니다.",
      unknown: "살펴보지 못했거나 결과가 오래되었습니다. 지켜진다고 말할 수 없습니다.",
      words_only: "아직 이 문장을 실행하거나 점검하는 것이 없습니다.",
      kept: "점검하여 어긋난 것이 없었습니다.",
      not_applicable: "지금은 살펴볼 대상이 없습니다.",
    },
    none: "이 상태의 문장이 없습니다.",
    since: (day) => html`${day}부터`,
    json: "JSON으로 받기",
    log: "감사 기록",
  },
  en: {
    title: "Promise board",
    lead: "Every sentence of the published policy, held against what is really there. A sentence nobody looked at does not count as kept.",
    ofAll: (kept, all) =>
      html`<b class="figure">${count(kept)}</b> of <b class="figure">${count(all)}</b> sentences are
        confirmed as kept.`,
    never:
      "Nothing has been checked yet. Once checks have run, each sentence shows its result and evidence here.",
    looked: "Last look",
    all: "All",
    filter: "Filter by status",
    group: {
      broken: "Something was found that differs from the promise.",
      unknown: "Not looked at, or the result is too old. Nobody can say it is kept.",
      words_only: "Nothing carries this sentence out or checks it yet.",
      kept: "Checked, and nothing was found wrong.",
      not_applicable: "There is nothing to look at just now.",
    },
    none: "No sentence has this status.",
    since: (day) => html`since ${day}`,
    json: "Get as JSON",
    log: "Audit log",
  },
};

export interface BoardPageInput {
  readonly board: Board;
  readonly reader: Reader;
  readonly policy: Policy;
  /** What is too late; null where nobody looked. */
  readonly overdue: Overdue | null;
  readonly filter: Status | null;
  /** Where the sentences are published. */
  readonly policyPath: string;
  readonly boardPath: string;
  /** Where the audit log is shown; null when it is not. */
  readonly logPath: string | null;
}

/** Title of the page. */
export const boardTitle = (lang: UiLang): string => WORDS[lang].title;

/** The board. */
export function boardPage(input: BoardPageInput): Markup {
  const { reader, filter } = input;
  const words = WORDS[reader.lang];
  const shown = filter === null ? BOARD_ORDER : [filter];
  return html`<div class="board">
    ${consoleNav(reader, input.boardPath)}
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${input.overdue !== null && alarmPart(input.overdue, input.policy, reader.lang)} ${tally(input)}
    ${filters(input)} ${shown.map((status) => group(input, status))}
    <p class="small">
      <a href="${reader.to(`${input.boardPath}?format=json`)}">${words.json}</a>
      ${input.logPath === null ? nothing : html`<a href="${reader.to(input.logPath)}">${words.log}</a>`}
    </p>
  </div>`;
}

function tally({ board, reader, policy }: BoardPageInput): Markup {
  const words = WORDS[reader.lang];
  const shares = BOARD_ORDER.map((status) => [status, board.counts[status]] as const);
  return html`<section class="tally">
    <p class="tally-line">${words.ofAll(board.counts.kept, board.lines.length)}</p>
    ${shareStrip(shares)}
    <p class="small soft">
      ${
        board.lookedAt === null
          ? words.never
          : html`${words.looked}: ${momentMark(board.lookedAt, policy.timeZone, reader.lang)}`
      }
    </p>
  </section>`;
}

function filters({ board, reader, filter, boardPath }: BoardPageInput): Markup {
  const words = WORDS[reader.lang];
  const link = (status: Status | null, label: Markup, total: number): Markup => {
    const href = reader.to(status === null ? boardPath : `${boardPath}?status=${status}`);
    const here = status === filter ? html` aria-current="true"` : nothing;
    return html`<li>
      <a href="${href}" ${here}>${label} <span class="figure">${count(total)}</span></a>
    </li>`;
  };
  return html`<nav class="filters" aria-label="${words.filter}">
    <ul>
      ${link(null, html`${words.all}`, board.lines.length)}
      ${BOARD_ORDER.map((status) =>
        link(
          status,
          html`<span class="verdict verdict-${status}"
            >${statusShape(status)}<span>${STATUS_WORDS[reader.lang][status]}</span></span
          >`,
          board.counts[status],
        ),
      )}
    </ul>
  </nav>`;
}

function group(input: BoardPageInput, status: Status): Markup {
  const { board, reader, filter } = input;
  const words = WORDS[reader.lang];
  const lines = board.lines.filter((line) => line.status === status);
  if (lines.length === 0 && filter === null) return nothing;
  const word = STATUS_WORDS[reader.lang][status];
  return html`<section class="group" id="${status}" aria-labelledby="${status}-title">
    <header class="group-head">
      <h2 id="${status}-title">${word} <span class="figure">${count(lines.length)}</span></h2>
      <p class="soft">${lines.length === 0 ? words.none : words.group[status]}</p>
    </header>
    <ol class="lines">
      ${lines.map((line) => boardLine(line, input))}
    </ol>
  </section>`;
}

function boardLine(line: BoardLine, { reader, policy, policyPath }: BoardPageInput): Markup {
  const href = reader.to(`${policyPath}#${anchorOf(line.promise.id)}`);
  const proofs = line.evidence.map(
    (evidence) =>
      html`<li title="${evidence.code}">${evidenceWords(evidence, policy, reader.lang)}</li>`,
  );
  return html`<li class="line" id="${anchorOf(line.promise.id)}">
    <p class="line-number"><a href="${href}">${line.promise.id}</a></p>
    <div class="line-body">
      <p class="line-text">${line.text}</p>
      ${
        proofs.length > 0 &&
        html`<ul class="line-proof">
          ${proofs}
        </ul>`
      }
    </div>
    <p class="line-verdict">
      ${verdictMark(line.status, reader.lang)}
      <span class="line-since">${since(line, policy.timeZone, reader.lang)}</span>
    </p>
  </li>`;
}

function since(line: BoardLine, timeZone: string, lang: UiLang): Markup {
  if (line.since === null || line.status === "words_only") return nothing;
  return WORDS[lang].since(dayMark(dayOf(line.since, timeZone), lang));
}

/** `P1.2` → `P1-2`, as the published page names its sentences. */
export function anchorOf(promise: string): string {
  return promise.replace(".", "-");
}
