/** "My data" as a page: what is held, why, and the day each of it ends. */
import type { Compiled } from "../compiler/compile.ts";
import { dayOf, daysBetween } from "../base/calendar.ts";
import { endBar } from "../html/end-bar.ts";
import { count, dayInWords, dayMark, daysLeft, momentMark, plural } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";
import type { HeldClass, HeldDay, MyData, Why } from "./my-data.ts";
import { eventWords } from "./event-words.ts";
import { sayAll, sayHead } from "./say.ts";

interface MyDataWords {
  readonly title: string;
  readonly total: (records: string) => string;
  readonly none: string;
  readonly why: string;
  readonly records: (records: number) => string;
  readonly oneWay: string;
  readonly newest: string;
  readonly collected: string;
  readonly keptUntil: string;
  readonly amount: string;
  readonly more: (days: number) => string;
  readonly until: (events: string) => string;
  readonly consents: string;
  readonly noConsents: string;
  readonly changeConsents: string;
  readonly consent: string;
  readonly state: string;
  readonly when: string;
  readonly given: string;
  readonly withdrawn: string;
  readonly declared: string;
  readonly change: string;
  readonly changeText: string;
  readonly leave: string;
  readonly rights: string;
  readonly session: string;
  readonly sessionText: string;
  readonly logOut: string;
}

const WORDS: Record<UiLang, MyDataWords> = {
  ko: {
    title: "내 정보",
    total: (records) =>
      `지금 기록 ${records}을 갖고 있습니다. 무엇을 왜 갖고 있고 언제 파기하는지 모두 보여 드립니다.`,
    none: "갖고 있는 기록이 없습니다. 서비스를 쓰면 무엇이 남는지 여기에 나타납니다.",
    why: "이용 목적",
    records: (records) => `${count(records)}건`,
    oneWay: "되돌릴 수 없는 형태로만 보관합니다",
    newest: "가장 최근 값",
    collected: "수집한 날",
    keptUntil: "보유하는 마지막 날",
    amount: "건수",
    more: (days) => `그 전 ${count(days)}일 더 보기`,
    until: (events) => `${events} 때까지 보유합니다.`,
    consents: "동의한 것과 밝힌 것",
    noConsents: "동의한 것이 없습니다.",
    changeConsents: "동의한 글을 보고, 동의하거나 거두기",
    consent: "내용",
    state: "상태",
    when: "때",
    given: "동의함",
    withdrawn: "거둠",
    declared: "밝힘",
    change: "고치거나 지우거나 떠나려면",
    changeText: "고치거나 지우려면 아래로 요청해 주십시오. 탈퇴는 여기에서 바로 할 수 있습니다.",
    leave: "탈퇴하면 어떻게 되는지 보기",
    rights: "내 권리와 요청하는 방법",
    session: "로그인",
    sessionText:
      "로그아웃하면 서버에 있는 로그인 기록이 그 자리에서 없어집니다. 30분 동안 쓰지 않아도 끝납니다.",
    logOut: "로그아웃",
  },
  en: {
    title: "My data",
    total: (records) =>
      `We hold ${records} about you. Here is all of it: what it is, why we hold it, and when it is destroyed.`,
    none: "We hold nothing about you. Once you use the service, what it leaves behind shows here.",
    why: "Used for",
    records: (records) => plural(records, "record"),
    oneWay: "kept one way only, it cannot be read back",
    newest: "newest values",
    collected: "Collected",
    keptUntil: "Last day kept",
    amount: "Records",
    more: (days) => `${plural(days, "earlier day")} more`,
    until: (events) => `Kept until ${events}.`,
    consents: "What you agreed to and stated",
    noConsents: "You have agreed to nothing.",
    changeConsents: "Read what you agreed to, agree or withdraw",
    consent: "What",
    state: "State",
    when: "When",
    given: "agreed",
    withdrawn: "withdrawn",
    declared: "stated",
    change: "To correct it, erase it or leave",
    changeText: "To correct or erase something, ask us here. Leaving you can do at once.",
    leave: "See what happens when you leave",
    rights: "Your rights and how to use them",
    session: "Log-in",
    sessionText:
      "Logging out removes your session from the server at once. It also ends after 30 minutes without use.",
    logOut: "Log out",
  },
};

/** Days shown before the fold. */
const DAYS_SHOWN = 5;

export const myDataTitle = (lang: UiLang): string => WORDS[lang].title;

export interface MyDataPageInput {
  readonly compiled: Compiled;
  readonly data: MyData;
  /** Who looked and who received it. */
  readonly disclosures: Markup;
  readonly reader: Reader;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly token: Markup;
  readonly policyPath: string;
  readonly logoutPath: string;
  readonly leavePath: string;
  readonly consentsPath: string;
}

/** The page. */
export function myDataPage(input: MyDataPageInput): Markup {
  const { data, reader } = input;
  const words = WORDS[reader.lang];
  const lead = data.total === 0 ? words.none : words.total(words.records(data.total));
  return html`<div class="my-data">
    <h1>${words.title}</h1>
    <p class="lead">${lead}</p>
    ${data.whys.map((why) => whyPart(why, input))} ${consentPart(input)} ${input.disclosures}
    ${changePart(input)}
    <section>
      <h2>${words.session}</h2>
      <p class="soft">${words.sessionText}</p>
      <form method="post" action="${reader.to(input.logoutPath)}">
        ${input.token}<button class="button-quiet">${words.logOut}</button>
      </form>
    </section>
  </div>`;
}

function whyPart(why: Why, input: MyDataPageInput): Markup {
  const { compiled, reader } = input;
  const labels = why.purposes.flatMap((id) => compiled.policy.purposes[id]?.label ?? []);
  return html`<section class="why">
    <p class="why-head">
      <span class="soft">${WORDS[reader.lang].why}</span> ${sayAll(labels, reader.lang)}
    </p>
    ${why.classes.map((held) => classPart(held, input))}
  </section>`;
}

function classPart(held: HeldClass, input: MyDataPageInput): Markup {
  const { compiled, reader } = input;
  const words = WORDS[reader.lang];
  const { policy } = compiled;
  const name = sayHead(policy.records[held.recordClass]?.label ?? {}, reader.lang);
  const occasions = sayAll(
    held.occasions.flatMap((id) => policy.occasions[id]?.label ?? []),
    reader.lang,
  );
  return html`<article class="kept-thing">
    <h2>${name} <span class="figure">${words.records(held.records)}</span></h2>
    <p class="small soft">${occasions}${held.records > 1 ? html` · ${words.newest}` : nothing}</p>
    <dl class="values">
      ${held.items.map(
        (id) =>
          html`<div>
            <dt>${sayHead(policy.items[id]?.label ?? {}, reader.lang)}</dt>
            <dd>${valueMark(held, id, input)}</dd>
          </div>`,
      )}
    </dl>
    ${ends(held, input)}
  </article>`;
}

function valueMark(held: HeldClass, id: string, { compiled, reader }: MyDataPageInput): Markup {
  const value = held.values[id];
  if (value === undefined) return html`<span class="soft">${WORDS[reader.lang].oneWay}</span>`;
  if (compiled.policy.items[id]?.format !== "country") return html`${value}`;
  return html`${new Intl.DisplayNames([reader.lang], { type: "region" }).of(value.toUpperCase())}`;
}

function ends(held: HeldClass, input: MyDataPageInput): Markup {
  const words = WORDS[input.reader.lang];
  const shown = held.days.slice(0, DAYS_SHOWN);
  const folded = held.days.slice(DAYS_SHOWN);
  return html`<ul class="ends">
      ${shown.map((day) => endLine(day, input))}
    </ul>
    ${
      folded.length > 0 &&
      html`<details>
        <summary>${words.more(folded.length)}</summary>
        <ul class="ends">
          ${folded.map((day) => endLine(day, input))}
        </ul>
      </details>`
    }`;
}

function endLine(day: HeldDay, { compiled, reader, now }: MyDataPageInput): Markup {
  const { lang } = reader;
  const words = WORDS[lang];
  const today = dayOf(now, compiled.policy.timeZone);
  const span = { from: day.collectedOn, to: day.endsOn, today };
  const right =
    day.endsOn === null
      ? html`${words.until(eventWords(compiled, day.endsWith, lang))}`
      : html`${words.keptUntil} <b>${dayMark(day.endsOn, lang)}</b>
          <span class="soft">${daysLeft(daysBetween(today, day.endsOn), lang)}</span>`;
  return html`<li>
    <p>
      <span class="soft">${words.collected}</span> ${dayInWords(day.collectedOn, lang)}
      <span class="soft">· ${words.records(day.records)}</span>
    </p>
    ${endBar(span)}
    <p class="until">${right}</p>
  </li>`;
}

function consentPart({ compiled, data, reader, consentsPath }: MyDataPageInput): Markup {
  const words = WORDS[reader.lang];
  const { policy } = compiled;
  const row = (what: string, state: string, at: number): Markup =>
    html`<tr>
      <th scope="row">${what}</th>
      <td>${state}</td>
      <td>${momentMark(at, policy.timeZone, reader.lang)}</td>
    </tr>`;
  const rows = [
    ...data.consents.map(({ consent, given, at }) =>
      row(
        sayHead(policy.consents[consent]?.label ?? {}, reader.lang),
        given ? words.given : words.withdrawn,
        at,
      ),
    ),
    ...data.declarations.map(({ declaration, at }) =>
      row(sayHead(policy.declarations[declaration]?.label ?? {}, reader.lang), words.declared, at),
    ),
  ];
  return html`<section>
    <h2>${words.consents}</h2>
    <p><a href="${reader.to(consentsPath)}">${words.changeConsents}</a></p>
    ${
      rows.length === 0
        ? html`<p class="soft">${words.noConsents}</p>`
        : html`<div class="scroll" tabindex="0" role="region" aria-label="${words.consents}">
            <table>
              <thead>
                <tr>
                  <th scope="col">${words.consent}</th>
                  <th scope="col">${words.state}</th>
                  <th scope="col">${words.when}</th>
                </tr>
              </thead>
              <tbody>
                ${rows}
              </tbody>
            </table>
          </div>`
    }
  </section>`;
}

function changePart({ compiled, reader, policyPath, leavePath }: MyDataPageInput): Markup {
  const words = WORDS[reader.lang];
  const { officer, department } = compiled.policy.contacts;
  const contact = department ?? officer;
  const article = compiled.policy.articles.find(({ clauses }) => clauses.includes("right"))?.number;
  const rights = article === undefined ? policyPath : `${policyPath}#article-${article}`;
  return html`<section>
    <h2>${words.change}</h2>
    <p class="soft">${words.changeText}</p>
    <p>
      ${sayHead(contact.label, reader.lang)}${
        typeof contact.email === "string"
          ? html` · <a href="mailto:${contact.email}">${contact.email}</a>`
          : nothing
      }${
        typeof contact.phone === "string"
          ? html` · <a href="tel:${contact.phone}">${contact.phone}</a>`
          : nothing
      }
    </p>
    <p><a href="${reader.to(leavePath)}">${words.leave}</a></p>
    <p><a href="${reader.to(rights)}">${words.rights}</a></p>
  </section>`;
}
