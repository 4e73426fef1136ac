/** The record of processing activities in words: one entry an occasion (PIPA 30①, GDPR 30). */
import { SAFEGUARDS, type Lang } from "../policy/model.ts";
import type { Compiled } from "./compile.ts";
import { formatPeriod, labelIn } from "./format-value.ts";
import type { ProcessingActivity } from "./plan.ts";
import { ruleOf } from "./statute.ts";
import { eventLabels, named } from "./value.ts";
import { BASIS_WORDS, SAFEGUARD_WORDS, UP_TO } from "./words.ts";

export interface ListedActivity {
  readonly id: string;
  readonly occasion: string;
  readonly purposes: readonly string[];
  readonly bases: readonly string[];
  readonly people: readonly string[];
  readonly items: readonly string[];
  readonly kept: readonly ListedPeriod[];
  readonly processors: readonly string[];
  readonly overseas: readonly string[];
  readonly recipients: readonly string[];
  readonly safeguards: readonly string[];
}

export interface ListedPeriod {
  readonly records: string;
  /** `null`: it ends with the events of `from` themselves. */
  readonly period: string | null;
  readonly from: readonly string[];
  /** Article that asks for it, where one does. */
  readonly law: string | null;
}

/** Every activity of the policy. */
export function listActivities(compiled: Compiled, lang: Lang): readonly ListedActivity[] {
  return compiled.activities.map((activity) => listed(compiled, activity, lang));
}

function listed(compiled: Compiled, activity: ProcessingActivity, lang: Lang): ListedActivity {
  const { policy } = compiled;
  const names = (
    table: Readonly<Record<string, { readonly label: Parameters<typeof labelIn>[0] }>>,
    ids: readonly string[],
  ): readonly string[] => named(table, ids).map(({ label }) => labelIn(label, lang));
  return Object.freeze({
    id: activity.occasion,
    occasion: names(policy.occasions, [activity.occasion]).join(""),
    purposes: names(policy.purposes, activity.purposes),
    bases: activity.bases.map((basis) => BASIS_WORDS[basis][lang]),
    people: activity.people.map((label) => labelIn(label, lang)),
    items: names(policy.items, activity.items),
    kept: activity.classes.map((each) => periodOf(compiled, each, lang)),
    processors: names(policy.processors, activity.processors),
    overseas: names(policy.processors, activity.overseas),
    recipients: names(policy.provision.recipients, activity.recipients),
    safeguards: SAFEGUARDS.filter((each) => activity.safeguards.includes(each)).map(
      (each) => SAFEGUARD_WORDS[each][lang],
    ),
  });
}

function periodOf(
  { policy, law }: Compiled,
  kept: ProcessingActivity["classes"][number],
  lang: Lang,
): ListedPeriod {
  const record = policy.records[kept.id];
  const most = record?.atMost === true ? `${UP_TO[lang]} ` : "";
  const article = ruleOf(law, kept.law)?.article;
  return {
    records: record === undefined ? kept.id : labelIn(record.label, lang),
    period: kept.keep === null ? null : `${most}${formatPeriod(kept.keep, lang)}`,
    from: eventLabels(policy, record?.from.laterOf ?? []).map((event) => labelIn(event, lang)),
    law: article === undefined ? null : labelIn(article, lang),
  };
}
