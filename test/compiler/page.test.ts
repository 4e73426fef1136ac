import { describe, expect, test } from "vitest";
import { compile } from "../../src/compiler/compile.ts";
import { escapeMarkdown, isSafeHref } from "../../src/compiler/escape.ts";
import type { Block, Page } from "../../src/compiler/page.ts";
import { pageToDocument, pageToHtml } from "../../src/compiler/page-html.ts";
import { pageToMarkdown } from "../../src/compiler/page-markdown.ts";
import { PAGE_WORDS } from "../../src/compiler/page-words.ts";
import type { Lang } from "../../src/policy/model.ts";
import { SHIPPED, shipped } from "../support/compiled.ts";
import { SMALL_POLICY, smallLaw } from "../support/small-policy.ts";

const PAGES = SHIPPED.flatMap((name) =>
  shipped(name).policy.languages.map((lang): [string, Lang] => [name, lang]),
) as [(typeof SHIPPED)[number], Lang][];

function blocksOf(page: Page): readonly Block[] {
  return [...page.preamble, ...page.articles.flatMap((article) => article.blocks)];
}

function textsOf(page: Page): readonly string[] {
  const blocks = blocksOf(page).flatMap((block) =>
    block.kind === "table"
      ? [block.caption, ...block.head, ...block.rows.flat().map((cell) => cell.text)]
      : [block.text],
  );
  const heads = page.articles.map((article) => article.heading);
  return [
    page.title,
    ...heads,
    ...page.label.flatMap((mark) => [mark.title, mark.text]),
    ...blocks,
  ];
}

describe.each(PAGES)("the page of %s in %s", (name, lang) => {
  const { promises, policy, page: pageIn } = shipped(name);
  const page = pageIn(lang);

  test("shows every promise once, in order, with its number", () => {
    const shown = blocksOf(page).flatMap((block) =>
      block.kind === "sentence" ? [block.promise] : [],
    );
    expect(shown).toEqual(promises.map((promise) => promise.id));
  });

  test("has each heading of the policy and five marks that lead to articles", () => {
    expect(page.articles.map((article) => article.anchor)).toEqual(
      policy.articles.map((article) => `article-${article.number}`),
    );
    expect(page.label.map((mark) => mark.mark)).toEqual([
      "what",
      "why",
      "how_long",
      "who_else",
      "rights",
    ]);
    for (const mark of page.label) expect(mark.article).toBeGreaterThan(0);
  });

  test("has no hole in any text", () => {
    for (const text of textsOf(page)) {
      expect(text).not.toMatch(/undefined|null|NaN|\[object|[{}]|을\(를\)|은\(는\)|이\(가\)/);
      expect(text.trim()).not.toBe("");
      expect(text).not.toMatch(/ {2}|\.\./);
    }
  });

  test("speaks its language, statutes included; only people keep their own names", () => {
    if (lang === "ko") {
      const sentences = blocksOf(page).filter((block) => block.kind === "sentence");
      for (const block of sentences) expect(block.text).toMatch(/[가-힣]/);
      return;
    }
    const { officer, department } = policy.contacts;
    const people = [officer.name, department?.name].filter((each) => typeof each === "string");
    for (const text of textsOf(page)) {
      const without = people.reduce((rest, own) => rest.replaceAll(own, ""), text);
      expect(without).not.toMatch(/[가-힣]/);
    }
  });

  test("shows a decision about what the text leaves out once in each article", () => {
    for (const { blocks } of page.articles) {
      const tables = blocks.filter(
        (block) => block.kind === "table" && block.caption === PAGE_WORDS[lang].unstatedCaption,
      );
      const decided = tables.flatMap((block) =>
        block.kind === "table" ? block.rows.map((row) => row.at(-1)?.text) : [],
      );
      expect(decided).toEqual([...new Set(decided)]);
    }
  });

  test("is HTML with one id for each promise and article, and nothing unclosed", () => {
    const html = pageToHtml(page);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id } of promises) expect(ids).toContain(id.replace(".", "-"));
    for (const article of page.articles) {
      expect(ids).toContain(article.anchor);
      expect(html).toContain(`href="#${article.anchor}"`);
    }
    for (const tag of ["div", "section", "table", "tr", "th", "td", "p", "ul", "li", "a", "span"]) {
      const opened = html.match(new RegExp(`<${tag}[ >]`, "g"))?.length ?? 0;
      const closed = html.match(new RegExp(`</${tag}>`, "g"))?.length ?? 0;
      expect([tag, opened]).toEqual([tag, closed]);
    }
    expect(html).toContain(`lang="${lang}"`);
  });

  test("tables have a caption, column heads and row heads", () => {
    const html = pageToHtml(page);
    const tables = html.match(/<table/g)?.length ?? 0;
    expect(tables).toBeGreaterThan(5);
    expect(html.match(/<caption>/g)).toHaveLength(tables);
    for (const block of blocksOf(page)) {
      if (block.kind !== "table") continue;
      for (const row of block.rows) expect(row).toHaveLength(block.head.length);
    }
    expect(html.match(/<th scope="row"/g)).toHaveLength(
      blocksOf(page).flatMap((block) => (block.kind === "table" ? block.rows : [])).length,
    );
  });

  test("is Markdown with every number, and a document of its own", () => {
    const markdown = pageToMarkdown(page);
    for (const { id } of promises) expect(markdown).toContain(`(${id})`);
    expect(pageToDocument(page)).toMatch(/^<!doctype html>\n<html lang="(ko|en)">/);
  });
});

describe("what the text leaves open or out", () => {
  const html = pageToHtml(shipped("remotemeeting").page("ko"));

  test("an open fact is shown as open, in a sentence and in a table", () => {
    expect(html).toMatch(/policy-sentence-open" id="P11-1"/);
    expect(html).toMatch(/class="policy-open">확인 필요/);
  });

  test("what a resolution added stands apart, with the decision", () => {
    expect(html).toContain("이 방침의 글에서 밝히지 않았던 항목");
    expect(html).toContain("회의 참가자 이름");
    // One row a resolution (A26), with everything it added.
    expect(html).toMatch(
      /<tr><th scope="row">회의 참가\([^<]*\); 유료 계약\([^<]*\); 동의의 증명\([^<]*\)<\/th><td/,
    );
  });

  test("rights that only the law gives come with its article", () => {
    expect(html).toMatch(/처리정지<\/th><td[^>]*>개인정보 보호법 제37조/);
    const english = pageToHtml(shipped("remotemeeting").page("en"));
    expect(english).toMatch(/<td[^>]*>Personal Information Protection Act, Art\. 37\(1\)<\/td>/);
  });

  test("a right without a number in the law is answered without delay", () => {
    const answer = (lang: Lang, right: string) =>
      blocksOf(shipped("remotemeeting").page(lang))
        .flatMap((block) => (block.kind === "table" ? block.rows : []))
        .find(([name]) => name?.text === right)
        ?.at(-1)?.text;
    expect([answer("ko", "동의 철회"), answer("ko", "열람")]).toEqual(["지체 없이", "10일"]);
    expect(answer("en", "Withdrawal of consent")).toBe("Without delay");
  });

  test("an address in a table is a link, spelled as it is written", () => {
    const cells = blocksOf(shipped("paper-lane").page("en")).flatMap((block) =>
      block.kind === "table" ? block.rows.flat() : [],
    );
    const address = "privacy@mailer.example";
    expect(cells).toContainEqual({ text: address, href: `mailto:${address}` });
  });
});

test("a page in a language the policy does not publish is refused", () => {
  expect(() => shipped("paper-lane").page("ko")).toThrow(
    expect.objectContaining({ code: "ERR_USAGE" }),
  );
});

test("a change of a period in the data changes sentence, table and summary", () => {
  const { policy, law } = shipped("remotemeeting");
  const { usage } = policy.records;
  if (usage === undefined) throw new Error("the policy has usage records");
  const records = { ...policy.records, usage: { ...usage, keep: "P9Y" } };
  const html = pageToHtml(compile({ ...policy, records }, law).page("ko"));
  expect(html.match(/9년/g)).toHaveLength(3);
  expect(pageToHtml(shipped("remotemeeting").page("ko"))).not.toContain("9년");
});

describe("hostile labels", () => {
  const hostile = `<script>alert("1")</script>'&|*_[x](y)`;
  const evil = { ko: hostile, en: hostile };
  const policy = {
    ...SMALL_POLICY,
    controller: { ...SMALL_POLICY.controller, service: evil },
    people: [{ id: "buyer", label: evil, gap: false, per: [] }],
    articles: SMALL_POLICY.articles.map((article) => ({ ...article, heading: evil })),
    contacts: {
      ...SMALL_POLICY.contacts,
      agencies: [
        { id: "bad", label: evil, gap: false, per: [], url: "javascript:alert(1)", phone: `1"2` },
      ],
    },
  };
  const page = compile(policy, smallLaw()).page("ko");

  test("are text in HTML, and a script address is not a link", () => {
    const html = pageToDocument(page);
    expect(html).not.toContain("<script");
    expect(html).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;");
    expect(html).not.toMatch(/href="javascript/i);
  });

  test("are text in Markdown", () => {
    const markdown = pageToMarkdown(page);
    expect(markdown).not.toMatch(/(^|[^\\])<script/);
    expect(escapeMarkdown("- a\n# b|c")).toBe("\\- a \\# b\\|c");
    expect(escapeMarkdown("1. a")).toMatch(/^\\1\. a|^1\\\. a/);
  });

  test.each([
    ["https://a.example/x", true],
    ["mailto:a@b.example", true],
    ["tel:118", true],
    ["javascript:alert(1)", false],
    ['https://a.example/" onclick=x', false],
    ["data:text/html,x", false],
  ])("%s may be linked: %s", (href, safe) => {
    expect(isSafeHref(href)).toBe(safe);
  });
});

test("numbers of sentences lead where the caller says, and drawings are the caller's", () => {
  const html = pageToHtml(shipped("remotemeeting").page("en"), {
    markHref: (promise) => `/board#${promise}`,
    markDrawing: (mark) => `<svg data-mark="${mark}"></svg>`,
  });
  expect(html).toContain(`href="/board#P1.2"`);
  expect(html).toContain(`<svg data-mark="who_else"></svg>`);
});
