/** The way between the pages of the console. */
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";

export const BOARD_PATH = "/console/promises";
export const PROCESSORS_PATH = "/console/processors";
export const RECORD_PATH = "/console/record";
/** Where the audit log stands. */
export const LOG_PATH = "/console/log";

const PAGES: readonly (readonly [path: string, words: Readonly<Record<UiLang, string>>])[] = [
  [BOARD_PATH, { ko: "약속 점검표", en: "Promise board" }],
  [PROCESSORS_PATH, { ko: "수탁자와 지시", en: "Processors and orders" }],
  [RECORD_PATH, { ko: "처리 현황", en: "Record of processing" }],
  [LOG_PATH, { ko: "감사 기록", en: "Audit log" }],
];
const LABEL: Readonly<Record<UiLang, string>> = { ko: "관리 화면", en: "Console" };

/** Links to every page; the one that is open says so. */
export function consoleNav(reader: Reader, here: string): Markup {
  return html`<nav class="filters console-nav no-print" aria-label="${LABEL[reader.lang]}">
    <ul>
      ${PAGES.map(
        ([path, words]) =>
          html`<li>
            <a href="${reader.to(path)}" ${path === here ? html`aria-current="page"` : nothing}
              >${words[reader.lang]}</a
            >
          </li>`,
      )}
    </ul>
  </nav>`;
}
