/** Processors for staff: orders that wait, red first; then the register and what it lacks. */
import { dayOf, daysBetween } from "../base/calendar.ts";
import { listProcessors, type ListedProcessor } from "../compiler/processor-list.ts";
import type { Order } from "../engine/processor/order-row.ts";
import type { SupervisionKind } from "../engine/processor/supervision.ts";
import type { SendFault } from "../engine/processor/send-order.ts";
import type { RegisterEntry } from "../engine/processor/register.ts";
import { count, dayMark, daysLeft, plural } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import { statusShape } from "../html/verdict-mark.ts";
import type { Policy } from "../policy/model.ts";
import { consoleNav, PROCESSORS_PATH } from "./console-nav.ts";
import { orderPath } from "./order-page.ts";
import { processorPath } from "./processor-page.ts";
import {
  faultWords,
  KIND_WORDS,
  MISSING_WORDS,
  ORDER_WORDS,
  REASON_WORDS,
  STATE_WORDS,
  SUPERVISION_WORDS,
} from "./processor-words.ts";

interface Words {
  readonly title: string;
  readonly lead: string;
  readonly tally: (live: number, all: number) => Markup;
  readonly waiting: (open: number, late: number) => Markup;
  readonly orders: string;
  readonly noOrders: string;
  readonly order: string;
  readonly processor: string;
  readonly why: string;
  readonly state: string;
  readonly age: string;
  readonly due: string;
  readonly tries: string;
  readonly late: string;
  readonly register: string;
  readonly work: string;
  readonly items: string;
  readonly country: string;
  readonly missing: string;
  readonly nothingMissing: string;
  readonly open: string;
  readonly settled: (total: number) => string;
  readonly noSettled: string;
  readonly answered: string;
  readonly by: Readonly<Record<"processor" | "staff", string>>;
  readonly until: (day: Markup) => Markup;
  readonly sentTimes: (times: number) => string;
  readonly days: (days: number) => string;
  readonly json: string;
  readonly act: Markup;
  readonly sub: string;
  readonly handed: string;
  readonly key: string;
  readonly overdue: (kind: string) => string;
}

const WORDS: Record<UiLang, Words> = {
  ko: {
    title: "수탁자와 지시",
    lead: "맡긴 곳마다 무엇이 갖춰졌는지, 지시에 답했는지 봅니다. 기한을 넘긴 지시가 맨 위에 섭니다.",
    tally: (live, all) =>
      html`처리방침의 수탁자 <b class="figure">${count(all)}</b>곳 가운데
        <b class="figure">${count(live)}</b>곳에 맡길 수 있습니다.`,
    waiting: (open, late) =>
      html`답을 기다리는 지시 <span class="figure">${count(open)}</span>건, 기한을 넘긴 지시
        <span class="figure">${count(late)}</span>건`,
    orders: "답을 기다리는 지시",
    noOrders:
      "기다리는 지시가 없습니다. 탈퇴하거나 위탁 계약이 끝나면 삭제 지시가 여기에 나타납니다.",
    order: "지시",
    processor: "수탁자",
    why: "까닭",
    state: "상태",
    age: "지시한 날",
    due: "기한",
    tries: "전달",
    late: "기한 지남",
    register: "등록부",
    work: "맡긴 업무",
    items: "항목",
    country: "나라",
    missing: "빠진 것",
    nothingMissing: "없음",
    open: "확인 필요",
    settled: (total) => `최근에 답한 지시 ${count(total)}건`,
    noSettled: "아직 답한 지시가 없습니다.",
    answered: "답",
    by: { processor: "수탁자가 서명", staff: "담당자가 입력" },
    until: (day) => html`${day}까지`,
    sentTimes: (times) => `${count(times)}번`,
    days: (days) => `${count(days)}일째`,
    json: "JSON으로 받기",
    act: html`등록, 종료, 답 입력은 각 이름을 눌러 하거나 <code>jikim processor</code>로 합니다.`,
    sub: "재수탁자",
    handed: "담당자가 보냄",
    key: "지시에는 서명이 있습니다. 수탁자는 이 공개 열쇠로 확인합니다 (Ed25519):",
    overdue: (kind) => `${kind} 때가 지남`,
  },
  en: {
    title: "Processors and orders",
    lead: "What each processor still lacks, and whether it answered its orders. Orders past their last day stand first.",
    tally: (live, all) =>
      html`<b class="figure">${count(live)}</b> of the policy’s
        <b class="figure">${count(all)}</b> processors may be given data.`,
    waiting: (open, late) =>
      html`<span class="figure">${plural(open, "order")}</span> waiting for an answer,
        <span class="figure">${count(late)}</span> past the last day`,
    orders: "Orders waiting for an answer",
    noOrders:
      "No order is waiting. When somebody leaves or a contract ends, orders to erase show here.",
    order: "Order",
    processor: "Processor",
    why: "Why",
    state: "State",
    age: "Placed",
    due: "Last day",
    tries: "Delivery",
    late: "past its day",
    register: "Register",
    work: "Work",
    items: "Items",
    country: "Country",
    missing: "Missing",
    nothingMissing: "nothing",
    open: "to be confirmed",
    settled: (total) => `${plural(total, "order")} answered lately`,
    noSettled: "No order has been answered yet.",
    answered: "Answer",
    by: { processor: "signed by the processor", staff: "typed by staff" },
    until: (day) => html`until ${day}`,
    sentTimes: (times) => plural(times, "time"),
    days: (days) => `day ${count(days)}`,
    json: "Get as JSON",
    act: html`Going live, ends and answers are entered behind each name, or with
      <code>jikim processor</code>.`,
    sub: "Sub-processors",
    handed: "sent by staff",
    key: "Orders are signed; a processor checks them with this public key (Ed25519):",
    overdue: (kind) => `${kind} overdue`,
  },
};

/** Faults by which an order waits for staff to send it. */
const BY_STAFF: readonly string[] = ["by-hand", "no-mailer"] satisfies SendFault[];

export interface ProcessorsInput {
  readonly policy: Policy;
  readonly reader: Reader;
  readonly register: readonly RegisterEntry[];
  readonly open: readonly Order[];
  readonly settled: readonly Order[];
  readonly counts: { readonly open: number; readonly late: number };
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Inspections and trainings past their day. */
  readonly overdue: ReadonlyMap<string, readonly SupervisionKind[]>;
  /** Public key that orders are signed with, in base64url: what a processor is given. */
  readonly orderKey: string;
  /** Are there pages behind the processors and orders? */
  readonly linked: boolean;
}

export const processorsTitle = (lang: UiLang): string => WORDS[lang].title;

/** The page. */
export function processorsPage(input: ProcessorsInput): Markup {
  const { reader, register, counts } = input;
  const words = WORDS[reader.lang];
  const live = register.filter((each) => each.state === "active" && each.missing.length === 0);
  return html`<div class="board register">
    ${consoleNav(reader, PROCESSORS_PATH)}
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    <section class="tally">
      <p class="tally-line">${words.tally(live.length, register.length)}</p>
      <p>${words.waiting(counts.open, counts.late)}</p>
    </section>
    ${openSection(input)} ${registerSection(input)} ${settledSection(input)}
    <p class="small soft">${words.act}</p>
    <p class="small">${words.key} <code class="long-code">${input.orderKey}</code></p>
    <p class="small"><a href="${reader.to(`${PROCESSORS_PATH}?format=json`)}">${words.json}</a></p>
  </div>`;
}

function openSection(input: ProcessorsInput): Markup {
  const words = WORDS[input.reader.lang];
  const columns = [
    words.order,
    words.processor,
    words.why,
    words.state,
    words.age,
    words.due,
    words.tries,
  ];
  return html`<section aria-labelledby="orders">
    <h2 id="orders">${words.orders}</h2>
    ${
      input.open.length === 0
        ? html`<p class="soft">${words.noOrders}</p>`
        : html`<table class="stacked">
            <thead>
              <tr>
                ${columns.map((column) => html`<th scope="col">${column}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${input.open.map((order) => openRow(input, order))}
            </tbody>
          </table>`
    }
  </section>`;
}

function openRow({ policy, reader, now, linked }: ProcessorsInput, order: Order): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const today = dayOf(now, policy.timeZone);
  const placed = dayOf(order.placedAt, policy.timeZone);
  const late = order.escalatedAt !== null || order.dueOn < today;
  // Attempts count what a machine sends.
  const byStaff = order.handedAt !== null || BY_STAFF.includes(order.lastFault ?? "");
  return html`<tr class="${late ? "late" : ""}">
    <th scope="row">
      ${link(linked, reader.to(orderPath(order.id)), KIND_WORDS[order.kind][lang])}
      <code title="${order.id}">${order.id.slice(0, 8)}</code>
    </th>
    <td data-label="${words.processor}">${nameOf(policy, order.processor, lang)}</td>
    <td data-label="${words.why}">${REASON_WORDS[order.reason][lang]}</td>
    <td data-label="${words.state}">
      ${ORDER_WORDS[order.state][lang]}
      ${
        late &&
        html`<span class="verdict verdict-broken"
          >${statusShape("broken")}<span>${words.late}</span></span
        >`
      }
    </td>
    <td data-label="${words.age}">
      ${dayMark(placed, lang)}
      <span class="soft">${words.days(daysBetween(placed, today) + 1)}</span>
    </td>
    <td data-label="${words.due}">
      ${dayMark(order.dueOn, lang)}
      <span class="soft">${daysLeft(daysBetween(today, order.dueOn), lang)}</span>
    </td>
    <td data-label="${words.tries}">
      ${byStaff ? nothing : words.sentTimes(order.attempts)}
      ${order.handedAt === null ? nothing : html`<span class="soft">${words.handed}</span>`}
      ${order.lastFault !== null && html`<span class="soft">${faultWords(order.lastFault, lang)}</span>`}
    </td>
  </tr>`;
}

function registerSection(input: ProcessorsInput): Markup {
  const { policy, reader, register } = input;
  const { lang } = reader;
  const words = WORDS[lang];
  const listed = new Map(listProcessors(policy, lang).map((each) => [each.id, each]));
  const columns = [words.processor, words.work, words.country, words.state, words.missing];
  return html`<section aria-labelledby="register">
    <h2 id="register">${words.register}</h2>
    <table class="stacked processors">
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${register.map((entry) => registerRow(entry, listed.get(entry.processor.id), input))}
      </tbody>
    </table>
  </section>`;
}

function registerRow(
  entry: RegisterEntry,
  listed: ListedProcessor | undefined,
  { reader, overdue, linked }: ProcessorsInput,
): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const { id } = entry.processor;
  const ready = entry.state === "active" && entry.missing.length === 0;
  const mark = ready ? "kept" : entry.state === "active" ? "broken" : "not_applicable";
  return html`<tr>
    <th scope="row">${link(linked, reader.to(processorPath(id)), listed?.name ?? id)}</th>
    <td data-label="${words.work}">
      ${listed?.works.join(", ")}
      <span class="small soft">${words.items}: ${listed?.items.join(", ")}</span>
      ${
        entry.facts.subProcessors.length > 0 &&
        html`<span class="small soft"
          >${words.sub}: ${entry.facts.subProcessors.map(({ name }) => name).join(", ")}</span
        >`
      }
    </td>
    <td data-label="${words.country}">
      ${listed?.country ?? html`<span class="open">${words.open}</span>`}
    </td>
    <td data-label="${words.state}">
      <span class="verdict verdict-${mark}"
        >${statusShape(mark)}<span>${STATE_WORDS[entry.state][lang]}</span></span
      >
      ${(overdue.get(id) ?? []).map(
        (kind) =>
          html`<span class="verdict verdict-broken"
            >${statusShape("broken")}<span
              >${words.overdue(SUPERVISION_WORDS[kind][lang])}</span
            ></span
          >`,
      )}
    </td>
    <td data-label="${words.missing}">
      ${
        entry.missing.length === 0
          ? html`<span class="soft">${words.nothingMissing}</span>`
          : html`${entry.missing.map((each) => MISSING_WORDS[each][lang]).join(" · ")}`
      }
    </td>
  </tr>`;
}

function settledSection({ policy, reader, settled }: ProcessorsInput): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  if (settled.length === 0) return html`<p class="soft">${words.noSettled}</p>`;
  return html`<details>
    <summary>${words.settled(settled.length)}</summary>
    <ul class="fold settled">
      ${settled.map(
        (order) =>
          html`<li>
            ${nameOf(policy, order.processor, lang)} · ${KIND_WORDS[order.kind][lang]}
            <code title="${order.id}">${order.id.slice(0, 8)}</code> ·
            ${ORDER_WORDS[order.state][lang]}
            ${
              order.retainedUntil === null
                ? nothing
                : words.until(dayMark(order.retainedUntil, lang))
            }
            ${
              order.answeredAt !== null &&
              html`· ${dayMark(dayOf(order.answeredAt, policy.timeZone), lang)}`
            }
            ${order.answeredBy !== null && html`· ${words.by[order.answeredBy]}`}
          </li>`,
      )}
    </ul>
  </details>`;
}

function link(linked: boolean, href: string, label: string): Markup {
  return linked ? html`<a href="${href}">${label}</a>` : html`${label}`;
}

/** A processor of an earlier version has no name in this one: its id says enough. */
function nameOf(policy: Policy, id: string, lang: UiLang): string {
  return policy.processors[id]?.label[lang] ?? id;
}
