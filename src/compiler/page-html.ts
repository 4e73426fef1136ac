/**
 * A page as HTML. It is styled by these classes (and by nothing else):
 *
 * - `policy` the whole; `policy-header` with `policy-title` and `policy-dates`
 * - `policy-summary` the label summary: `policy-summary-list`, `policy-summary-item` (also
 *   `policy-summary-what`, `-why`, `-how_long`, `-who_else`, `-rights`), `policy-summary-title`,
 *   `policy-summary-text`
 * - `policy-contents` the list of contents; `policy-preamble`
 * - `policy-article` with `policy-heading` and in it `policy-number`
 * - `policy-sentence` (id `P1-2`; also `policy-sentence-open` when it shows an open fact), its
 *   text `policy-text`, its number `policy-mark`
 * - `policy-note`; `policy-table-scroll` around `policy-table`; `policy-open` an open cell. Each
 *   cell carries its column head in `data-head`, for narrow screens.
 */
import { escapeHtml, isSafeHref } from "./escape.ts";
import { formatDay } from "./format-value.ts";
import { DOCUMENT_STYLE } from "./document-style.ts";
import type { Block, LabelMark, Page, PageArticle, Text } from "./page.ts";
import { PAGE_WORDS } from "./page-words.ts";

export interface HtmlOptions {
  /** Where the number of a sentence leads; by default to the sentence itself. */
  readonly markHref?: (promise: string) => string;
  /** Trusted markup put before a mark of the label summary, such as a drawing. */
  readonly markDrawing?: (mark: LabelMark["mark"]) => string;
  /** Trusted markup put before the number of a sentence, such as its verdict. */
  readonly markVerdict?: (promise: string) => string;
}

/**
 * The page as a fragment: one `div` with `h1` and an article for each heading. All text is
 * escaped.
 * @example pageToHtml(compiled.page("ko"), { markHref: (id) => `/console/promises#${id}` })
 */
export function pageToHtml(page: Page, options: HtmlOptions = {}): string {
  return lines(
    `<div class="policy" lang="${page.lang}">`,
    header(page),
    summary(page, options),
    contents(page),
    `<section class="policy-preamble">`,
    ...page.preamble.map((block) => blockHtml(block, options)),
    `</section>`,
    ...page.articles.map((article) => articleHtml(page, article, options)),
    `</div>`,
  );
}

/**
 * The page as a whole document that needs nothing beside it, for the command line and for print.
 * @example writeFileSync("privacy.html", pageToDocument(compiled.page("en")))
 */
export function pageToDocument(page: Page): string {
  return lines(
    `<!doctype html>`,
    `<html lang="${page.lang}">`,
    `<head>`,
    `<meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">`,
    `<title>${escapeHtml(page.title)}</title>`,
    `<style>${DOCUMENT_STYLE}</style>`,
    `</head>`,
    `<body>`,
    `<main>`,
    pageToHtml(page),
    `</main>`,
    `</body>`,
    `</html>`,
    ``,
  );
}

function lines(...parts: readonly string[]): string {
  return parts.join("\n");
}

function header(page: Page): string {
  const words = PAGE_WORDS[page.lang];
  const date = (day: string): string =>
    `<time datetime="${escapeHtml(day)}">${escapeHtml(formatDay(day, page.lang))}</time>`;
  return lines(
    `<header class="policy-header">`,
    `<h1 class="policy-title">${escapeHtml(page.title)}</h1>`,
    `<dl class="policy-dates">`,
    `<div><dt>${words.announced}</dt><dd>${date(page.announced)}</dd></div>`,
    `<div><dt>${words.effective}</dt><dd>${date(page.effective)}</dd></div>`,
    `</dl>`,
    `</header>`,
  );
}

function summary(page: Page, options: HtmlOptions): string {
  return lines(
    `<section class="policy-summary" aria-labelledby="policy-summary">`,
    `<h2 id="policy-summary">${PAGE_WORDS[page.lang].summary}</h2>`,
    `<ul class="policy-summary-list">`,
    ...page.label.map((mark) => summaryItem(mark, options)),
    `</ul>`,
    `</section>`,
  );
}

function summaryItem({ mark, title, text, article }: LabelMark, options: HtmlOptions): string {
  const drawing = options.markDrawing?.(mark) ?? "";
  const name = escapeHtml(title);
  const linked = article === 0 ? name : `<a href="#article-${article}">${name}</a>`;
  return (
    `<li class="policy-summary-item policy-summary-${mark}">${drawing}` +
    `<span class="policy-summary-title">${linked}</span> ` +
    `<span class="policy-summary-text">${escapeHtml(text)}</span></li>`
  );
}

function contents(page: Page): string {
  const title = PAGE_WORDS[page.lang].contents;
  return lines(
    `<nav class="policy-contents" aria-labelledby="policy-contents">`,
    `<h2 id="policy-contents">${title}</h2>`,
    `<ol>`,
    ...page.articles.map(
      ({ anchor, heading }) =>
        `<li><a href="#${escapeHtml(anchor)}">${escapeHtml(heading)}</a></li>`,
    ),
    `</ol>`,
    `</nav>`,
  );
}

function articleHtml(page: Page, article: PageArticle, options: HtmlOptions): string {
  const anchor = escapeHtml(article.anchor);
  const number = PAGE_WORDS[page.lang].article(String(article.number));
  return lines(
    `<section class="policy-article" id="${anchor}" aria-labelledby="${anchor}-heading">`,
    `<h2 class="policy-heading" id="${anchor}-heading">` +
      `<span class="policy-number">${number}</span> ${escapeHtml(article.heading)}</h2>`,
    ...article.blocks.map((block) => blockHtml(block, options)),
    `</section>`,
  );
}

function blockHtml(block: Block, options: HtmlOptions): string {
  switch (block.kind) {
    case "sentence":
      return sentenceHtml(block, options);
    case "table":
      return tableHtml(block);
    case "note":
      return `<p class="policy-note">${escapeHtml(block.text)}</p>`;
    default:
      throw new Error("unknown block", { cause: block satisfies never });
  }
}

function sentenceHtml(block: Extract<Block, { kind: "sentence" }>, options: HtmlOptions): string {
  const id = block.promise.replace(".", "-");
  const href = options.markHref?.(block.promise) ?? `#${id}`;
  const open = block.open ? " policy-sentence-open" : "";
  return (
    `<p class="policy-sentence${open}" id="${escapeHtml(id)}">` +
    `<span class="policy-text">${escapeHtml(block.text)}</span> ` +
    `<a class="policy-mark" href="${escapeHtml(href)}">` +
    `${options.markVerdict?.(block.promise) ?? ""}${escapeHtml(block.promise)}</a></p>`
  );
}

/** A wide table scrolls in its own box, which the keyboard can reach. */
function tableHtml({ caption, head, rows }: Extract<Block, { kind: "table" }>): string {
  const name = escapeHtml(caption);
  const columns = head.map((each) => `<th scope="col">${escapeHtml(each)}</th>`).join("");
  return lines(
    `<div class="policy-table-scroll" role="group" aria-label="${name}" tabindex="0">`,
    `<table class="policy-table">`,
    `<caption>${name}</caption>`,
    `<thead><tr>${columns}</tr></thead>`,
    `<tbody>`,
    ...rows.map(
      (row) => `<tr>${row.map((text, index) => cellHtml(text, index, head)).join("")}</tr>`,
    ),
    `</tbody>`,
    `</table>`,
    `</div>`,
  );
}

function cellHtml(cell: Text, index: number, head: readonly string[]): string {
  const text = escapeHtml(cell.text);
  const linked =
    cell.href !== undefined && isSafeHref(cell.href)
      ? `<a href="${escapeHtml(cell.href)}">${text}</a>`
      : text;
  const open = cell.open === true ? ` class="policy-open"` : "";
  if (index === 0) return `<th scope="row"${open}>${linked}</th>`;
  return `<td data-head="${escapeHtml(head[index] ?? "")}"${open}>${linked}</td>`;
}
