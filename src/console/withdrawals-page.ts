/** Withdrawals for staff: find the person, see what would happen, run it; and the list of all. */
import type { Compiled } from "../compiler/compile.ts";
import { receiptOf } from "../engine/audit/receipt-code.ts";
import { partWords } from "../engine/withdrawal/part-words.ts";
import { totalsOf, type WithdrawalPreview } from "../engine/withdrawal/preview.ts";
import type { Withdrawal, WithdrawalChannel } from "../engine/withdrawal/withdrawal-row.ts";
import { fateTable } from "../html/fate-table.ts";
import { count, momentMark } from "../html/figures.ts";
import { choice, errorSummary, field } from "../html/form-parts.ts";
import type { FieldError } from "../html/form-parts.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import type { Item } from "../policy/model.ts";
import { consoleNav, WITHDRAWALS_PATH } from "./console-nav.ts";
import { CHANNEL_WORDS, CONFIRMER_WORDS, STEP_WORDS } from "./withdrawal-words.ts";

interface Words {
  readonly title: string;
  readonly lead: string;
  readonly refused: string;
  readonly ask: string;
  readonly askHint: string;
  readonly channel: string;
  readonly reason: string;
  readonly reasonHint: string;
  readonly find: string;
  readonly list: string;
  readonly none: string;
  readonly columns: {
    readonly asked: string;
    readonly channel: string;
    readonly by: string;
    readonly step: string;
    readonly counts: string;
    readonly receipt: string;
  };
  readonly counts: (destroyed: number, moved: number, kept: number) => string;
  readonly preview: string;
  readonly caption: string;
  readonly nothingHeld: string;
  readonly orders: (names: string) => string;
  readonly identity: string;
  readonly identityHint: string;
  readonly results: Readonly<Record<"failed" | "staff" | "representative", string>>;
  readonly sure: string;
  readonly run: string;
  readonly child: string;
  readonly childHint: string;
  readonly childSure: string;
  readonly childRun: string;
  readonly childDone: (destroyed: string) => string;
  readonly back: string;
}

const WORDS: Record<UiLang, Words> = {
  ko: {
    title: "탈퇴 처리",
    lead: "전화나 서면으로 온 탈퇴를 처리하고, 진행 중인 탈퇴를 봅니다.",
    refused: "본인 확인에 실패해 아무것도 하지 않았습니다. 요청이 있었다는 것만 기록했습니다.",
    ask: "탈퇴 요청 접수",
    askHint: "본인이 말한 값으로 찾습니다. 한 사람만 맞아야 합니다.",
    channel: "요청이 온 방법",
    reason: "찾는 까닭",
    reasonHint: "접속기록에 남습니다. 본인에게도 보입니다.",
    find: "찾아서 미리 보기",
    list: "탈퇴 목록",
    none: "아직 탈퇴한 사람이 없습니다. 탈퇴하면 진행 상황이 여기에 나타납니다.",
    columns: {
      asked: "확인한 때",
      channel: "방법",
      by: "확인",
      step: "단계",
      counts: "기록",
      receipt: "확인 번호",
    },
    counts: (destroyed, moved, kept) =>
      `파기 ${count(destroyed)}, 옮김 ${count(moved)}, 남김 ${count(kept)}`,
    preview: "탈퇴하면 이렇게 됩니다",
    caption: "탈퇴하면 기록마다 어떻게 되는지",
    nothingHeld: "갖고 있는 기록이 없습니다.",
    orders: (names) => `삭제를 지시할 수탁자: ${names}`,
    identity: "본인 확인 결과",
    identityHint: "확인하지 못하면 아무것도 하지 않고 요청만 기록합니다.",
    results: {
      failed: "확인하지 못함",
      staff: "본인으로 확인함",
      representative: "대리인과 위임 관계를 확인함",
    },
    sure: "탈퇴할 뜻을 다시 물어 확인했습니다. 파기한 기록은 되살릴 수 없습니다.",
    run: "결과대로 처리",
    child: "나이 제한에 맞지 않는 분이라면",
    childHint:
      "동의할 수 없는 나이였음을 확인했으면 계정을 닫고, 법령이 보존하게 한 것 말고는 모두 파기합니다. 보호자께서 물으실 곳을 이 계정의 주소로 알립니다.",
    childSure: "나이를 확인했습니다. 닫은 계정은 되살릴 수 없습니다.",
    childRun: "계정을 닫고 파기",
    childDone: (destroyed) =>
      `나이 제한에 맞지 않는 계정을 닫고 기록 ${destroyed}건을 파기했습니다.`,
    back: "그만두고 목록으로",
  },
  en: {
    title: "Withdrawals",
    lead: "Carry out withdrawals asked for by telephone or letter, and see those under way.",
    refused: "The identity was not confirmed, so nothing was done. Only the request was noted.",
    ask: "Take a request to leave",
    askHint: "Search by what the person says. Exactly one person must fit.",
    channel: "How the request came",
    reason: "Why you look",
    reasonHint: "It stands in the access log. The person can see it too.",
    find: "Find and preview",
    list: "All withdrawals",
    none: "Nobody has left yet. When somebody does, each step shows here.",
    columns: {
      asked: "Confirmed",
      channel: "How",
      by: "By",
      step: "Step",
      counts: "Records",
      receipt: "Receipt",
    },
    counts: (destroyed, moved, kept) =>
      `${count(destroyed)} destroyed, ${count(moved)} moved, ${count(kept)} kept`,
    preview: "What happens if this person leaves",
    caption: "What happens to each kind of record",
    nothingHeld: "No record is held.",
    orders: (names) => `Processors that are ordered to erase: ${names}`,
    identity: "Result of the identity check",
    identityHint: "If it could not be confirmed, nothing is done; only the request is noted.",
    results: {
      failed: "could not be confirmed",
      staff: "it is the person",
      representative: "a representative, with proof of the mandate",
    },
    sure: "I asked again whether they want to leave. What is destroyed cannot be brought back.",
    run: "Carry out the result",
    child: "If the person is below the age limit",
    childHint:
      "Once it is certain that they could not agree, the account is closed and everything no statute keeps is destroyed. A message to its address says where a guardian can ask.",
    childSure: "The age is certain. A closed account cannot be brought back.",
    childRun: "Close the account and destroy",
    childDone: (destroyed) =>
      `The account of a person below the age limit was closed; records destroyed: ${destroyed}.`,
    back: "Stop, and go to the list",
  },
};

/** Channels a member of staff can take a wish from. */
export const DESK_CHANNELS = [
  "phone",
  "letter",
  "email",
  "board",
] as const satisfies readonly WithdrawalChannel[];

export const withdrawalsTitle = (lang: UiLang): string => WORDS[lang].title;

export interface WithdrawalsInput {
  readonly compiled: Compiled;
  readonly reader: Reader;
  readonly list: readonly Withdrawal[];
  /** The search form; null where nobody is at a desk. */
  readonly ask: {
    readonly token: Markup;
    readonly items: readonly Item[];
    readonly errors: readonly FieldError[];
  } | null;
  /** A request has just been refused. */
  readonly refused: boolean;
  /** The account of a child was just closed: records destroyed. */
  readonly closed: number | null;
}

/** The list, and the form that takes a request. */
export function withdrawalsPage(input: WithdrawalsInput): Markup {
  const { reader, ask, refused, closed } = input;
  const words = WORDS[reader.lang];
  return html`<div class="board register">
    ${consoleNav(reader, WITHDRAWALS_PATH)}
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${refused ? html`<p class="notice" role="status">${words.refused}</p>` : nothing}
    ${closed === null ? nothing : html`<p class="notice" role="status">${words.childDone(count(closed))}</p>`}
    ${ask === null ? nothing : askSection(input, ask)} ${listSection(input)}
  </div>`;
}

function askSection(
  { reader }: WithdrawalsInput,
  { token, items, errors }: NonNullable<WithdrawalsInput["ask"]>,
): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const wrong = (name: string): string | undefined =>
    errors.find((error) => error.field === name)?.says;
  return html`<section aria-labelledby="ask">
    <h2 id="ask">${words.ask}</h2>
    ${errorSummary(errors, lang)}
    <form
      class="form"
      method="post"
      action="${reader.to(`${WITHDRAWALS_PATH}/preview`)}"
      novalidate
      autocomplete="off"
    >
      ${token}
      <p class="hint">${words.askHint}</p>
      ${items.map((item) =>
        field(
          {
            name: `item.${item.id}`,
            label: headOf(item.label[lang] ?? item.id, lang),
            required: false,
            error: wrong(`item.${item.id}`),
            maxLength: item.maxLength,
          },
          lang,
        ),
      )}
      ${field(
        {
          name: "channel",
          label: words.channel,
          required: true,
          choices: DESK_CHANNELS.map((each) => [each, CHANNEL_WORDS[each][lang]] as const),
        },
        lang,
      )}
      ${field(
        {
          name: "reason",
          label: words.reason,
          required: true,
          hint: words.reasonHint,
          error: wrong("reason"),
          maxLength: 200,
        },
        lang,
      )}
      <button>${words.find}</button>
    </form>
  </section>`;
}

function listSection({ compiled, reader, list }: WithdrawalsInput): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const { columns } = words;
  if (list.length === 0) {
    return html`<section aria-labelledby="list">
      <h2 id="list">${words.list}</h2>
      <p class="soft">${words.none}</p>
    </section>`;
  }
  return html`<section aria-labelledby="list">
    <h2 id="list">${words.list}</h2>
    <table class="stacked">
      <thead>
        <tr>
          ${Object.values(columns).map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${list.map((it) => {
          const { destroyed, moved, kept } = totalsOf(it.parts);
          return html`<tr>
            <th scope="row">${momentMark(it.confirmedAt, compiled.policy.timeZone, lang)}</th>
            <td data-label="${columns.channel}"><span>${CHANNEL_WORDS[it.channel][lang]}</span></td>
            <td data-label="${columns.by}">
              <span>${CONFIRMER_WORDS[it.confirmedBy][lang]}</span>
              ${it.staff === null ? nothing : html`<span class="soft">${it.staff}</span>`}
            </td>
            <td data-label="${columns.step}"><span>${STEP_WORDS[it.step][lang]}</span></td>
            <td data-label="${columns.counts}">
              <span>${words.counts(destroyed, moved, kept)}</span>
            </td>
            <td data-label="${columns.receipt}">
              ${it.leaf === null ? html`<span class="soft">–</span>` : html`<code>${receiptOf(it.leaf)}</code>`}
            </td>
          </tr>`;
        })}
      </tbody>
    </table>
  </section>`;
}

export interface DeskPreviewInput {
  readonly compiled: Compiled;
  readonly reader: Reader;
  readonly token: Markup;
  readonly subject: string;
  readonly channel: WithdrawalChannel;
  readonly preview: WithdrawalPreview;
  readonly errors: readonly FieldError[];
}

/** What it would do, and the identity check that decides whether it is done. */
export function deskPreviewPage(input: DeskPreviewInput): Markup {
  const { compiled, reader, preview, errors } = input;
  const { lang } = reader;
  const words = WORDS[lang];
  const names = preview.processors.map((id) => compiled.policy.processors[id]?.label[lang] ?? id);
  const results = ["failed", "staff", "representative"] as const;
  const wrong = (name: string): string | undefined =>
    errors.find((error) => error.field === name)?.says;
  return html`<div class="board register">
    ${consoleNav(reader, WITHDRAWALS_PATH)}
    <h1>${words.preview}</h1>
    ${errorSummary(errors, lang)}
    ${
      preview.parts.length === 0
        ? html`<p class="notice">${words.nothingHeld}</p>`
        : fateTable(partWords(compiled, preview.parts, lang), words.caption, lang)
    }
    ${names.length > 0 ? html`<p>${words.orders(names.join(", "))}</p>` : nothing}
    <form
      class="form"
      method="post"
      action="${reader.to(`${WITHDRAWALS_PATH}/run`)}"
      novalidate
      autocomplete="off"
    >
      ${input.token}
      <input type="hidden" name="subject" value="${input.subject}" />
      <input type="hidden" name="channel" value="${input.channel}" />
      ${field(
        {
          name: "identity",
          label: words.identity,
          required: true,
          hint: words.identityHint,
          choices: results.map((each) => [each, words.results[each]] as const),
        },
        lang,
      )}
      ${choice({ name: "sure", label: words.sure, required: false, error: wrong("sure") }, lang)}
      <button class="button-danger">${words.run}</button>
    </form>
    ${compiled.policy.minimumAge === null ? nothing : childSection(input)}
    <p><a href="${reader.to(WITHDRAWALS_PATH)}">${words.back}</a></p>
  </div>`;
}

/** Who was too young to agree leaves another way: nothing of the consent is left to withdraw. */
function childSection(input: DeskPreviewInput): Markup {
  const { lang } = input.reader;
  const words = WORDS[lang];
  const error = input.errors.find((each) => each.field === "child")?.says;
  return html`<section aria-labelledby="child-head">
    <h2 id="child-head">${words.child}</h2>
    <form
      class="form"
      method="post"
      action="${input.reader.to(`${WITHDRAWALS_PATH}/child`)}"
      novalidate
      autocomplete="off"
    >
      ${input.token}
      <input type="hidden" name="subject" value="${input.subject}" />
      <input type="hidden" name="channel" value="${input.channel}" />
      <p class="hint">${words.childHint}</p>
      ${choice({ name: "child", label: words.childSure, required: false, error }, lang)}
      <button class="button-danger">${words.childRun}</button>
    </form>
  </section>`;
}

/** Labels are written to stand inside a sentence. */
function headOf(text: string, lang: UiLang): string {
  return text.charAt(0).toLocaleUpperCase(lang) + text.slice(1);
}
