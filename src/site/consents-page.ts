/** What I agreed to, as a page: the very text, since when, one button either way, the history. */
import type { Compiled } from "../compiler/compile.ts";
import { dayOf } from "../base/calendar.ts";
import type { ConsentRecord } from "../engine/consent/consent-history.ts";
import type { ListedMessage } from "../engine/message/list-messages.ts";
import { dayMark, momentMark } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import { consentFold } from "./consent-text.ts";
import type { MyConsent, MyConsents } from "./my-consents.ts";
import { sayHead } from "./say.ts";

interface Words {
  readonly title: string;
  readonly lead: string;
  readonly none: string;
  readonly live: (since: Markup) => Markup;
  readonly withdrawn: (since: Markup) => Markup;
  readonly never: string;
  readonly give: string;
  readonly withdraw: string;
  readonly ends: string;
  readonly leave: string;
  readonly leaveLink: string;
  readonly seen: string;
  readonly notStored: string;
  readonly today: string;
  readonly version: (link: Markup) => Markup;
  readonly history: string;
  readonly noHistory: string;
  readonly what: string;
  readonly act: string;
  readonly when: string;
  readonly how: string;
  readonly gave: string;
  readonly took: string;
  readonly byStaff: string;
  readonly site: string;
  readonly messages: string;
  readonly noMessages: string;
  readonly queued: string;
  readonly sent: string;
  readonly failed: string;
  readonly done: Readonly<Record<"give" | "withdraw", (what: string) => string>>;
  readonly back: string;
}

const WORDS: Record<UiLang, Words> = {
  ko: {
    title: "내 동의",
    lead: "무엇에 동의했는지, 그때 어떤 글을 보았는지 그대로 보여 드립니다. 동의도 거두는 것도 버튼 하나로 합니다.",
    none: "지금 고를 수 있는 동의가 없습니다. 동의가 필요한 서비스를 쓰면 여기에 나타납니다.",
    live: (since) => html`<b>동의함</b> <span class="soft">${since}부터</span>`,
    withdrawn: (since) => html`<b>거둠</b> <span class="soft">${since}부터</span>`,
    never: "동의하지 않음",
    give: "동의합니다",
    withdraw: "동의 거두기",
    ends: "거두면 이 동의로 받은 정보를 파기합니다. 되살릴 수 없습니다.",
    leave: "이 동의로 계정을 쓰고 있어, 거두면 탈퇴가 됩니다.",
    leaveLink: "탈퇴하면 어떻게 되는지 보기",
    seen: "동의할 때 보신 글",
    notStored: "본 글의 지문(해시)만 남아 있습니다.",
    today: "동의할 내용",
    version: (link) => html`그때의 ${link}`,
    history: "지금까지 한 것",
    noHistory: "아직 동의하거나 거둔 적이 없습니다.",
    what: "내용",
    act: "한 일",
    when: "때",
    how: "방법",
    gave: "동의",
    took: "거둠",
    byStaff: "담당자가 받아 적음",
    site: "이 사이트",
    messages: "알려 드린 것",
    noMessages: "아직 없습니다. 동의를 바꾸면 그 결과를 알려 드립니다.",
    queued: "보낼 예정",
    sent: "보냄",
    failed: "보내지 못함",
    done: {
      give: (what) => `‘${what}’에 동의하셨습니다. 언제든지 이 화면에서 거둘 수 있습니다.`,
      withdraw: (what) => `‘${what}’ 동의를 거두셨습니다. 지금부터 쓰지 않습니다.`,
    },
    back: "내 정보로 돌아가기",
  },
  en: {
    title: "My consents",
    lead: "What you agreed to, and the very text you saw. Agreeing and taking it back are one button each.",
    none: "There is nothing to agree to just now. What needs your consent will show here.",
    live: (since) => html`<b>agreed</b> <span class="soft">since ${since}</span>`,
    withdrawn: (since) => html`<b>withdrawn</b> <span class="soft">since ${since}</span>`,
    never: "not agreed",
    give: "I agree",
    withdraw: "Withdraw",
    ends: "Withdrawing destroys what you gave under this consent. It cannot be brought back.",
    leave: "Your account rests on this consent, so withdrawing it means leaving.",
    leaveLink: "See what happens when you leave",
    seen: "The text you saw",
    notStored: "Only the fingerprint (hash) of the text you saw is kept.",
    today: "What you would agree to",
    version: (link) => html`Under the ${link} of that time`,
    history: "What you did so far",
    noHistory: "You have neither given nor withdrawn a consent yet.",
    what: "What",
    act: "Act",
    when: "When",
    how: "How",
    gave: "agreed",
    took: "withdrew",
    byStaff: "taken down by staff",
    site: "this site",
    messages: "What we told you",
    noMessages: "Nothing yet. When you change a consent, you are told the result.",
    queued: "to be sent",
    sent: "sent",
    failed: "could not be sent",
    done: {
      give: (what) => `You agreed: ${what}. You can withdraw it here at any time.`,
      withdraw: (what) => `You withdrew: ${what}. It is not used from now on.`,
    },
    back: "Back to my data",
  },
};
const POLICY_WORDS: Record<UiLang, string> = { ko: "처리방침", en: "privacy policy" };

export const consentsTitle = (lang: UiLang): string => WORDS[lang].title;

export interface ConsentsPageInput {
  readonly compiled: Compiled;
  readonly data: MyConsents;
  readonly reader: Reader;
  readonly token: Markup;
  /** Effective day of each version of the policy, by hash. */
  readonly versions: ReadonlyMap<string, string>;
  /** What was just done. */
  readonly done: { readonly act: "give" | "withdraw"; readonly consent: string } | null;
  readonly path: string;
  readonly leavePath: string;
  readonly mePath: string;
  readonly policyPath: string;
}

/** The page. */
export function consentsPage(input: ConsentsPageInput): Markup {
  const { data, reader, done } = input;
  const words = WORDS[reader.lang];
  return html`<div class="my-data my-consents">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${
      done !== null &&
      html`<p class="done" role="status">${words.done[done.act](labelOf(input, done.consent))}</p>`
    }
    ${data.consents.length === 0 && html`<p class="soft">${words.none}</p>`}
    ${data.consents.map((consent) => consentPart(consent, input))} ${historyPart(input)}
    ${messagesPart(input)}
    <p><a href="${reader.to(input.mePath)}">${words.back}</a></p>
  </div>`;
}

function consentPart(consent: MyConsent, input: ConsentsPageInput): Markup {
  const { compiled, reader } = input;
  const words = WORDS[reader.lang];
  const { timeZone } = compiled.policy;
  const { id, last } = consent;
  const live = last?.given === true;
  const since = last === null ? nothing : dayMark(dayOf(last.at, timeZone), reader.lang);
  const state =
    last === null ? html`<b>${words.never}</b>` : live ? words.live(since) : words.withdrawn(since);
  return html`<section class="consent" id="${id}" aria-labelledby="${id}-head">
    <header class="consent-head">
      <h2 id="${id}-head">${labelOf(input, id)}</h2>
      <p>${state}</p>
    </header>
    ${live ? seenText(consent, input) : todayText(consent, input)}
    ${consent.by === "leave" ? leaveLine(input) : actForm(consent, live, input)}
  </section>`;
}

function seenText({ last }: MyConsent, input: ConsentsPageInput): Markup {
  const { reader, versions, policyPath } = input;
  const words = WORDS[reader.lang];
  if (last === null) return nothing;
  const effective = versions.get(last.policyHash);
  return html`<details>
    <summary>${words.seen}</summary>
    <div class="fold" lang="${langMark(last, reader)}">
      ${
        last.shown === null
          ? html`<p>${words.notStored}</p>`
          : html`<ol class="shown">
              ${last.shown.map((text) => html`<li>${text}</li>`)}
            </ol>`
      }
    </div>
    ${
      effective !== undefined &&
      html`<p class="small">
        ${words.version(
          html`<a href="${reader.to(`${policyPath}/${effective}`)}"
            >${POLICY_WORDS[reader.lang]}</a
          >`,
        )}
      </p>`
    }
  </details>`;
}

/** The law asks for what is important to stand out, also where it is asked later (영 17③). */
function todayText({ text }: MyConsent, { reader }: ConsentsPageInput): Markup {
  return html`<ul class="important">
      ${text.important.map((line) => html`<li>${line}</li>`)}
    </ul>
    <details>
      <summary>${WORDS[reader.lang].today}</summary>
      ${consentFold(text)}
    </details>`;
}

function leaveLine({ reader, leavePath }: ConsentsPageInput): Markup {
  const words = WORDS[reader.lang];
  return html`<p class="soft">${words.leave}</p>
    <p><a href="${reader.to(leavePath)}">${words.leaveLink}</a></p>`;
}

function actForm({ id, ends }: MyConsent, live: boolean, input: ConsentsPageInput): Markup {
  const words = WORDS[input.reader.lang];
  return html`<form method="post" action="${input.reader.to(input.path)}">
    ${input.token}
    <input type="hidden" name="consent" value="${id}" />
    <input type="hidden" name="act" value="${live ? "withdraw" : "give"}" />
    ${live && ends && html`<p class="hint" id="${id}-ends">${words.ends}</p>`}
    <button class="${live ? "button-quiet" : ""}" aria-describedby="${id}-head">
      ${live ? words.withdraw : words.give}
    </button>
  </form>`;
}

function historyPart(input: ConsentsPageInput): Markup {
  const { compiled, data, reader } = input;
  const words = WORDS[reader.lang];
  const row = (act: ConsentRecord): Markup =>
    html`<tr>
      <th scope="row">${labelOf(input, act.consent)}</th>
      <td data-label="${words.act}">${act.given ? words.gave : words.took}</td>
      <td data-label="${words.when}">
        ${momentMark(act.at, compiled.policy.timeZone, reader.lang)}
      </td>
      <td data-label="${words.how}">
        ${methodWords(act, input)}
        ${act.takenBy !== null && html`<span class="soft">(${words.byStaff})</span>`}
      </td>
    </tr>`;
  return html`<section aria-labelledby="history">
    <h2 id="history">${words.history}</h2>
    ${
      data.history.length === 0
        ? html`<p class="soft">${words.noHistory}</p>`
        : html`<table class="stacked">
            <thead>
              <tr>
                ${[words.what, words.act, words.when, words.how].map(
                  (head) => html`<th scope="col">${head}</th>`,
                )}
              </tr>
            </thead>
            <tbody>
              ${data.history.map(row)}
            </tbody>
          </table>`
    }
  </section>`;
}

function messagesPart({ compiled, data, reader }: ConsentsPageInput): Markup {
  const words = WORDS[reader.lang];
  const line = (message: ListedMessage): Markup =>
    html`<li>
      <details>
        <summary lang="${message.lang}">${message.title}</summary>
        <div class="fold" lang="${message.lang}">
          ${message.lines.map((each) => html`<p>${each}</p>`)}
        </div>
      </details>
      <p class="small soft">
        ${momentMark(message.sentAt ?? message.queuedAt, compiled.policy.timeZone, reader.lang)} ·
        ${words[message.state]}
      </p>
    </li>`;
  return html`<section aria-labelledby="messages">
    <h2 id="messages">${words.messages}</h2>
    ${
      data.messages.length === 0
        ? html`<p class="soft">${words.noMessages}</p>`
        : html`<ul class="told">
            ${data.messages.map(line)}
          </ul>`
    }
  </section>`;
}

function labelOf({ compiled, reader }: ConsentsPageInput, consent: string): string {
  return sayHead(compiled.policy.consents[consent]?.label ?? { en: consent }, reader.lang);
}

function methodWords(act: ConsentRecord, { compiled, reader }: ConsentsPageInput): string {
  if (act.method === "site") return WORDS[reader.lang].site;
  const label = compiled.policy.methods[act.method]?.label;
  return label === undefined ? act.method : sayHead(label, reader.lang);
}

/** Where the language was not said, the page's own is as good a guess for a screen reader. */
function langMark({ lang }: ConsentRecord, reader: Reader): string {
  return lang === "und" ? reader.lang : lang;
}
