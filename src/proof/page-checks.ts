/**
 * Checks of sentences that the published page itself must keep: the page is rendered anew from the
 * policy in force and read back, in every language it is published in.
 */
import { pageToHtml } from "../compiler/page-html.ts";
import type { Contact, Lang, Unconfirmed } from "../policy/model.ts";
import type { Check, Count } from "./check.ts";
import { found } from "./check.ts";

/** Text of an HTML fragment: tags out, entities back. */
function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replaceAll(/\s+/g, " ");
}

/** Counts what of `expected` the page in each language does not show. */
function shownIn(
  code: string,
  pages: readonly (readonly [Lang, string])[],
  expected: (lang: Lang) => readonly string[],
): Count {
  let examined = 0;
  let violations = 0;
  for (const [lang, html] of pages) {
    const text = textOf(html);
    for (const part of expected(lang)) {
      examined += 1;
      if (!text.includes(part.replaceAll(/\s+/g, " "))) violations += 1;
    }
  }
  return { code, examined, violations };
}

const isOpen = (fact: unknown): fact is Unconfirmed =>
  typeof fact === "object" && fact !== null && "unconfirmed" in fact;

/** P0.2: as many headings as articles, each reachable from the contents list. */
export const headings: Check = ({ compiled }) => {
  const counts: Count[] = [];
  for (const lang of compiled.policy.languages) {
    const html = pageToHtml(compiled.page(lang));
    const reachable = compiled.policy.articles.filter(
      (article) =>
        html.includes(`href="#article-${article.number}"`) &&
        html.includes(`id="article-${article.number}"`),
    );
    const total = compiled.policy.articles.length;
    counts.push({
      code: "headings-in-contents",
      examined: total,
      violations: total - reachable.length,
      facts: { lang },
    });
  }
  return found(counts);
};

/** P11.1: name, title, phone and e-mail of officer and department. An open fact is not shown. */
export const contactShown: Check = ({ compiled }) => {
  const { officer, department } = compiled.policy.contacts;
  const contacts = department === null ? [officer] : [officer, department];
  const facts = (contact: Contact) => [contact.name, contact.title, contact.phone, contact.email];
  const open = contacts.flatMap(facts).filter(isOpen).length;
  const pages = compiled.policy.languages.map(
    (lang) => [lang, pageToHtml(compiled.page(lang))] as const,
  );
  const shown = shownIn("contact-facts-on-page", pages, (lang) =>
    contacts.flatMap(facts).flatMap((fact) => {
      if (isOpen(fact)) return [];
      return [typeof fact === "string" ? fact : (fact[lang] ?? "")];
    }),
  );
  const result = found([shown]);
  if (open === 0 || result.status === "broken") return result;
  const missing = { code: "contact-fact-open", facts: { open } };
  return { ...result, status: "unknown", evidence: [...result.evidence, missing] };
};

/** P11.4: every outside agency, with its telephone number. */
export const agencies: Check = ({ compiled }) => {
  const pages = compiled.policy.languages.map(
    (lang) => [lang, pageToHtml(compiled.page(lang))] as const,
  );
  const expected = (lang: Lang) =>
    compiled.policy.contacts.agencies.flatMap((agency) => [
      agency.label[lang] ?? agency.id,
      agency.phone,
    ]);
  return found([shownIn("agencies-on-page", pages, expected)]);
};

/** P13.3: both days, machine-readable, in every language. */
export const datesShown: Check = ({ compiled }) => {
  const { announced, effective, languages } = compiled.policy;
  const counts = languages.map((lang) => {
    const html = pageToHtml(compiled.page(lang));
    const missing = [announced, effective].filter((day) => !html.includes(`datetime="${day}"`));
    return { code: "dates-on-page", examined: 2, violations: missing.length, facts: { lang } };
  });
  return found(counts);
};

/** P9.7: the page names every browser whose settings it explains. */
export const cookieGuide: Check = ({ compiled }) => {
  const pages = compiled.policy.languages.map(
    (lang) => [lang, pageToHtml(compiled.page(lang))] as const,
  );
  const guides = compiled.policy.cookies?.guides ?? [];
  const expected = (lang: Lang) => guides.map((guide) => guide.label[lang] ?? guide.id);
  return found([shownIn("cookie-guides-on-page", pages, expected)]);
};
