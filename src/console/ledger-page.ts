/** The ledger of destruction for staff: every class-day and erasure, how far it is, who confirmed. */
import { dayOf } from "../base/calendar.ts";
import { isDestroyed } from "../engine/destruction/destruction-state.ts";
import {
  LEDGER_FILTERS,
  type LedgerEntry,
  type LedgerFilter,
} from "../engine/destruction/ledger-lines.ts";
import { count, dayMark, momentMark } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import { type MarkStatus, statusShape } from "../html/verdict-mark.ts";
import type { Policy } from "../policy/model.ts";
import { consoleNav, DESTRUCTION_PATH } from "./console-nav.ts";
import { FILTER_WORDS, KIND_WORDS, STATE_WORDS, STEP_WORDS } from "./destruction-words.ts";

interface Words {
  readonly title: string;
  readonly lead: string;
  readonly filters: string;
  readonly ledger: string;
  readonly none: string;
  readonly noneHere: string;
  readonly columns: Readonly<
    Record<"what" | "why" | "records" | "begun" | "state" | "confirmed" | "run", string>
  >;
  readonly lastDay: (day: Markup) => Markup;
  readonly late: string;
  readonly notYet: string;
  readonly open: string;
  readonly json: string;
}

const WORDS: Record<UiLang, Words> = {
  ko: {
    title: "파기 대장",
    lead: "무엇을 언제 파기했고 어디까지 왔는지 봅니다. 번호를 열면 증명서가 나옵니다.",
    filters: "거르기",
    ledger: "파기한 것",
    none: "아직 파기한 것이 없습니다. 보유 기간이 끝나거나 탈퇴하면 여기에 나타납니다.",
    noneHere: "이 조건에 맞는 것이 없습니다. ‘모두’에서 전체를 볼 수 있습니다.",
    columns: {
      what: "기록 종류",
      why: "까닭",
      records: "기록",
      begun: "시작한 때",
      state: "상태",
      confirmed: "책임자 확인",
      run: "증명서",
    },
    lastDay: (day) => html`마지막 날 ${day}`,
    late: "기한을 넘김",
    notYet: "아직",
    open: "열기",
    json: "JSON으로 받기",
  },
  en: {
    title: "Ledger of destruction",
    lead: "What was destroyed when, and how far each is. Open a number for its certificate.",
    filters: "Filter",
    ledger: "What was destroyed",
    none: "Nothing has been destroyed yet. When a period ends or somebody leaves, it shows here.",
    noneHere: "Nothing fits. “All” shows everything.",
    columns: {
      what: "Records",
      why: "Why",
      records: "Count",
      begun: "Begun",
      state: "State",
      confirmed: "Officer",
      run: "Certificate",
    },
    lastDay: (day) => html`last day ${day}`,
    late: "overdue",
    notYet: "not yet",
    open: "open",
    json: "Get as JSON",
  },
};

export const ledgerTitle = (lang: UiLang): string => WORDS[lang].title;

export interface LedgerInput {
  readonly policy: Policy;
  readonly reader: Reader;
  readonly filter: LedgerFilter;
  readonly counts: Readonly<Record<LedgerFilter, number>>;
  readonly lines: readonly LedgerEntry[];
}

/** The page. */
export function ledgerPage(input: LedgerInput): Markup {
  const { reader, lines, counts } = input;
  const words = WORDS[reader.lang];
  return html`<div class="board register">
    ${consoleNav(reader, DESTRUCTION_PATH)}
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${filters(input)}
    <section aria-labelledby="ledger">
      <h2 id="ledger">${words.ledger}</h2>
      ${
        lines.length === 0
          ? html`<p class="soft">${counts.all === 0 ? words.none : words.noneHere}</p>`
          : table(input)
      }
    </section>
    <p class="small">
      <a href="${reader.to(`${DESTRUCTION_PATH}?format=json`)}">${words.json}</a>
    </p>
  </div>`;
}

function filters({ reader, filter, counts }: LedgerInput): Markup {
  const { lang } = reader;
  return html`<nav class="filters" aria-label="${WORDS[lang].filters}">
    <ul>
      ${LEDGER_FILTERS.map((each) => {
        const to = each === "all" ? DESTRUCTION_PATH : `${DESTRUCTION_PATH}?show=${each}`;
        const here = each === filter ? html`aria-current="page"` : nothing;
        return html`<li>
          <a href="${reader.to(to)}" ${here}
            >${FILTER_WORDS[each][lang]} <span class="figure">${count(counts[each])}</span></a
          >
        </li>`;
      })}
    </ul>
  </nav>`;
}

function table(input: LedgerInput): Markup {
  const { columns } = WORDS[input.reader.lang];
  return html`<table class="stacked">
    <thead>
      <tr>
        ${Object.values(columns).map((column) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${input.lines.map((line) => row(input, line))}
    </tbody>
  </table>`;
}

function row({ policy, reader }: LedgerInput, line: LedgerEntry): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const { columns } = words;
  const [mark, says] = stateOf(line, lang);
  return html`<tr class="${mark === "broken" ? "late" : ""}">
    <th scope="row">
      ${policy.records[line.recordClass]?.label[lang] ?? line.recordClass}
      <span class="small soft">${words.lastDay(dayMark(line.lastDay, lang))}</span>
    </th>
    <td data-label="${columns.why}">${KIND_WORDS[line.reason][lang]}</td>
    <td data-label="${columns.records}"><span class="figure">${count(line.records)}</span></td>
    <td data-label="${columns.begun}">
      ${momentMark(line.times.requested_at, policy.timeZone, lang)}
    </td>
    <td data-label="${columns.state}">
      <span class="verdict verdict-${mark}">${statusShape(mark)}<span>${says}</span></span>
      ${line.overdue ? html`<span class="small open">${words.late}</span>` : nothing}
    </td>
    <td data-label="${columns.confirmed}">
      ${
        line.confirmedAt === null
          ? html`<span class="soft">${words.notYet}</span>`
          : dayMark(dayOf(line.confirmedAt, policy.timeZone), lang)
      }
    </td>
    <td data-label="${columns.run}">
      <a href="${reader.to(`${DESTRUCTION_PATH}/${line.run}`)}"
        ><code>${line.run.slice(0, 8)}</code> ${words.open}</a
      >
    </td>
  </tr>`;
}

/** 파기 완료 is said only of what nothing can bring back, and of which no trace was found. */
function stateOf(line: LedgerEntry, lang: UiLang): readonly [MarkStatus, string] {
  if (line.look !== null && line.look.found > 0) return ["broken", STATE_WORDS.traces_found[lang]];
  if (!isDestroyed(line.state)) return ["unknown", STEP_WORDS[line.state][lang]];
  if (line.look === null) return ["unknown", STATE_WORDS.not_looked[lang]];
  return ["kept", STATE_WORDS.complete[lang]];
}
