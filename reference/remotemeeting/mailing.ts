/**
 * News by mail: whoever agreed to marketing, and nobody else, is given to the company that sends
 * it, with the items the policy lists for that work. What is asked beyond them is refused whole.
 */
import { Hono } from "hono";
import type { Context } from "hono";
import type { Desk, Markup, Reader, UiLang } from "jikim";
import { consentingPeople, count, html, JikimError, nothing, readerOf, say, sayHead } from "jikim";
import { handToProcessor, isLive } from "./handing-over.ts";
import type { Service } from "./remotemeeting.ts";

const PATH = "/console/mailing";
const WORK = "marketing_mail";
const MOST_SHOWN = 10_000;

interface Words {
  readonly title: string;
  readonly lead: string;
  readonly agreed: (people: number) => Markup;
  readonly sender: (name: string) => string;
  readonly items: string;
  readonly notLive: string;
  readonly way: string;
  readonly send: string;
  readonly refused: string;
  readonly done: (given: string, left: string) => string;
}

const WORDS: Readonly<Record<UiLang, Words>> = {
  ko: {
    title: "소식 메일 맡기기",
    lead: "홍보 메일을 받겠다고 한 분만, 처리방침에 적힌 항목만 보내는 곳에 넘깁니다.",
    agreed: (people) =>
      html`지금 동의하고 있는 분은 <b class="figure">${count(people)}</b>명입니다.`,
    sender: (name) => `보내는 곳: ${name}`,
    items: "넘길 항목",
    notLive: "보내는 곳에 아직 맡길 수 없습니다. 수탁자 화면에서 빠진 것을 먼저 채워 주십시오.",
    way: "수탁자와 지시 보기",
    send: "동의한 분만 넘기기",
    refused: "처리방침이 이 업무에 적지 않은 항목이 있어 아무것도 넘기지 않았습니다.",
    done: (given, left) => `${given}명을 넘겼습니다. 그사이 동의를 거두는 등으로 뺀 분: ${left}명`,
  },
  en: {
    title: "Give out a mailing",
    lead: "Only people who agreed to news, and only what the policy lists, go to whoever sends it.",
    agreed: (people) =>
      html`<b class="figure">${count(people)}</b> ${people === 1 ? "person agrees" : "people agree"}
        now.`,
    sender: (name) => `Sent by ${name}`,
    items: "What to give",
    notLive: "The sender may not be given data yet. Complete what it lacks first.",
    way: "Processors and orders",
    send: "Give only those who agreed",
    refused: "The policy does not list one of these items for this work, so nothing was given.",
    done: (given, left) =>
      `${given} given. Left out, because they took the consent back or the like: ${left}`,
  },
};

/** The page, for the officer and staff at the desk. */
export function mailingPages(service: Service, desk: Desk): Hono {
  const app = new Hono();
  app.use(PATH, desk.guard("staff", "officer"));
  app.get(PATH, async (c) => {
    const given = c.req.query("given");
    const left = c.req.query("left");
    const words = WORDS[readerOf(c).lang];
    const counts = [given, left].map((text) => count(Number(text ?? 0)));
    const done = given === undefined ? null : words.done(counts[0] ?? "", counts[1] ?? "");
    return show(service, c, { done, wrong: null });
  });
  app.post(PATH, async (c) => {
    const words = WORDS[readerOf(c).lang];
    const { item } = await c.req.parseBody({ all: true });
    const items = [item].flat().filter((each) => typeof each === "string");
    if (!(await isLive(service, senderOf(service)))) {
      return show(service, c, { done: null, wrong: words.notLive });
    }
    try {
      const { given, left } = await giveAll(service, items);
      return c.redirect(readerOf(c).to(`${PATH}?given=${given}&left=${left}`), 303);
    } catch (error) {
      if (!(error instanceof JikimError) || error.code !== "ERR_PROCESSOR_REFUSED") throw error;
      return show(service, c, { done: null, wrong: words.refused });
    }
  });
  return app;
}

/** Everyone who agreed, a batch at a time. */
async function giveAll(
  service: Service,
  items: readonly string[],
): Promise<{ readonly given: number; readonly left: number }> {
  const counts = { given: 0, left: 0 };
  await forEachBatch(service, async (batch) => {
    for (const subject of batch) {
      const of = { processor: senderOf(service), work: WORK, items };
      if (await handToProcessor(service, subject, of)) counts.given += 1;
      else counts.left += 1;
    }
    return true;
  });
  return counts;
}

/** @param work answers false when it has seen enough */
async function forEachBatch(
  { jikim }: Service,
  work: (batch: readonly string[]) => Promise<boolean>,
): Promise<void> {
  const purpose = jikim.plan.policy.works[WORK]?.purpose ?? "";
  for (let after = ""; ;) {
    const batch = await consentingPeople(jikim.context, purpose, after);
    const last = batch.at(-1);
    if (last === undefined || !(await work(batch))) return;
    after = last;
  }
}

/** Whom the policy names for the work; the first, where it names several. */
function senderOf({ jikim }: Service): string {
  const named = Object.values(jikim.plan.policy.processors);
  return named.find(({ work }) => work.includes(WORK))?.id ?? "";
}

async function show(
  service: Service,
  c: Context,
  says: { readonly done: string | null; readonly wrong: string | null },
): Promise<Response> {
  const reader = readerOf(c);
  let people = 0;
  await forEachBatch(service, async (batch) => {
    people += batch.length;
    return people < MOST_SHOWN;
  });
  const main = mailingPage(service, { reader, token: service.tokens.field(c), people, ...says });
  c.header("Cache-Control", "no-store");
  const page = await service.page(c, { title: WORDS[reader.lang].title, main, set: "desk" });
  return c.html(page, says.wrong === null ? 200 : 422);
}

function mailingPage(
  service: Service,
  it: {
    readonly reader: Reader;
    readonly token: Markup;
    readonly people: number;
    readonly done: string | null;
    readonly wrong: string | null;
  },
): Markup {
  const { reader } = it;
  const words = WORDS[reader.lang];
  const { policy } = service.jikim.plan;
  const sender = policy.processors[senderOf(service)];
  return html`<div class="column">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${it.done === null ? nothing : html`<p class="notice" role="status">${it.done}</p>`}
    ${it.wrong === null ? nothing : html`<p class="notice" role="alert">${it.wrong}</p>`}
    <p>${words.agreed(it.people)} ${words.sender(say(sender?.label ?? {}, reader.lang))}</p>
    <form class="form" method="post" action="${reader.to(PATH)}">
      ${it.token}
      <fieldset>
        <legend>${words.items}</legend>
        ${(policy.works[WORK]?.items ?? []).map(
          (id) =>
            html`<label class="tick" for="item-${id}">
              <input type="checkbox" id="item-${id}" name="item" value="${id}" checked />
              <span>${sayHead(policy.items[id]?.label ?? {}, reader.lang)}</span>
            </label>`,
        )}
      </fieldset>
      <button>${words.send}</button>
    </form>
    <p><a href="${reader.to("/console/processors")}">${words.way}</a></p>
  </div>`;
}
