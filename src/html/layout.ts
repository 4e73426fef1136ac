/**
 * The sheet every page is set on: skip link, header, language switch that keeps the place, main,
 * footer. A service gives the frame (its name, links, account corner); a page gives the sheet.
 */
import { html, nothing } from "./markup.ts";
import type { Markup } from "./markup.ts";
import { UI_LANGS, switchLang } from "./reader.ts";
import type { UiLang } from "./reader.ts";

/** What a service puts around every page. */
export interface Frame {
  /** Shown in the title after the page's own: "개인정보 처리방침 – RemoteMeeting". */
  readonly service: string;
  readonly brand: Markup;
  readonly links: readonly { readonly href: string; readonly label: string }[];
  readonly account: Markup;
  readonly foot: Markup;
  /** A bar below everything, or nothing. */
  readonly bar: Markup;
  /** Addresses of style sheets, in order. */
  readonly styles: readonly string[];
}

/** What a page brings. */
export interface Sheet {
  readonly lang: UiLang;
  readonly url: string;
  readonly title: string;
  readonly main: Markup;
  /** `people` reads at 17 px; `desk` is the staff's 15 px with wider tables. */
  readonly set?: "people" | "desk";
  /** The service's own front page has no title before its name. */
  readonly front?: boolean;
}

const WORDS: Record<UiLang, { skip: string; nav: string; lang: string }> = {
  ko: { skip: "본문으로 건너뛰기", nav: "주 메뉴", lang: "언어" },
  en: { skip: "Skip to the content", nav: "Main", lang: "Language" },
};
const LANG_NAMES: Record<UiLang, string> = { ko: "한국어", en: "English" };

/** The whole document. */
export function layout(frame: Frame, sheet: Sheet): Markup {
  const words = WORDS[sheet.lang];
  const title = sheet.front === true ? sheet.title : `${sheet.title} – ${frame.service}`;
  return html`<!doctype html>
    <html lang="${sheet.lang}" class="${sheet.set ?? "people"}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}</title>
        ${frame.styles.map((href) => html`<link rel="stylesheet" href="${href}" /> `)}
      </head>
      <body>
        <a class="skip" href="#main">${words.skip}</a>
        <header class="top">
          <div class="top-row">
            <div class="brand">${frame.brand}</div>
            <nav class="links" aria-label="${words.nav}">
              <ul>
                ${frame.links.map((link) => navItem(link, sheet.url))}
              </ul>
            </nav>
            <div class="corner">
              <div class="account">${frame.account}</div>
              ${langSwitch(sheet, words.lang)}
            </div>
          </div>
        </header>
        <main id="main" tabindex="-1">${sheet.main}</main>
        <footer class="foot"><div class="foot-row">${frame.foot}</div></footer>
        ${frame.bar}
      </body>
    </html>`;
}

function navItem(link: { readonly href: string; readonly label: string }, url: string): Markup {
  const here = new URL(url).pathname === new URL(link.href, url).pathname;
  return html`<li>
    <a href="${link.href}" ${here ? html`aria-current="page"` : nothing}>${link.label}</a>
  </li>`;
}

function langSwitch(sheet: Sheet, label: string): Markup {
  return html`<nav class="lang-switch" aria-label="${label}">
    ${UI_LANGS.map((lang) =>
      lang === sheet.lang
        ? html`<span lang="${lang}" aria-current="true">${LANG_NAMES[lang]}</span>`
        : html`<a lang="${lang}" hreflang="${lang}" href="${switchLang(sheet.url, lang)}"
            >${LANG_NAMES[lang]}</a
          >`,
    )}
  </nav>`;
}
