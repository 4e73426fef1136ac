/** What becomes of records, class by class: a table that turns into cards on a narrow page. */
import { count } from "./figures.ts";
import { html } from "./markup.ts";
import type { Markup } from "./markup.ts";
import type { UiLang } from "./reader.ts";

/** A row, in words. */
export interface FateRow {
  readonly name: string;
  readonly records: number;
  readonly what: string;
  readonly until: string;
  readonly why: string;
  readonly fate: "destroyed" | "moved" | "kept";
}

interface Words {
  readonly record: string;
  readonly records: string;
  readonly what: string;
  readonly until: string;
  readonly why: string;
  readonly none: string;
}

const WORDS: Record<UiLang, Words> = {
  ko: {
    record: "기록",
    records: "건수",
    what: "어떻게",
    until: "보관하는 마지막 날",
    why: "근거",
    none: "바로 없앰",
  },
  en: {
    record: "Records",
    records: "How many",
    what: "What happens",
    until: "Last day kept",
    why: "Why",
    none: "gone at once",
  },
};

/** The table; `caption` says in a sentence what it shows. */
export function fateTable(rows: readonly FateRow[], caption: string, lang: UiLang): Markup {
  const words = WORDS[lang];
  const columns = [words.record, words.records, words.what, words.until, words.why];
  return html`<table class="stacked fates">
    <caption class="unseen">
      ${caption}
    </caption>
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            <th scope="row">${row.name}</th>
            <td data-label="${words.records}"><span class="figure">${count(row.records)}</span></td>
            <td data-label="${words.what}"><span>${row.what}</span></td>
            <td data-label="${words.until}">
              <span
                >${row.until === "" ? html`<span class="soft">${words.none}</span>` : row.until}</span
              >
            </td>
            <td data-label="${words.why}"><span>${row.why}</span></td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
