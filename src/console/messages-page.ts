/** Messages to people, for staff: what waits, what left, what could not; the words, no address. */
import { Hono } from "hono";
import { Temporal } from "temporal-polyfill";
import { dayOf } from "../base/calendar.ts";
import type { EngineContext } from "../engine/jikim.ts";
import {
  type ListedMessage,
  messageCounts,
  newestMessages,
} from "../engine/message/list-messages.ts";
import { count, dayMark, momentMark, plural } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import { readerOf } from "../html/reader.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import { statusShape } from "../html/verdict-mark.ts";
import type { Policy } from "../policy/model.ts";
import { consoleNav, MESSAGES_PATH } from "./console-nav.ts";

interface Words {
  readonly title: string;
  readonly lead: string;
  readonly tally: (queued: number, late: number, failed: number) => Markup;
  readonly none: string;
  readonly what: string;
  readonly state: string;
  readonly made: string;
  readonly due: string;
  readonly tries: string;
  readonly states: Readonly<Record<ListedMessage["state"], string>>;
  readonly late: string;
  readonly local: string;
  readonly by: (carrier: string) => string;
  readonly times: (many: number) => string;
  readonly json: string;
}

const WORDS: Record<UiLang, Words> = {
  ko: {
    title: "알림",
    lead: "사람들에게 알린 것과 알릴 것입니다. 주소는 보낼 때만 읽으므로 여기에 없고, 글은 적어 둔 사실로 그때그때 만듭니다.",
    tally: (queued, late, failed) =>
      html`보낼 알림 <b class="figure">${count(queued)}</b>건, 기한을 넘긴 것
        <b class="figure">${count(late)}</b>건, 보내지 못한 것
        <b class="figure">${count(failed)}</b>건`,
    none: "알림이 없습니다. 누가 동의를 바꾸거나 탈퇴하면 그 결과를 알리는 글이 여기에 나타납니다.",
    what: "알림",
    state: "상태",
    made: "만든 때",
    due: "기한",
    tries: "전달",
    states: { queued: "보낼 예정", sent: "보냄", failed: "보내지 못함" },
    late: "기한 지남",
    local: "밖으로 나가지 않음 (메일 연결 없음)",
    by: (carrier) => `${carrier}로 보냄`,
    times: (many) => (many === 0 ? "아직 없음" : `${count(many)}번`),
    json: "JSON으로 받기",
  },
  en: {
    title: "Messages",
    lead: "What people were told and are to be told. An address is read only when something is sent, so none is here; the words are made of the facts each time.",
    tally: (queued, late, failed) =>
      html`<b class="figure">${plural(queued, "message")}</b> to send,
        <b class="figure">${count(late)}</b> past the last day,
        <b class="figure">${count(failed)}</b> could not be sent`,
    none: "There are no messages. When somebody changes a consent or leaves, what they are told shows here.",
    what: "Message",
    state: "State",
    made: "Made",
    due: "Last day",
    tries: "Delivery",
    states: { queued: "to be sent", sent: "sent", failed: "could not be sent" },
    late: "past its day",
    local: "does not leave the house (no mail is set up)",
    by: (carrier) => `by ${carrier}`,
    times: (many) => (many === 0 ? "not yet" : plural(many, "time")),
    json: "Get as JSON",
  },
};

const FAULTS: Readonly<Record<string, Readonly<Record<UiLang, string>>>> = {
  "address-gone": { ko: "주소가 더 없음", en: "the address is gone" },
  "address-restricted": { ko: "주소 이용이 제한됨", en: "the address may not be used" },
  "carrier-failed": { ko: "전달하지 못함", en: "the carrier failed" },
};
const MARKS = { queued: "not_applicable", sent: "kept", failed: "broken" } as const;

/** `/console/messages`. It only reads. */
export function messageConsole(context: EngineContext, page: SetPage): Hono {
  const app = new Hono();
  app.get(MESSAGES_PATH, async (c) => {
    c.header("Cache-Control", "no-store");
    const { policy } = context.plan;
    const today = dayOf(context.clock.now(), policy.timeZone);
    const messages = await newestMessages(context);
    const counts = await messageCounts(context.db, today);
    if (c.req.query("format") === "json") {
      return c.json({ counts, list: messages.map(messageDocument) });
    }
    const reader = readerOf(c);
    const main = messagesPage({ policy, reader, messages, counts, today });
    return c.html(await page(c, { title: WORDS[reader.lang].title, main, set: "desk" }));
  });
  return app;
}

interface MessagesInput {
  readonly policy: Policy;
  readonly reader: Reader;
  readonly messages: readonly ListedMessage[];
  readonly counts: Awaited<ReturnType<typeof messageCounts>>;
  readonly today: string;
}

function messagesPage({ reader, messages, counts, ...input }: MessagesInput): Markup {
  const words = WORDS[reader.lang];
  const heads = [words.what, words.state, words.made, words.due, words.tries];
  return html`<div class="board register">
    ${consoleNav(reader, MESSAGES_PATH)}
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    <section class="tally">
      <p class="tally-line">${words.tally(counts.queued, counts.late, counts.failed)}</p>
    </section>
    ${
      messages.length === 0
        ? html`<p class="soft">${words.none}</p>`
        : html`<table class="stacked messages">
            <thead>
              <tr>
                ${heads.map((head) => html`<th scope="col">${head}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${messages.map((message) => messageRow(message, { ...input, reader }))}
            </tbody>
          </table>`
    }
    <p class="small"><a href="${reader.to(`${MESSAGES_PATH}?format=json`)}">${words.json}</a></p>
  </div>`;
}

function messageRow(
  message: ListedMessage,
  { policy, reader, today }: Pick<MessagesInput, "policy" | "reader" | "today">,
): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const { state, dueOn } = message;
  const late = state === "queued" && dueOn !== null && dueOn < today;
  const mark = late ? "broken" : MARKS[state];
  return html`<tr class="${late ? "late" : ""}">
    <th scope="row">
      <details>
        <summary lang="${message.lang}">${message.title}</summary>
        <div class="fold" lang="${message.lang}">
          ${message.lines.map((line) => html`<p>${line}</p>`)}
        </div>
      </details>
    </th>
    <td data-label="${words.state}">
      <span class="verdict verdict-${mark}"
        >${statusShape(mark)}<span>${late ? words.late : words.states[state]}</span></span
      >
    </td>
    <td data-label="${words.made}">${momentMark(message.queuedAt, policy.timeZone, lang)}</td>
    <td data-label="${words.due}">${dueOn === null ? "–" : dayMark(dueOn, lang)}</td>
    <td data-label="${words.tries}">
      ${words.times(message.attempts)} ${delivery(message, words)}
      ${
        message.lastFault === null
          ? nothing
          : html`<span class="soft"
              >${FAULTS[message.lastFault]?.[lang] ?? message.lastFault}</span
            >`
      }
    </td>
  </tr>`;
}

function delivery({ carrier }: ListedMessage, words: Words): Markup {
  if (carrier === null) return nothing;
  return html`<span class="soft">${carrier === "local" ? words.local : words.by(carrier)}</span>`;
}

/** A message without its person: a page for everyone on the staff needs no handle. */
function messageDocument(message: ListedMessage): object {
  const at = (ms: number | null): string | null =>
    ms === null ? null : Temporal.Instant.fromEpochMilliseconds(ms).toString();
  return {
    id: message.id,
    kind: message.kind,
    lang: message.lang,
    title: message.title,
    lines: message.lines,
    state: message.state,
    queued_at: at(message.queuedAt),
    sent_at: at(message.sentAt),
    due_on: message.dueOn,
    attempts: message.attempts,
    last_fault: message.lastFault,
    carrier: message.carrier,
  };
}
