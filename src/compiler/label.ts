/** The label summary at the head of the page: five marks, each leading to its article. */
import { comparePeriods } from "../base/calendar.ts";
import type { ClauseKind } from "../policy/model.ts";
import { listOf, type PageSource } from "./blocks/block.ts";
import { formatList, formatPeriod, labelIn, sentenceCase } from "./format-value.ts";
import type { LabelMark } from "./page.ts";
import { stated } from "./value.ts";
import { CHANNEL_WORDS, RIGHT_WORDS } from "./words.ts";

interface MarkRule {
  readonly kind: ClauseKind;
  readonly text: (source: PageSource) => string;
}

const MARKS = {
  what: { kind: "collection", text: what },
  why: { kind: "purpose", text: why },
  how_long: { kind: "retention", text: howLong },
  who_else: { kind: "processor", text: whoElse },
  rights: { kind: "right", text: rights },
} as const satisfies Readonly<Record<LabelMark["mark"], MarkRule>>;

export function labelMarks(source: PageSource): readonly LabelMark[] {
  return (Object.keys(MARKS) as LabelMark["mark"][]).map((mark) => ({
    mark,
    title: source.words.marks[mark],
    text: sentenceCase(MARKS[mark].text(source), source.lang),
    article: articleNumber(source, MARKS[mark].kind),
  }));
}

/** The article that carries the kind; the preamble when none does. */
function articleNumber({ policy }: PageSource, kind: ClauseKind): number {
  return policy.articles.find((article) => article.clauses.includes(kind))?.number ?? 0;
}

/** What the text of this version names; what it leaves out stands in the tables below. */
function what(source: PageSource): string {
  const occasions = stated(Object.values(source.policy.occasions));
  const items = new Set(
    occasions.flatMap(({ id }) => [...(source.plan.gates.get(id)?.allowed ?? [])]),
  );
  const labels = occasions.map((occasion) => occasion.label);
  return source.words.what(String(items.size), listOf(source, labels));
}

function why(source: PageSource): string {
  const purposes = Object.values(source.policy.purposes).map((purpose) => purpose.label);
  return source.words.whyText(listOf(source, purposes));
}

function howLong(source: PageSource): string {
  const longest = Object.values(source.policy.records)
    .flatMap(({ keep, label }) => (keep === null ? [] : [{ keep, label }]))
    .toSorted((a, b) => comparePeriods(b.keep, a.keep))[0];
  if (longest === undefined) return source.words.howLong;
  const { lang, words } = source;
  return words.howLongest(formatPeriod(longest.keep, lang), labelIn(longest.label, lang));
}

function whoElse({ policy, words }: PageSource): string {
  return words.whoElse(
    String(Object.keys(policy.processors).length),
    String(Object.keys(policy.provision.recipients).length),
  );
}

function rights({ policy, plan, words, lang }: PageSource): string {
  const asked = plan.rights.map(({ right }) => RIGHT_WORDS[right][lang]);
  const ways = policy.rights.channels.map((channel) => CHANNEL_WORDS[channel][lang]);
  return words.rightsText(formatList(asked, lang), formatList(ways, lang, "or"));
}
