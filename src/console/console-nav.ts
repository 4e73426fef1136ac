/** The way between the pages of the console. */
import { html, nothing } from "../html/markup.ts";
import type { Markup } from "../html/markup.ts";
import type { Reader, UiLang } from "../html/reader.ts";

export const CONSOLE_PATH = "/console";
export const SIGN_IN_PATH = "/console/sign-in";
export const SIGN_OUT_PATH = "/console/sign-out";
export const BOARD_PATH = "/console/promises";
export const PROCESSORS_PATH = "/console/processors";
/** Where one order stands, by its number. */
export const ORDERS_PATH = "/console/orders";
export const PROVISIONS_PATH = "/console/provisions";
export const RECORD_PATH = "/console/record";
export const WITHDRAWALS_PATH = "/console/withdrawals";
export const ARCHIVE_PATH = "/console/archive";
export const DESTRUCTION_PATH = "/console/destruction";
export const HOLDS_PATH = "/console/holds";
export const PAPER_PATH = "/console/paper";
export const MESSAGES_PATH = "/console/messages";
/** Where the audit log stands. */
export const LOG_PATH = "/console/log";

const PAGES: readonly (readonly [path: string, words: Readonly<Record<UiLang, string>>])[] = [
  [BOARD_PATH, { ko: "약속 점검표", en: "Promise board" }],
  [PROCESSORS_PATH, { ko: "수탁자와 지시", en: "Processors and orders" }],
  [WITHDRAWALS_PATH, { ko: "탈퇴", en: "Withdrawals" }],
  [ARCHIVE_PATH, { ko: "분리 보관", en: "Kept apart" }],
  [DESTRUCTION_PATH, { ko: "파기 대장", en: "Destruction" }],
  [HOLDS_PATH, { ko: "파기 보류", en: "Legal holds" }],
  [PAPER_PATH, { ko: "종이 문서", en: "Paper" }],
  [MESSAGES_PATH, { ko: "알림", en: "Messages" }],
  [PROVISIONS_PATH, { ko: "제3자 제공", en: "Third parties" }],
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
