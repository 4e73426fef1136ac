/** Who works for us with your data: the list the law wants to be findable at any time (PIPA 26②). */
import { Hono } from "hono";
import { dayOf } from "../base/calendar.ts";
import type { Compiled } from "../compiler/compile.ts";
import { listProcessors, type ListedProcessor } from "../compiler/processor-list.ts";
import type { EngineContext } from "../engine/jikim.ts";
import { processorRegister } from "../engine/processor/register.ts";
import { toCsv } from "../html/csv.ts";
import { dayMark } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import { readerOf } from "../html/reader.ts";
import type { SetPage } from "../html/service-page.ts";
import { pageLang } from "./privacy-page.ts";

/** Where the list stands. */
export const PROCESSORS_PATH = "/privacy/processors";

interface ProcessorWords {
  readonly title: string;
  readonly lead: (effective: Markup) => Markup;
  readonly none: string;
  readonly columns: Readonly<
    Record<"name" | "works" | "items" | "country" | "contact" | "until", string>
  >;
  readonly open: string;
  readonly ended: (day: Markup) => Markup;
  readonly sub: string;
  readonly subNone: string;
  readonly abroad: string;
  readonly abroadLead: string;
  readonly transfer: Readonly<Record<"when" | "method" | "refusal", string>>;
  readonly csv: string;
  readonly json: string;
  readonly policy: string;
}

const WORDS: Record<UiLang, ProcessorWords> = {
  ko: {
    title: "개인정보를 맡긴 곳",
    lead: (effective) =>
      html`서비스에 필요한 일을 맡긴 수탁자입니다. 여기에 없는 곳에는 맡기지 않습니다.
      ${effective}부터 시행하는 처리방침에 따릅니다.`,
    none: "아무에게도 맡기지 않습니다. 맡기게 되면 시행하기 전에 여기에 나타납니다.",
    columns: {
      name: "수탁자",
      works: "맡긴 업무",
      items: "항목",
      country: "나라",
      contact: "연락처",
      until: "보유 기간",
    },
    open: "확인 필요",
    ended: (day) => html`${day}에 위탁이 끝났습니다. 맡긴 정보의 삭제를 지시했습니다.`,
    sub: "다시 맡긴 곳",
    subNone: "없음",
    abroad: "국외로 옮기는 곳",
    abroadLead: "다른 나라에서 처리하거나, 어느 나라인지 아직 확인하지 못한 곳입니다.",
    transfer: { when: "옮기는 때", method: "방법", refusal: "거부하는 방법과 그 효과" },
    csv: "표로 받기 (CSV)",
    json: "JSON으로 받기",
    policy: "개인정보 처리방침 보기",
  },
  en: {
    title: "Who works for us with your data",
    lead: (effective) =>
      html`Processors do work that the service needs. Nobody else does. This is the list of the
      policy in force from ${effective}.`,
    none: "Nobody. If that changes, it shows here before it takes effect.",
    columns: {
      name: "Processor",
      works: "Work",
      items: "Items",
      country: "Country",
      contact: "Contact",
      until: "Kept until",
    },
    open: "to be confirmed",
    ended: (day) => html`Ended on ${day}; it was told to erase what it was given.`,
    sub: "Sub-processors",
    subNone: "none",
    abroad: "Transfers abroad",
    abroadLead: "Processing in another country, or in a country not confirmed yet.",
    transfer: { when: "When", method: "How", refusal: "How to refuse, and what follows" },
    csv: "Get as a table (CSV)",
    json: "Get as JSON",
    policy: "Read the privacy policy",
  },
};

export interface ProcessorPages {
  /** The version in force today; null before the first. */
  inForce(): Compiled | null;
  readonly page: SetPage;
  /** How each stands with us today: ended, and those it gives the work on to (decree 28②). */
  standing?(): Promise<readonly Standing[]>;
}

/** What the operator's register adds to the text of the policy. */
export interface Standing {
  readonly id: string;
  /** Day its contract ended; null while it runs. */
  readonly endedOn: string | null;
  readonly subProcessors: readonly {
    readonly name: string;
    readonly work: string;
    readonly country: string;
  }[];
}

type Shown = ListedProcessor & Pick<Standing, "endedOn" | "subProcessors">;

/** Standing of every processor out of the engine's register; only agreed sub-processors. */
export async function standingOf(context: EngineContext): Promise<readonly Standing[]> {
  return (await processorRegister(context)).map(({ processor, endedAt, facts }) => ({
    id: processor.id,
    endedOn: endedAt === null ? null : dayOf(endedAt, context.plan.timeZone),
    subProcessors: facts.subProcessors.flatMap(({ consent, name, work, country }) =>
      consent === null ? [] : [{ name, work, country }],
    ),
  }));
}

/** The page and its exports, to be mounted before the versions of the policy. */
export function processorPages({ inForce, page, standing }: ProcessorPages): Hono {
  const app = new Hono();
  app.get(PROCESSORS_PATH, async (c) => {
    const compiled = inForce();
    if (compiled === null) return c.notFound();
    const reader = readerOf(c);
    const known = new Map(((await standing?.()) ?? []).map((each) => [each.id, each]));
    const list = listProcessors(compiled.policy, pageLang(compiled, reader)).map((each): Shown => {
      const { endedOn = null, subProcessors = [] } = known.get(each.id) ?? {};
      return { ...each, endedOn, subProcessors };
    });
    if (c.req.query("format") === "json") return c.json(documentOf(compiled, list));
    if (c.req.query("format") === "csv") {
      return c.body(toCsv(tableOf(list, reader.lang)), 200, {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": 'attachment; filename="processors.csv"',
      });
    }
    const main = processorsPage(compiled, list, reader);
    return c.html(await page(c, { title: WORDS[reader.lang].title, main }));
  });
  return app;
}

function processorsPage(compiled: Compiled, list: readonly Shown[], reader: Reader): Markup {
  const words = WORDS[reader.lang];
  const abroad = list.filter(({ overseas }) => overseas);
  return html`<div class="register">
    <h1>${words.title}</h1>
    <p class="lead">${words.lead(dayMark(compiled.policy.effective, reader.lang))}</p>
    ${list.length === 0 ? html`<p>${words.none}</p>` : processorTable(list, reader.lang)}
    ${abroad.length === 0 ? nothing : abroadTable(abroad, reader.lang)}
    <p class="acts no-print">
      <a href="${reader.to("/privacy")}">${words.policy}</a>
      <a href="${reader.to(`${PROCESSORS_PATH}?format=csv`)}">${words.csv}</a>
      <a href="${reader.to(`${PROCESSORS_PATH}?format=json`)}">${words.json}</a>
    </p>
  </div>`;
}

function processorTable(list: readonly Shown[], lang: UiLang): Markup {
  const words = WORDS[lang];
  const { columns } = words;
  return html`<table class="stacked">
    <thead>
      <tr>
        ${Object.values(columns).map((column) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${list.map(
        (each) =>
          html`<tr id="${each.id}">
            <th scope="row">
              ${each.name}
              ${
                each.endedOn !== null &&
                html`<span class="small open">${words.ended(dayMark(each.endedOn, lang))}</span>`
              }
            </th>
            <td data-label="${columns.works}">
              ${each.works.join(", ")}
              ${
                each.subProcessors.length > 0 &&
                html`<span class="small soft">${words.sub}: ${subsText(each)}</span>`
              }
            </td>
            <td data-label="${columns.items}">${each.items.join(", ")}</td>
            <td data-label="${columns.country}">${fact(each.country, lang)}</td>
            <td data-label="${columns.contact}">${fact(each.contact, lang)}</td>
            <td data-label="${columns.until}">${each.until}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function abroadTable(list: readonly ListedProcessor[], lang: UiLang): Markup {
  const words = WORDS[lang];
  const { transfer } = words;
  return html`<section aria-labelledby="abroad">
    <h2 id="abroad">${words.abroad}</h2>
    <p class="soft">${words.abroadLead}</p>
    <table class="stacked">
      <thead>
        <tr>
          <th scope="col">${words.columns.name}</th>
          <th scope="col">${words.columns.country}</th>
          ${Object.values(transfer).map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${list.map(
          (each) =>
            html`<tr>
              <th scope="row">${each.name}</th>
              <td data-label="${words.columns.country}">${fact(each.country, lang)}</td>
              <td data-label="${transfer.when}">${fact(each.transfer?.when, lang)}</td>
              <td data-label="${transfer.method}">${fact(each.transfer?.method, lang)}</td>
              <td data-label="${transfer.refusal}">${fact(each.transfer?.refusal, lang)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function subsText({ subProcessors }: Shown): string {
  return subProcessors.map(({ name, work, country }) => `${name} (${work}, ${country})`).join("; ");
}

/** What is open stands there as open. */
function fact(value: string | null | undefined, lang: UiLang): Markup {
  return value === null || value === undefined
    ? html`<span class="open">${WORDS[lang].open}</span>`
    : html`${value}`;
}

function tableOf(list: readonly Shown[], lang: UiLang): readonly (readonly string[])[] {
  const { columns, transfer, open, sub, subNone } = WORDS[lang];
  const rows = list.map((each) => [
    each.name,
    each.works.join(", "),
    each.items.join(", "),
    each.country ?? open,
    each.contact ?? open,
    each.until,
    each.subProcessors.length === 0 ? subNone : subsText(each),
    each.overseas ? (each.transfer?.when ?? open) : "",
    each.overseas ? (each.transfer?.method ?? open) : "",
    each.overseas ? (each.transfer?.refusal ?? open) : "",
  ]);
  return [[...Object.values(columns), sub, ...Object.values(transfer)], ...rows];
}

function documentOf({ policy, hash }: Compiled, list: readonly Shown[]): object {
  return { policy: policy.id, effective: policy.effective, hash, processors: list };
}
