/**
 * Makers of page blocks. A table without rows is not shown: an empty frame says nothing.
 */
import type { Law } from "../../policy/law.ts";
import type { Declared, Fact, Label, Lang, Policy } from "../../policy/model.ts";
import { formatList, labelIn, sentenceCase } from "../format-value.ts";
import type { Block, Text } from "../page.ts";
import { PAGE_WORDS, type PageWords } from "../page-words.ts";
import type { Plan } from "../plan.ts";
import { isOpen, named, unstated } from "../value.ts";

/** What the tables of a page are made from. */
export interface PageSource {
  readonly policy: Policy;
  readonly law: Law;
  readonly plan: Plan;
  readonly lang: Lang;
  readonly words: PageWords;
}

export function pageSource(
  of: Pick<PageSource, "policy" | "law" | "plan">,
  lang: Lang,
): PageSource {
  return { policy: of.policy, law: of.law, plan: of.plan, lang, words: PAGE_WORDS[lang] };
}

export function table(
  { lang }: PageSource,
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Text[])[],
): readonly Block[] {
  if (rows.length === 0) return [];
  const set = (each: Text): Text =>
    each.href === undefined ? { ...each, text: sentenceCase(each.text, lang) } : each;
  return [{ kind: "table", caption, head, rows: rows.map((row) => row.map(set)) }];
}

export const cell = (text: string): Text => ({ text });

/** A cell with a label; `lang` is the page's. */
export function labelCell(source: PageSource, label: Label): Text {
  return cell(labelIn(label, source.lang));
}

/** A list of labels in one cell; "none" when it is empty. */
export function listCell(source: PageSource, labels: readonly Label[]): Text {
  if (labels.length === 0) return cell(source.words.none);
  return cell(listOf(source, labels));
}

export function listOf(source: PageSource, labels: readonly Label[]): string {
  return formatList(
    labels.map((label) => labelIn(label, source.lang)),
    source.lang,
  );
}

/** A fact, or the plain words that the text leaves it open. */
export function factCell<T>(source: PageSource, fact: Fact<T>, known: (value: T) => Text): Text {
  return isOpen(fact) ? { text: source.words.open, open: true } : known(fact);
}

export const linkCell = (text: string, href: string): Text => ({ text, href });
export const phoneCell = (phone: string): Text =>
  linkCell(phone, `tel:${phone.replace(/[^+0-9]/g, "")}`);
export const emailCell = (email: string): Text => linkCell(email, `mailto:${email}`);

export function itemLabels(source: PageSource, ids: readonly string[]): readonly Label[] {
  return named(source.policy.items, ids).map((item) => item.label);
}

/**
 * What the text of this version does not name but a resolution added: it is shown apart, one row
 * a decision, so that the page does not pretend and nobody reads a decision twice.
 */
export function unstatedTable<T extends Declared>(
  source: PageSource,
  things: readonly T[],
  detail: (thing: T) => string,
): readonly Block[] {
  const { words, lang } = source;
  const missing = unstated(things);
  if (missing.length === 0) return [];
  const shown = new Set<T>();
  // What stands under two decisions has its details at the first.
  const name = (thing: T): string => {
    const label = labelIn(thing.label, lang);
    if (shown.has(thing)) return label;
    shown.add(thing);
    return words.withDetail(label, detail(thing));
  };
  const rows = [...byDecision(source, missing)].map(([decision, of]) => [
    cell(of.map(name).join("; ")),
    cell(decision),
  ]);
  return [
    { kind: "note", text: words.unstatedNote },
    ...table(source, words.unstatedCaption, [words.name, words.decision], rows),
  ];
}

/** The things by what was decided about them; one may stand under several decisions, or none. */
function byDecision<T extends Declared>(
  { policy, lang, words }: PageSource,
  things: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const decisions = named(policy.resolutions, thing.per).map((each) =>
      labelIn(each.decided, lang),
    );
    for (const decision of decisions.length === 0 ? [words.none] : decisions) {
      groups.set(decision, [...(groups.get(decision) ?? []), thing]);
    }
  }
  return groups;
}
