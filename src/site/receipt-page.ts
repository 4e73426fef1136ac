/**
 * Receipts: what a leaf of the audit log says, and whether it is in the signed log. Whoever has the
 * code sees the kind, the day and counts; nothing here is personal, and no script is needed.
 */
import { dayOf } from "../base/calendar.ts";
import { kindWords, leafFigures } from "../engine/audit/leaf-words.ts";
import type { FoundReceipt, LoggedLeaf } from "../engine/audit/read-log.ts";
import { LONGEST_CODE, receiptOf } from "../engine/audit/receipt-code.ts";
import { count, dayMark, momentMark } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";

interface ReceiptWords {
  readonly title: string;
  readonly lead: string;
  readonly code: string;
  readonly hint: string;
  readonly look: string;
  readonly none: string;
  readonly damaged: string;
  readonly what: string;
  readonly day: string;
  readonly yes: string;
  readonly no: string;
  readonly signed: (leaf: string, size: string, at: Markup) => Markup;
  readonly waiting: string;
  readonly alone: string;
  readonly how: string;
  readonly key: string;
}

const WORDS: Record<UiLang, ReceiptWords> = {
  ko: {
    title: "처리 확인",
    lead: "개인정보를 수집하거나 파기할 때마다 감사 기록에 한 줄이 남습니다. 확인 번호로 그 줄이 지금도 그대로 있는지 확인할 수 있습니다.",
    code: "확인 번호",
    hint: "대문자와 소문자, 빈칸과 줄표는 구별하지 않습니다.",
    look: "확인하기",
    none: "이 번호의 줄은 감사 기록에 없습니다. 번호를 다시 확인해 주십시오.",
    damaged: "감사 기록이 서명된 상태와 맞지 않아 지금은 확인해 드릴 수 없습니다.",
    what: "무슨 일",
    day: "날짜",
    yes: "예",
    no: "아니요",
    signed: (leaf, size, at) =>
      html`감사 기록에 있습니다. ${at}에 서명한 ${size}줄 가운데 ${leaf}번째 줄입니다.`,
    waiting: "감사 기록에 적혀 있고, 다음 서명에 들어갑니다. 서명은 날마다 합니다.",
    alone: "저희를 거치지 않고 확인하기",
    how: "아래 긴 번호는 서명과 증명을 함께 담고 있어, 감사 기록의 검증 열쇠만 있으면 누구나 확인할 수 있습니다. 내용은 들어 있지 않습니다.",
    key: "검증 열쇠",
  },
  en: {
    title: "Check a receipt",
    lead: "Each time personal data are collected or destroyed, a line is written into the audit log. With the receipt’s code you can check that the line still stands there unchanged.",
    code: "Receipt code",
    hint: "Capitals, spaces and dashes make no difference.",
    look: "Check",
    none: "The audit log has no line with this code. Please check the code again.",
    damaged: "The audit log does not fit its signed state, so nothing can be confirmed just now.",
    what: "What happened",
    day: "Day",
    yes: "yes",
    no: "no",
    signed: (leaf, size, at) =>
      html`It is in the audit log: line ${leaf} of the ${size} signed on ${at}.`,
    waiting: "It is written in the audit log and goes into the next signature. Signing is daily.",
    alone: "Check it without us",
    how: "The long code below carries the signature and the proof. Anyone can check it with nothing but the log’s verifier key. What the line says is not in it.",
    key: "Verifier key",
  },
};

/** Title of the page. */
export const receiptTitle = (lang: UiLang): string => WORDS[lang].title;

export interface ReceiptInput {
  readonly reader: Reader;
  readonly timeZone: string;
  /** Where the page is. */
  readonly path: string;
  /** The code asked about; empty when none was. */
  readonly code: string;
  /** What it led to: nothing, or a log that may not be believed just now. */
  readonly found: FoundReceipt | null | "damaged";
  readonly verifierKey: string;
}

/** The page. */
export function receiptPage(input: ReceiptInput): Markup {
  const { reader, code, found } = input;
  const words = WORDS[reader.lang];
  return html`<div class="column receipt">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    <form class="form" method="get" action="${input.path}">
      <input type="hidden" name="lang" value="${reader.lang}" />
      <div class="field">
        <label for="code">${words.code}</label>
        <p class="hint" id="code-hint">${words.hint}</p>
        <input
          id="code"
          name="code"
          type="text"
          autocomplete="off"
          spellcheck="false"
          maxlength="${LONGEST_CODE}"
          aria-describedby="code-hint"
          value="${code}"
        />
      </div>
      <button>${words.look}</button>
    </form>
    ${code === "" ? nothing : html`<section aria-live="polite">${answer(input, found)}</section>`}
  </div>`;
}

function answer(input: ReceiptInput, found: ReceiptInput["found"]): Markup {
  const { reader, timeZone } = input;
  const words = WORDS[reader.lang];
  if (found === "damaged") return html`<p class="notice">${words.damaged}</p>`;
  if (found === null) return html`<p class="notice">${words.none}</p>`;
  const { leaf, checkpoint, proof } = found;
  const place =
    checkpoint === null || leaf.position === null
      ? html`${words.waiting}`
      : words.signed(
          count(leaf.position + 1),
          count(checkpoint.size),
          momentMark(checkpoint.at, timeZone, reader.lang),
        );
  return html`<h2 class="receipt-code">${receiptOf(leaf)}</h2>
    <p class="notice">${place}</p>
    ${figures(leaf, input)} ${proof === null ? nothing : alone(proof, input)}`;
}

function figures(leaf: LoggedLeaf, { reader, timeZone }: ReceiptInput): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const shown = (value: number | boolean): string =>
    typeof value === "number" ? count(value) : value ? words.yes : words.no;
  return html`<dl class="receipt-figures">
    <div>
      <dt>${words.what}</dt>
      <dd>${kindWords(leaf.kind)[lang]}</dd>
    </div>
    <div>
      <dt>${words.day}</dt>
      <dd>${dayMark(dayOf(leaf.at, timeZone), lang)}</dd>
    </div>
    ${leafFigures(leaf).map(
      ({ says, value }) =>
        html`<div>
          <dt>${says[lang]}</dt>
          <dd class="figure">${shown(value)}</dd>
        </div>`,
    )}
  </dl>`;
}

function alone(proof: string, { reader, verifierKey }: ReceiptInput): Markup {
  const words = WORDS[reader.lang];
  return html`<details>
    <summary>${words.alone}</summary>
    <div class="fold">
      <p>${words.how}</p>
      <pre class="long-code"><code>${proof}</code></pre>
      <p>${words.key}</p>
      <pre class="long-code"><code>${verifierKey}</code></pre>
      <p><code>jikim verify-log --key KEY --receipt CODE</code></p>
    </div>
  </details>`;
}
