import { escapeMarkdown, isSafeHref } from "./escape.ts";
import { formatDay } from "./format-value.ts";
import type { Block, Page, Text } from "./page.ts";
import { PAGE_WORDS } from "./page-words.ts";

/**
 * The page as Markdown (CommonMark with tables). Every sentence carries its number.
 * @example pageToMarkdown(compiled.page("en")).startsWith("# Privacy policy of ")
 */
export function pageToMarkdown(page: Page): string {
  const { lang } = page;
  const words = PAGE_WORDS[lang];
  const parts = [
    `# ${escapeMarkdown(page.title)}`,
    [
      `${words.announced}: ${formatDay(page.announced, lang)}`,
      `${words.effective}: ${formatDay(page.effective, lang)}`,
    ].join("  \n"),
    `## ${words.summary}`,
    page.label
      .map(({ title, text }) => `- **${escapeMarkdown(title)}**: ${escapeMarkdown(text)}`)
      .join("\n"),
    ...page.preamble.map(blockMarkdown),
    ...page.articles.flatMap(({ number, heading, blocks }) => [
      `## ${words.article(String(number))} ${escapeMarkdown(heading)}`,
      ...blocks.map(blockMarkdown),
    ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function blockMarkdown(block: Block): string {
  switch (block.kind) {
    case "sentence":
      return `${escapeMarkdown(block.text)} (${block.promise})`;
    case "table":
      return tableMarkdown(block);
    case "note":
      return `> ${escapeMarkdown(block.text)}`;
    default:
      throw new Error("unknown block", { cause: block satisfies never });
  }
}

function tableMarkdown({ caption, head, rows }: Extract<Block, { kind: "table" }>): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    `**${escapeMarkdown(caption)}**`,
    "",
    line(head.map(escapeMarkdown)),
    line(head.map(() => "---")),
    ...rows.map((row) => line(row.map(cellMarkdown))),
  ].join("\n");
}

function cellMarkdown({ text, href }: Text): string {
  const shown = escapeMarkdown(text);
  return href !== undefined && isSafeHref(href) ? `[${shown}](<${href}>)` : shown;
}
