/** Provisions for staff: documents that wait for approval, the ledger, tables of counts. */
import { dayOf } from "../base/calendar.ts";
import type { DocumentLine, ProvisionLine, StatisticLine } from "../engine/provision/ledger.ts";
import { dayMark, momentMark } from "../html/figures.ts";
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader } from "../html/reader.ts";
import { statusShape } from "../html/verdict-mark.ts";
import type { Label, Policy } from "../policy/model.ts";
import { consoleNav, PROVISIONS_PATH } from "./console-nav.ts";
import { DOCUMENT_WORDS, type DocumentState, PROVISION_WORDS } from "./provision-words.ts";

export interface ProvisionsInput {
  readonly policy: Policy;
  readonly reader: Reader;
  readonly documents: readonly DocumentLine[];
  readonly provisions: readonly ProvisionLine[];
  readonly statistics: readonly StatisticLine[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Token of the forms; null where nobody may approve. */
  readonly token: Markup | null;
  /** What came of an approval just now, in words. */
  readonly said: { readonly text: string; readonly wrong: boolean } | null;
}

const MARKS = {
  waiting: "unknown",
  ready: "kept",
  released: "not_applicable",
  over: "broken",
} as const satisfies Record<DocumentState, string>;

/** How far a document has come. */
export function documentState(
  document: DocumentLine,
  { policy, now }: Pick<ProvisionsInput, "policy" | "now">,
): DocumentState {
  if (document.releasedAt !== null) return "released";
  if (document.validUntil < dayOf(now, policy.timeZone)) return "over";
  return document.approvedBy.length === 2 ? "ready" : "waiting";
}

/** The page. */
export function provisionsPage(input: ProvisionsInput): Markup {
  const { reader, documents, provisions, said } = input;
  const words = PROVISION_WORDS[reader.lang];
  const waiting = documents.filter((each) => documentState(each, input) === "waiting");
  return html`<div class="board register">
    ${consoleNav(reader, PROVISIONS_PATH)}
    <h1>${words.title}</h1>
    <p class="lead">${words.lead}</p>
    ${
      said === null
        ? nothing
        : html`<p class="notice" role="${said.wrong ? "alert" : "status"}">${said.text}</p>`
    }
    <section class="tally">
      <p class="tally-line">${words.tally(provisions.length, waiting.length)}</p>
    </section>
    ${documentSection(input)} ${ledgerSection(input)} ${statisticSection(input)}
    <p class="small soft">${words.act}</p>
    <p class="small"><a href="${reader.to(`${PROVISIONS_PATH}?format=json`)}">${words.json}</a></p>
  </div>`;
}

function documentSection(input: ProvisionsInput): Markup {
  const words = PROVISION_WORDS[input.reader.lang];
  const heads = [
    words.document,
    words.authority,
    words.items,
    words.until,
    words.approvals,
    words.state,
  ];
  // What waits for somebody stands first.
  const [waiting, others] = [true, false].map((wanted) =>
    input.documents.filter((each) => (documentState(each, input) === "waiting") === wanted),
  );
  const rows = [...(waiting ?? []), ...(others ?? [])].map((each) => documentRow(each, input));
  return section("documents", words.documents, { heads, rows, none: words.noDocuments });
}

function documentRow(document: DocumentLine, input: ProvisionsInput): Markup {
  const { policy, reader, token } = input;
  const { lang } = reader;
  const words = PROVISION_WORDS[lang];
  const state = documentState(document, input);
  const short = document.id.slice(0, 8);
  return html`<tr class="${state === "over" ? "late" : ""}">
    <th scope="row">
      ${DOCUMENT_WORDS[document.kind][lang]} <code title="${document.id}">${short}</code>
    </th>
    <td data-label="${words.authority}">
      <span lang="ko">${document.authority}</span>
      <span class="small soft" lang="ko">${document.number} · ${document.article}</span>
    </td>
    <td data-label="${words.items}">${namesOf(policy.items, document.items, lang)}</td>
    <td data-label="${words.until}">${dayMark(document.validUntil, lang)}</td>
    <td data-label="${words.approvals}">
      <span>${words.ofTwo(document.approvedBy.length)}</span>
      ${document.approvedBy.map(
        (staff) => html`<span class="small soft">${words.by(staff)}</span>`,
      )}
    </td>
    <td data-label="${words.state}">
      <span class="verdict verdict-${MARKS[state]}"
        >${statusShape(MARKS[state])}<span>${words.states[state]}</span></span
      >
      ${
        state === "waiting" && token !== null
          ? html`<form
              method="post"
              action="${reader.to(`${PROVISIONS_PATH}/${document.id}/approve`)}"
            >
              ${token}
              <button class="button button-quiet" aria-label="${words.approveThis(short)}">
                ${words.approve}
              </button>
            </form>`
          : nothing
      }
    </td>
  </tr>`;
}

function ledgerSection({ policy, reader, provisions }: ProvisionsInput): Markup {
  const { lang } = reader;
  const words = PROVISION_WORDS[lang];
  const heads = [words.recipient, words.day, words.items, words.purpose, words.basis];
  const rows = provisions.map((line) => {
    const named = policy.provision.recipients[line.recipient]?.label[lang];
    const purpose =
      line.purpose === null ? "–" : (policy.purposes[line.purpose]?.label[lang] ?? line.purpose);
    return html`<tr>
      <th scope="row">
        ${named ?? html`<span lang="ko">${line.recipient}</span>`}
        <code title="${line.id}">${line.id.slice(0, 8)}</code>
      </th>
      <td data-label="${words.day}">${momentMark(line.at, policy.timeZone, lang)}</td>
      <td data-label="${words.items}">${namesOf(policy.items, line.items, lang)}</td>
      <td data-label="${words.purpose}">${purpose}</td>
      <td data-label="${words.basis}">
        <span>${words.bases[line.basis]}</span>
        ${
          line.document === null
            ? nothing
            : html`<span class="small soft"
                >${DOCUMENT_WORDS[line.document.kind][lang]} ·
                <span lang="ko">${line.document.article}</span></span
              >`
        }
      </td>
    </tr>`;
  });
  return section("ledger", words.ledger, { heads, rows, none: html`${words.noLedger}` });
}

function statisticSection({ policy, reader, statistics }: ProvisionsInput): Markup {
  const { lang } = reader;
  const words = PROVISION_WORDS[lang];
  const heads = [words.item, words.day, words.recipient, words.cells];
  const rows = statistics.map(
    (line) =>
      html`<tr>
        <th scope="row">${namesOf(policy.items, [line.item], lang)}</th>
        <td data-label="${words.day}">${momentMark(line.at, policy.timeZone, lang)}</td>
        <td data-label="${words.recipient}">
          ${line.recipient === null ? words.inside : html`<span lang="ko">${line.recipient}</span>`}
        </td>
        <td data-label="${words.cells}">
          ${words.cellsOf(line.cells, line.suppressed, line.smallest)}
        </td>
      </tr>`,
  );
  return section("statistics", words.tables, { heads, rows, none: words.noTables });
}

function section(
  id: string,
  title: string,
  table: {
    readonly heads: readonly string[];
    readonly rows: readonly Markup[];
    readonly none: Markup;
  },
): Markup {
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${title}</h2>
    ${
      table.rows.length === 0
        ? html`<p class="soft">${table.none}</p>`
        : html`<table class="stacked">
            <thead>
              <tr>
                ${table.heads.map((head) => html`<th scope="col">${head}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${table.rows}
            </tbody>
          </table>`
    }
  </section>`;
}

function namesOf(
  declared: Readonly<Record<string, { readonly label: Label }>>,
  ids: readonly string[],
  lang: Reader["lang"],
): string {
  return ids.map((id) => declared[id]?.label[lang] ?? id).join(", ");
}
