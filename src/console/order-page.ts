/** One order for staff: what it says, the letter to send by hand, and the answer typed in. */
import { dayOf } from "../base/calendar.ts";
import type { OrderLetter } from "../engine/processor/order-letter.ts";
import type { Order } from "../engine/processor/order-row.ts";
import { ANSWER_STATES } from "../engine/processor/protocol.ts";
import { errorSummary, field, type FieldError } from "../html/form-parts.ts";
import { dayMark, momentMark } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import type { Policy } from "../policy/model.ts";
import { consoleNav, ORDERS_PATH, PROCESSORS_PATH } from "./console-nav.ts";
import { faultWords, KIND_WORDS, ORDER_WORDS, REASON_WORDS } from "./processor-words.ts";

/** What was just done, for the line at the top. */
export const ORDER_DONE = ["handed", "answered"] as const;
export type OrderDone = (typeof ORDER_DONE)[number];

interface Words {
  readonly title: (kind: string) => string;
  readonly back: string;
  readonly rows: Readonly<
    Record<"order" | "processor" | "why" | "items" | "placed" | "due" | "state" | "handed", string>
  >;
  readonly done: Readonly<Record<OrderDone, string>>;
  readonly letter: string;
  readonly letterHint: (to: string) => string;
  readonly letterGone: string;
  readonly look: string;
  readonly lookHint: string;
  readonly reason: string;
  readonly hand: string;
  readonly handHint: string;
  readonly answer: string;
  readonly answerHint: string;
  readonly state: string;
  readonly choose: string;
  readonly document: string;
  readonly documentHint: string;
  readonly basis: string;
  readonly basisHint: string;
  readonly until: string;
  readonly take: string;
  readonly closed: string;
  readonly errors: Readonly<Record<OrderFault, string>>;
}

export type OrderFault = "incomplete" | "contradicts" | "state-unfit" | "reason";

const WORDS: Record<UiLang, Words> = {
  ko: {
    title: (kind) => `${kind} 지시`,
    back: "수탁자와 지시",
    rows: {
      order: "지시 번호",
      processor: "수탁자",
      why: "까닭",
      items: "항목",
      placed: "지시한 때",
      due: "기한",
      state: "상태",
      handed: "직접 보낸 때",
    },
    done: {
      handed: "보냈다고 기록했습니다. 이제 답을 기다립니다.",
      answered: "답을 기록했습니다.",
    },
    letter: "보낼 편지",
    letterHint: (to) =>
      to === "" ? "수탁자에게 직접 전해 주십시오." : `${to} 주소로 보내 주십시오.`,
    letterGone: "이 지시의 편지를 더 쓸 수 없습니다. 수탁자에게 직접 확인해 주십시오.",
    look: "편지 보기",
    lookHint: "정정할 값이 들어 있어, 볼 때마다 접속기록에 남습니다.",
    reason: "보는 까닭",
    hand: "보냈다고 기록",
    handHint: "메일이나 우편으로 보낸 다음 누릅니다.",
    answer: "답 입력",
    answerHint: "수탁자가 편지, 메일, 전화로 답한 것을 옮겨 적습니다. 담당자 번호가 함께 남습니다.",
    state: "답",
    choose: "고르십시오",
    document: "어디에 적힌 답입니까",
    documentHint: "받은 메일이나 문서의 이름. 전화라면 언제 누구와 통화했는지.",
    basis: "보관하는 근거 법령",
    basisHint: "‘다른 법에 따라 보관’일 때만 씁니다.",
    until: "보관하는 마지막 날",
    take: "답 기록",
    closed: "답을 받아 끝난 지시입니다.",
    errors: {
      incomplete: "빠진 칸을 채워 주십시오. 근거와 마지막 날은 ‘다른 법에 따라 보관’에만 씁니다.",
      contradicts: "앞서 받은 답과 어긋나서 기록하지 않았습니다.",
      "state-unfit": "이 지시에는 맞지 않는 답입니다.",
      reason: "보는 까닭을 써 주십시오.",
    },
  },
  en: {
    title: (kind) => `Order to ${kind}`,
    back: "Processors and orders",
    rows: {
      order: "Order",
      processor: "Processor",
      why: "Why",
      items: "Items",
      placed: "Placed",
      due: "Last day",
      state: "State",
      handed: "Sent by hand",
    },
    done: { handed: "Noted as sent. Its answer is awaited.", answered: "The answer is recorded." },
    letter: "The letter to send",
    letterHint: (to) =>
      to === "" ? "Please hand it to the processor." : `Please send it to ${to}.`,
    letterGone: "The letter cannot be written any more. Please ask the processor directly.",
    look: "Show the letter",
    lookHint: "It holds the right values, so each look goes into the access log.",
    reason: "Why you look",
    hand: "Note as sent",
    handHint: "After you have sent it by mail or post.",
    answer: "Type an answer in",
    answerHint:
      "What the processor said by letter, mail or telephone. Your staff number is kept with it.",
    state: "Answer",
    choose: "please choose",
    document: "Where it is written",
    documentHint: "The name of the mail or document; for a call, when and with whom.",
    basis: "Statute it is kept under",
    basisHint: "Only for “kept under its own duty”.",
    until: "Last day it is kept",
    take: "Record the answer",
    closed: "This order has been answered for good.",
    errors: {
      incomplete:
        "Please fill in what is missing. Statute and last day go only with “kept under its own duty”.",
      contradicts: "It contradicts an earlier answer and was not recorded.",
      "state-unfit": "This answer does not fit the order.",
      reason: "Please say why you look.",
    },
  },
};

export interface OrderPageInput {
  readonly policy: Policy;
  readonly reader: Reader;
  readonly token: Markup;
  readonly order: Order;
  /** The letter, why there is none, or `ask`: it holds values, so it is asked for with a reason. */
  readonly letter: OrderLetter | "gone" | "ask" | null;
  readonly done: OrderDone | null;
  readonly failed?: {
    readonly fault: OrderFault;
    readonly form: Readonly<Record<string, unknown>>;
  };
}

export const orderPath = (id: string): string => `${ORDERS_PATH}/${id}`;

export const orderTitle = ({ kind }: Order, lang: UiLang): string =>
  WORDS[lang].title(KIND_WORDS[kind][lang]);

/** The page. */
export function orderPage(input: OrderPageInput): Markup {
  const { reader, order, failed } = input;
  const words = WORDS[reader.lang];
  const errors: FieldError[] =
    failed === undefined
      ? []
      : [
          {
            field: failed.fault === "reason" ? "reason" : "state",
            says: words.errors[failed.fault],
          },
        ];
  const open = order.nextAt !== null;
  return html`<div class="board register">
    ${consoleNav(reader, PROCESSORS_PATH)}
    <p class="small"><a href="${reader.to(PROCESSORS_PATH)}">${words.back}</a></p>
    <h1>${orderTitle(order, reader.lang)}</h1>
    ${input.done === null ? nothing : html`<p role="status" class="lead">${words.done[input.done]}</p>`}
    ${errorSummary(errors, reader.lang)} ${aboutOrder(input)}
    ${open ? letterSection(input) : html`<p class="soft">${words.closed}</p>`}
    ${open || order.state === "retained_own_duty" ? answerSection(input) : nothing}
  </div>`;
}

function aboutOrder({ policy, reader, order }: OrderPageInput): Markup {
  const { lang } = reader;
  const { rows } = WORDS[lang];
  const items = order.items.map((item) => policy.items[item]?.label[lang] ?? item);
  const line = (name: string, value: Markup | string): Markup =>
    html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`;
  const fault =
    order.lastFault === null
      ? nothing
      : html` <span class="soft">${faultWords(order.lastFault, lang)}</span>`;
  return html`<section class="activity">
    <dl>
      ${line(rows.order, html`<code class="long">${order.id}</code>`)}
      ${line(rows.processor, policy.processors[order.processor]?.label[lang] ?? order.processor)}
      ${line(rows.why, REASON_WORDS[order.reason][lang])} ${line(rows.items, items.join(", "))}
      ${line(rows.placed, dayMark(dayOf(order.placedAt, policy.timeZone), lang))}
      ${line(rows.due, dayMark(order.dueOn, lang))}
      ${line(rows.state, html`${ORDER_WORDS[order.state][lang]}${fault}`)}
      ${
        order.handedAt === null
          ? nothing
          : line(rows.handed, momentMark(order.handedAt, policy.timeZone, lang))
      }
    </dl>
  </section>`;
}

function letterSection({ reader, order, letter, token }: OrderPageInput): Markup {
  const words = WORDS[reader.lang];
  if (letter === null) return nothing;
  return html`<section aria-labelledby="letter">
    <h2 id="letter">${words.letter}</h2>
    ${
      letter === "gone"
        ? html`<p class="soft">${words.letterGone}</p>`
        : letter === "ask"
          ? askLetter(reader, order, token)
          : html`<p>${words.letterHint(letter.to)}</p>
              <pre class="letter" tabindex="0" aria-label="${words.letter}">
${letter.subject}

${letter.text}</pre>`
    }
    ${
      order.handedAt === null && letter !== "gone"
        ? html`<form
            class="form"
            method="post"
            action="${reader.to(`${orderPath(order.id)}/handed`)}"
          >
            ${token}
            <p class="hint">${words.handHint}</p>
            <button class="button-quiet">${words.hand}</button>
          </form>`
        : nothing
    }
  </section>`;
}

function askLetter(reader: Reader, order: Order, token: Markup): Markup {
  const words = WORDS[reader.lang];
  return html`<form
    class="form"
    method="post"
    action="${reader.to(`${orderPath(order.id)}/letter`)}"
    novalidate
  >
    ${token}
    ${field(
      {
        name: "reason",
        label: words.reason,
        required: true,
        hint: words.lookHint,
        maxLength: 200,
      },
      reader.lang,
    )}
    <button class="button-quiet">${words.look}</button>
  </form>`;
}

function answerSection({ reader, order, token, failed }: OrderPageInput): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const form = failed?.form ?? {};
  const value = (name: string): string | undefined =>
    typeof form[name] === "string" ? form[name] : undefined;
  // None is chosen beforehand: what a processor said is for whoever read it to say.
  const states = [
    ["", words.choose] as const,
    ...ANSWER_STATES.map((state) => [state, ORDER_WORDS[state][lang]] as const),
  ];
  return html`<section aria-labelledby="answer">
    <h2 id="answer">${words.answer}</h2>
    <p class="soft">${words.answerHint}</p>
    <form
      class="form"
      method="post"
      action="${reader.to(`${orderPath(order.id)}/answer`)}"
      novalidate
    >
      ${token}
      ${field(
        {
          name: "state",
          label: words.state,
          required: true,
          value: value("state"),
          choices: states,
        },
        lang,
      )}
      ${field(
        {
          name: "document",
          label: words.document,
          required: true,
          hint: words.documentHint,
          value: value("document"),
          maxLength: 200,
        },
        lang,
      )}
      ${field(
        {
          name: "basis",
          label: words.basis,
          required: false,
          hint: words.basisHint,
          value: value("basis"),
          maxLength: 200,
        },
        lang,
      )}
      ${field(
        {
          name: "until",
          label: words.until,
          required: false,
          hint: "YYYY-MM-DD",
          value: value("until"),
          maxLength: 10,
        },
        lang,
      )}
      <button>${words.take}</button>
    </form>
  </section>`;
}
