/** The pages of open work. */
import type { Compiled, Items, Markup, Reader, UiLang, WaitingRecord } from "jikim";
import { dayMark, field, html, nothing, say } from "jikim";

/** What ends for everyone it is about, by one press. */
export type Ending = "winners" | "prizes" | "meetings";

export interface TicketForm {
  readonly subject: string;
  readonly record: string;
  /** Why it is opened; it stands in the access log. */
  readonly reason: string;
  readonly as: "question" | "complaint";
  /** What the complaint was about, in the words of staff. */
  readonly summary: string;
}

interface WorkWords {
  readonly title: string;
  readonly lead: string;
  readonly tickets: string;
  readonly noTickets: string;
  readonly since: string;
  readonly how: string;
  readonly open: string;
  readonly reason: string;
  readonly reasonHint: string;
  readonly endings: string;
  readonly ends: Readonly<Record<Ending, string>>;
  readonly none: string;
  readonly intakes: string;
  readonly call: string;
  readonly partner: string;
  readonly mailing: string;
  readonly ticket: string;
  readonly empty: string;
  readonly close: string;
  readonly question: string;
  readonly questionText: string;
  readonly complaint: string;
  readonly complaintText: string;
  readonly summary: string;
  readonly summaryWrong: string;
  readonly send: string;
  readonly methods: Readonly<Record<string, string>>;
}

export const WORK_WORDS: Readonly<Record<UiLang, WorkWords>> = {
  ko: {
    title: "처리할 일",
    lead: "여기서 닫아야 보유 기간이 시작되거나 파기됩니다. 오래된 것부터 보입니다.",
    tickets: "열려 있는 문의",
    noTickets: "열려 있는 문의가 없습니다. 전화로 받은 문의는 아래에서 적습니다.",
    since: "받은 날",
    how: "들어온 길",
    open: "열어 보기",
    reason: "열어 보는 까닭",
    reasonHint: "열람 기록에 남습니다.",
    endings: "한꺼번에 끝나는 것",
    ends: {
      winners: "당첨 안내를 마쳤습니다",
      prizes: "경품 전달을 마쳤습니다",
      meetings: "회의를 모두 닫습니다",
    },
    none: "기다리는 것이 없습니다.",
    intakes: "대신 적기",
    call: "전화·팩스 문의 적기",
    partner: "제휴사가 제공한 응모 적기",
    mailing: "소식 메일 맡기기",
    ticket: "문의",
    empty: "남아 있는 값이 없습니다. 이미 끝난 문의입니다.",
    close: "닫기",
    question: "단순 문의였습니다",
    questionText: "닫으면 바로 파기합니다.",
    complaint: "불만·분쟁이었습니다",
    complaintText: "이름, 이메일, 아래 요지만 법이 정한 기간 동안 따로 둡니다.",
    summary: "불만·분쟁의 요지",
    summaryWrong: "불만·분쟁으로 닫으려면 요지를 적어 주십시오. 카드 번호는 적지 않습니다.",
    send: "이렇게 닫기",
    methods: { support_board: "누리집", phone_fax: "전화·팩스" },
  },
  en: {
    title: "Open work",
    lead: "Closing is what starts a period or destroys a record. The oldest comes first.",
    tickets: "Open inquiries",
    noTickets: "No inquiry is open. Note one that came by telephone below.",
    since: "Received",
    how: "By",
    open: "Open",
    reason: "Why you open it",
    reasonHint: "It stands in the access log.",
    endings: "What ends at once for all",
    ends: {
      winners: "Winners have been told",
      prizes: "Prizes have been delivered",
      meetings: "Close all meetings",
    },
    none: "Nothing waits.",
    intakes: "Write down for somebody",
    call: "Note a call or a fax",
    partner: "Note an entry from a partner",
    mailing: "Give out a mailing",
    ticket: "Inquiry",
    empty: "No value is left: this inquiry is over.",
    close: "Close it",
    question: "It was a question",
    questionText: "It is destroyed at once.",
    complaint: "It was a complaint or a dispute",
    complaintText:
      "Name, e-mail address and the gist below are kept apart for as long as the law says.",
    summary: "Gist of the complaint",
    summaryWrong: "To close it as a complaint, please write its gist. No card numbers.",
    send: "Close it so",
    methods: { support_board: "the site", phone_fax: "telephone or fax" },
  },
};

export interface Work {
  readonly tickets: readonly WaitingRecord[];
  /** How many wait; the list behind a number is cut at 200. */
  readonly endings: Readonly<Record<Ending, number>>;
}

/** `/console/work`. */
export function workPage(input: {
  readonly reader: Reader;
  readonly token: Markup;
  readonly work: Work;
}): Markup {
  const { reader, token, work } = input;
  const words = WORK_WORDS[reader.lang];
  const waiting = (Object.keys(work.endings) as Ending[]).filter((what) => work.endings[what] > 0);
  return html`<div class="column">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    <section>
      <h2>${words.tickets}</h2>
      ${
        work.tickets.length === 0
          ? html`<p>${words.noTickets}</p>`
          : html`<ol class="work">
              ${work.tickets.map((ticket) => ticketLine(reader, token, ticket))}
            </ol>`
      }
    </section>
    <section>
      <h2>${words.endings}</h2>
      ${waiting.length === 0 ? html`<p>${words.none}</p>` : nothing}
      ${waiting.map(
        (what) =>
          html`<form method="post" action="${reader.to("/console/work/end")}">
            ${token}<input type="hidden" name="what" value="${what}" />
            <button class="button-quiet">${words.ends[what]} (${work.endings[what]})</button>
          </form>`,
      )}
    </section>
    <section>
      <h2>${words.intakes}</h2>
      <ul>
        <li><a href="${reader.to("/console/intake/call")}">${words.call}</a></li>
        <li><a href="${reader.to("/console/intake/partner")}">${words.partner}</a></li>
        <li><a href="${reader.to("/console/mailing")}">${words.mailing}</a></li>
      </ul>
    </section>
  </div>`;
}

function ticketLine(reader: Reader, token: Markup, ticket: WaitingRecord): Markup {
  const words = WORK_WORDS[reader.lang];
  const id = `reason-${ticket.record.slice(0, 8)}`;
  return html`<li>
    <p>
      ${words.since} ${dayMark(ticket.collectedOn, reader.lang)} · ${words.how}
      ${words.methods[ticket.method] ?? ticket.method}
    </p>
    <form class="inline" method="post" action="${reader.to("/console/work/ticket")}">
      ${token}
      <input type="hidden" name="subject" value="${ticket.subject}" />
      <input type="hidden" name="record" value="${ticket.record}" />
      <label for="${id}">${words.reason} <span class="hint">${words.reasonHint}</span></label>
      <input id="${id}" name="reason" maxlength="500" required />
      <button class="button-quiet">${words.open}</button>
    </form>
  </li>`;
}

/** One inquiry, opened. */
export function ticketPage(input: {
  readonly reader: Reader;
  readonly policy: Compiled["policy"];
  readonly token: Markup;
  readonly form: TicketForm;
  readonly items: Items;
  readonly wrong: boolean;
}): Markup {
  const { reader, policy, items, form } = input;
  const words = WORK_WORDS[reader.lang];
  const shown = Object.entries(items);
  if (shown.length === 0)
    return html`<div class="column">
      <h1>${words.ticket}</h1>
      <p>${words.empty}</p>
    </div>`;
  return html`<div class="column">
    <h1>${words.ticket}</h1>
    <dl class="terms">
      ${shown.map(
        ([id, value]) =>
          html`<div>
            <dt>${say(policy.items[id]?.label ?? {}, reader.lang)}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    <form class="form" method="post" action="${reader.to("/console/work/close")}" novalidate>
      ${input.token}
      <input type="hidden" name="subject" value="${form.subject}" />
      <input type="hidden" name="record" value="${form.record}" />
      <input type="hidden" name="reason" value="${form.reason}" />
      <fieldset>
        <legend>${words.close}</legend>
        ${kind("question", words.question, words.questionText, form.as)}
        ${kind("complaint", words.complaint, words.complaintText, form.as)}
        ${field(
          {
            name: "summary",
            label: words.summary,
            required: false,
            long: true,
            maxLength: 4000,
            value: form.summary,
            error: input.wrong ? words.summaryWrong : undefined,
          },
          reader.lang,
        )}
      </fieldset>
      <button>${words.send}</button>
    </form>
  </div>`;
}

function kind(id: TicketForm["as"], label: string, text: string, chosen: string): Markup {
  return html`<label class="tick" for="as-${id}">
    <input
      type="radio"
      id="as-${id}"
      name="as"
      value="${id}"
      ${id === chosen ? html`checked` : nothing}
    />
    <span>${label} <span class="hint">${text}</span></span>
  </label>`;
}
